// SPDX-License-Identifier: Apache-2.0
using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using NodeAgent.Api.Alerts;
using NodeAgent.Events.Identity;
using NodeAgent.Events.Wire;
using NodeAgent.Rules.Tests.Fixtures;

namespace NodeAgent.Rules.Tests.Alerts;

public sealed class AlertShapeTests
{
    [Fact]
    public void Line_Exec_HasTheShapeOfTheReference()
    {
        using var bench = new Bench();
        bench.Exec("/dev/shm/x", ["./x", "-v"], "/dev/shm", comm: "x");
        using JsonDocument line = LineOf(bench);
        JsonElement root = line.RootElement;
        Assert.Equal(("RuntimeAlerts", "kubescape.io/v1"), (Text(root, "kind"), Text(root, "apiVersion")));
        Assert.Equal(("web", "default"), (Text(root, "metadata", "name"), Text(root, "metadata", "namespace")));
        JsonElement alert = root.GetProperty("spec").GetProperty("alerts")[0];
        Assert.Equal(
            ["agentVersion", "alertName", "alertSourcePlatform", "alertType", "arguments", "clusterName", "containerID", "containerName",
             "hostNetwork", "identifiers", "infectedPID", "isTriggerAlert", "message", "namespace", "nanoseconds", "nodeName",
             "processTreeUniqueID", "profileMetadata", "ruleDescription", "ruleID", "severity", "timestamp", "uniqueID", "workloadKind",
             "workloadName", "workloadNamespace"],
            alert.EnumerateObject().Select(p => p.Name).Order(StringComparer.Ordinal));
        Assert.Equal(4711u, alert.GetProperty("infectedPID").GetUInt32());
        Assert.Equal("2026-08-22T10:00:00.000000000Z", Text(alert, "timestamp"));
        Assert.Equal((0, 1, 8), (Number(alert, "alertType"), Number(alert, "alertSourcePlatform"), Number(alert, "severity")));
        Assert.Equal(["alertID", "apChecksum", "args", "exec", "message"],
            alert.GetProperty("arguments").EnumerateObject().Select(p => p.Name).Order(StringComparer.Ordinal));
        Assert.Equal(2, Number(alert.GetProperty("profileMetadata"), "profileDependency"));
        Assert.Matches("^[0-9a-f]{32}$", Text(alert, "uniqueID"));
    }

    [Fact]
    public void ProcessTree_RunsFromTheContainersInitToTheProcess()
    {
        using var bench = new Bench();
        bench.Exec("/dev/shm/x", ["./x", "-v"], comm: "x");
        using JsonDocument line = LineOf(bench);
        JsonElement tree = line.RootElement.GetProperty("spec").GetProperty("processTree");
        Assert.Equal(Bench.ContainerId, Text(tree, "containerID"));
        Assert.Equal(
            tree.GetProperty("uniqueID").GetUInt32(),
            line.RootElement.GetProperty("spec").GetProperty("alerts")[0].GetProperty("processTreeUniqueID").GetUInt32());
        JsonElement init = tree.GetProperty("processTree");
        Assert.Equal((100, "nginx", "nginx -g daemon off;", "runc", 90),
            (Number(init, "pid"), Text(init, "comm"), Text(init, "cmdline"), Text(init, "pcomm"), Number(init, "ppid")));
        Assert.Equal("2026-08-22T09:59:58.000000000Z", Text(init, "startTime"));
        JsonElement leaf = init.GetProperty("childrenMap").GetProperty("sh␟4711");
        Assert.Equal(("/dev/shm/x", "./x -v"), (Text(leaf, "path"), Text(leaf, "cmdline")));
        Assert.Equal(0, Number(leaf, "uid"));
        Assert.False(leaf.TryGetProperty("childrenMap", out _));
    }

    [Fact]
    public void ProcessTree_DeepOrLooping_IsBoundedAndReadableWithUsualLimits()
    {
        using var bench = new Bench();
        ProcessInfo at = bench.Init;
        for (uint pid = 1000; pid < 1200; pid++)
        {
            at = new ProcessInfo(new ProcessKey(pid, pid)) { Comm = "p" + pid, Parent = at, Container = bench.Container };
        }

        bench.Subject.Process = at;
        bench.Exec("/dev/shm/x");
        using (JsonDocument line = LineOf(bench))
        {
            Assert.Equal(28, Depth(line.RootElement.GetProperty("spec").GetProperty("processTree").GetProperty("processTree")));
        }

        bench.Init.Parent = at;
        bench.Exec("/dev/shm/y");
        using JsonDocument looping = LineOf(bench);
        Assert.NotNull(looping);
    }

    [Fact]
    public void ProcessTree_DeepestAllowed_StillSerialises()
    {
        using var bench = new Bench(o => o.MaxProcessTreeDepth = 64);
        bench.Init.Parent = bench.Shell;
        bench.Exec("/dev/shm/y");
        byte[] line = AlertJson.ToLine(Assert.Single(bench.Taken()));
        Assert.Equal(64, Depth(JsonDocument.Parse(line, new JsonDocumentOptions { MaxDepth = 200 })
            .RootElement.GetProperty("spec").GetProperty("processTree").GetProperty("processTree")));
    }

    [Fact]
    public void Argv_OfHugeSize_IsCut()
    {
        using var bench = new Bench();
        bench.Exec("/dev/shm/x", [.. Enumerable.Range(0, 200).Select(n => string.Concat(Enumerable.Repeat("🚀", 40)) + n)]);
        RuntimeAlert alert = Assert.Single(bench.Taken()).Spec.Alerts[0];
        Assert.Equal(65, alert.Arguments.Args!.Count);
        Assert.Equal("…", alert.Arguments.Args[^1]);
        Assert.InRange(alert.Identifiers!.Process!.CommandLine!.Length, 2000, 2048);
        bench.Exec("/dev/shm/y", ["y", new string('x', 30_000)]);
        Assert.True(AlertJson.ToLine(Assert.Single(bench.Taken())).Length < 16_000);
    }

    [Fact]
    public void HostileBytes_Everywhere_NeverBreakTheLine() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(500), Prop.ForAll<byte[], byte[]>((exe, comm) =>
        {
            using var bench = new Bench();
            byte[] path = [.. "/dev/shm/"u8, .. (exe ?? []).Where(b => b != 0), 0x1b, (byte)'\n', 0xff, .. "\u2028\u202e\"\\"u8];
            bench.Exec(path, ["a\nb", "\u2029"], "/", ExecFlags.None, [.. (comm ?? []).Take(15)]);
            string line = Encoding.UTF8.GetString(AlertJson.ToLine(bench.Taken()[0]));
            return line.EndsWith('\n')
                && !line[..^1].Any(c => char.IsControl(c) || c is '\u2028' or '\u2029' or '\u202e' or '\ufffd')
                && AlertJson.Parse(Encoding.UTF8.GetBytes(line)).Spec.Alerts[0].Arguments.Exec is { } read
                && NodeAgent.Events.Text.ByteText.Encode(read).AsSpan().SequenceEqual(path);
        }));

    [Fact]
    public void Timestamp_WallClockJumps_FollowsFromTheNextTick()
    {
        using var bench = new Bench();
        bench.Time.Now = bench.Time.Now.AddHours(-3);
        bench.Engine.OnTick(Bench.BootNs + 1_000_000_000);
        bench.NowNs = Bench.BootNs + 1_500_000_007;
        bench.Open("/etc/shadow");
        RuntimeAlert alert = Assert.Single(bench.Taken()).Spec.Alerts[0];
        Assert.Equal("2026-08-22T07:00:00.500000007Z", alert.Timestamp);
        Assert.Equal(500_000_007, alert.Nanoseconds);
    }

    [Fact]
    public void AlertId_SameNotification_IsTheSameForEveryOtherDifferent()
    {
        using var one = new Bench();
        using var same = new Bench();
        one.Open("/etc/shadow");
        same.Open("/etc/shadow");
        one.Open("/etc/shadow-");
        string[] ids = [.. one.Taken().Concat(same.Taken()).Select(a => a.Spec.Alerts[0].Arguments.AlertId!)];
        Assert.Equal(ids[0], ids[2]);
        Assert.NotEqual(ids[0], ids[1]);
    }

    [Fact]
    public void UnitWithoutContainerId_IsNamedByItsCgroup()
    {
        using var bench = new Bench();
        bench.Container.Identity = new ContainerIdentity { Kind = UnitKind.Cgroup };
        bench.Open("/etc/shadow");
        RuntimeAlerts alert = Assert.Single(bench.Taken());
        Assert.Equal(bench.Container.CgroupPath, alert.Metadata.Name);
        Assert.Equal(bench.Container.CgroupPath, alert.Spec.Alerts[0].Arguments.CgroupPath);
        Assert.Null(alert.Spec.Alerts[0].ContainerId);
    }

    private static JsonDocument LineOf(Bench bench)
    {
        byte[] line = AlertJson.ToLine(Assert.Single(bench.Taken()));
        Assert.Equal(line.Length - 1, line.AsSpan().IndexOf((byte)'\n'));

        // The usual limit of readers is 64 levels.
        return JsonDocument.Parse(line, new JsonDocumentOptions { MaxDepth = 64 });
    }

    private static int Depth(JsonElement process) =>
        process.TryGetProperty("childrenMap", out JsonElement children) ? 1 + Depth(children.EnumerateObject().Single().Value) : 1;

    private static string Text(JsonElement element, params string[] path) =>
        path.Aggregate(element, (at, step) => at.GetProperty(step)).GetString()!;

    private static int Number(JsonElement element, string name) => element.GetProperty(name).GetInt32();

    [Fact]
    public void File_OfAnAlert_IsWhatItIsAbout()
    {
        using var bench = new Bench(rules: [TestRules.Of("E", [("exec", "true")], dependency: 2), TestRules.Of("O", [("open", "true")], "event.path", "event.path", dependency: 2)]);
        bench.Exec("/usr/bin/curl", comm: "curl");
        bench.Open("/etc/passwd");
        bench.Open("/proc/1/environ");

        Assert.Equal(["/usr/bin/curl", "/etc/passwd", bench.Shell.ExePath], bench.Taken().Select(alert => alert.File!.Path));
    }
}
