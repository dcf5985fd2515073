// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Api.Alerts;
using NodeAgent.Events.Wire;
using NodeAgent.HostScan.Drift;
using NodeAgent.HostScan.Roots;
using NodeAgent.HostScanning;
using NodeAgent.HostScanning.Witnesses;
using NodeAgent.Interop.Platform;
using NodeAgent.Tests.Operations;
using NodeAgent.Tests.Pipeline;
using NodeAgent.TestSupport;
using NodeAgent.TestSupport.Wire;

namespace NodeAgent.Tests.HostScanning.Witnesses;

public sealed class DriftWitnessTests : IDisposable
{
    private const uint Writing = 1;
    private const uint SuidFile = 0x8000 | 0b100_111_101_101;
    private const string Cron = "/etc/cron.d/job";
    private const ulong Second = 1_000_000_000;
    private static readonly string ContainerCgroup = "system.slice/docker-" + new string('a', 64) + ".scope";

    private readonly ScratchFolder _folder = new();
    private readonly ManualTime _time = new(DateTimeOffset.UnixEpoch + TimeSpan.FromSeconds(1000));
    private readonly DriftWitness _witness;
    private readonly PipelineRig _rig;
    private ulong _nowNs = 100 * Second;

    public DriftWitnessTests()
    {
        _witness = new DriftWitness(_time);
        _rig = new PipelineRig(_witness).WithUnit("cron.service");
        Directory.CreateDirectory(_folder["root/proc/sys"]);
        Directory.CreateDirectory(_folder["root/sys/kernel"]);
    }

    public void Dispose()
    {
        _rig.Dispose();
        _witness.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void Ask_FileThatWasWritten_NamesProcessTreeAndTime()
    {
        _rig.Feed(RecordBuilder.Exec("/bin/sh", ["sh", "-c", "x"], pid: 50, timeNs: _nowNs));
        _rig.Feed(RecordBuilder.Fork(50, 51, timeNs: _nowNs));
        _rig.Feed(RecordBuilder.Exec("/bin/cp", ["cp", "job", Cron], pid: 51, parentPid: 50, timeNs: _nowNs));
        _rig.Feed(RecordBuilder.Open(Cron, 51, Writing, timeNs: _nowNs));

        WitnessAccount account = Ask(CronTask(Cron))!;

        Assert.Equal((51u, "cp", "/bin/cp", "cp job " + Cron), (account.Pid, account.Comm, account.ExePath, account.CommandLine));
        Assert.Equal(("open", Cron), (account.Act.Event, account.Act.Detail));
        Assert.StartsWith("1970-01-01T00:16:40", account.Act.Timestamp, StringComparison.Ordinal);
        Assert.Equal("/cron.service", account.Unit.CgroupPath);
        Assert.Equal((50u, 51u), (account.Tree.Root.Pid, Assert.Single(account.Tree.Root.ChildrenMap!).Value.Pid));
    }

    // A shell that writes and then becomes something else did it as a shell.
    [Fact]
    public void Ask_ProcessThatExecutedSomethingElse_IsNamedAsItWas()
    {
        _rig.Feed(RecordBuilder.Exec("/bin/sh", ["sh"], pid: 50, timeNs: _nowNs));
        _rig.Feed(RecordBuilder.FileChange(FileOperation.Rename, Cron, "/tmp/job", pid: 50, timeNs: _nowNs));
        _rig.Feed(RecordBuilder.Exec("/bin/sleep", ["sleep", "1"], pid: 50, timeNs: _nowNs + 1));

        Assert.Equal(("/bin/sh", "sh", "rename"), (Ask(CronTask(Cron))!.ExePath, Ask(CronTask(Cron))!.CommandLine, Ask(CronTask(Cron))!.Act.Event));
    }

    [Fact]
    public void Ask_ReadOrFailedOrOtherFile_IsNobody()
    {
        _rig.Feed(RecordBuilder.Open(Cron, 51, timeNs: _nowNs));
        _rig.Feed(RecordBuilder.Open(Cron, 51, Writing, error: 13, timeNs: _nowNs));
        _rig.Feed(RecordBuilder.FileChange(FileOperation.Rename, Cron, "/tmp/x", error: 1, timeNs: _nowNs));
        _rig.Feed(RecordBuilder.Open("/etc/cron.d/other", 51, Writing, timeNs: _nowNs));

        Assert.Null(Ask(CronTask(Cron)));
    }

    [Fact]
    public void Ask_WhatWasDoneBeforeTheLastReading_IsNobody()
    {
        _rig.Feed(RecordBuilder.Open(Cron, 51, Writing, timeNs: _nowNs - (20 * Second)));

        Assert.Null(Ask(CronTask(Cron), _time.GetUtcNow() - TimeSpan.FromSeconds(10)));
        Assert.NotNull(Ask(CronTask(Cron), _time.GetUtcNow() - TimeSpan.FromSeconds(30)));
    }

    [Fact]
    public void Ask_SeveralDidIt_TellsTheNewest()
    {
        _rig.Feed(RecordBuilder.Open(Cron, 51, Writing, timeNs: _nowNs));
        _rig.Feed(RecordBuilder.FileChange(FileOperation.Chmod, Cron, pid: 52, timeNs: _nowNs + 2));
        _rig.Feed(RecordBuilder.FileChange(FileOperation.Chmod, Cron, pid: 53, timeNs: _nowNs + 1));

        Assert.Equal(52u, Ask(CronTask(Cron))!.Pid);
    }

    [Theory]
    [InlineData("/lib/modules/6.1/kernel/net/dccp-ipv4.ko.xz", "dccp_ipv4", true)]
    [InlineData("dccp_ipv4", "dccp_ipv4", true)]
    [InlineData("/tmp/dccp_ipv4.ko", "dccp_ipv6", false)]
    [InlineData("/tmp/x/", "x", false)]
    public void Ask_Module_IsFoundByItsName(string loaded, string name, bool isFound)
    {
        _rig.Feed(RecordBuilder.Privilege(PrivilegeOperation.ModuleLoad, loaded, pid: 51, timeNs: _nowNs));
        _rig.Feed(RecordBuilder.Privilege(PrivilegeOperation.ModuleLoad, loaded, error: 1, pid: 52, timeNs: _nowNs + 1));

        Assert.Equal(isFound ? 51u : null, Ask(Finding("NA-H004", name, "{}"))?.Pid);
    }

    [Fact]
    public void Ask_Mount_IsFoundByItsPlace()
    {
        _rig.Feed(RecordBuilder.FileChange(FileOperation.Mount, "/mnt/x", "tmpfs", "tmpfs", pid: 51, timeNs: _nowNs));

        Assert.Equal((51u, "mount"), (Ask(Finding("NA-H017", "/mnt/x", """{"mountPoint":"/mnt/x"}"""))!.Pid, Ask(Finding("NA-H017", "/mnt/x", "{}"))!.Act.Event));
        Assert.Null(Ask(Finding("NA-H017", "/mnt/y", "{}")));
    }

    // A file with the bit is noted wherever it is; others only where it matters.
    [Fact]
    public void Ask_SuidBitOrCapability_IsNotedEverywhere()
    {
        _rig.Feed(RecordBuilder.FileChange(FileOperation.Chmod, "/home/u/x", pid: 51, timeNs: _nowNs, mode: SuidFile));
        _rig.Feed(RecordBuilder.FileChange(FileOperation.Chmod, "/home/u/y", pid: 52, timeNs: _nowNs, mode: 0x8000 | 0b111_101_101));
        _rig.Feed(RecordBuilder.FileChange(FileOperation.SetXattr, "/home/u/z", name: "security.capability", pid: 53, timeNs: _nowNs));
        _rig.Feed(RecordBuilder.FileChange(FileOperation.SetXattr, "/home/u/w", name: "user.x", pid: 54, timeNs: _nowNs));

        _rig.Feed(RecordBuilder.FileChange(FileOperation.Chmod, "/home/u/v", pid: 55, timeNs: _nowNs, mode: SuidFile & 0xFFF));
        _rig.Feed(RecordBuilder.FileChange(FileOperation.Chmod, "/home/u/t", pid: 56, timeNs: _nowNs, mode: 0x4000 | (SuidFile & 0xFFF)));

        Assert.Equal([51u, null, 53u, null, 55u, null], new[] { "x", "y", "z", "w", "v", "t" }.Select(name => Ask(Finding("NA-H005", "/home/u/" + name, $$"""{"path":"/home/u/{{name}}"}"""))?.Pid));
    }

    // What a container calls /etc/cron.d/job is its own file; the host's it sees below another folder, or below one of any name.
    [Fact]
    public void Ask_Container_IsFoundByTheFileAndNotByItsName()
    {
        _folder.Write("root" + Cron, "x");
        using HostRoot root = HostRoot.Open(_folder["root"]);
        Assert.Equal(ReadProblem.None, root.TryGetFacts(Cron, out FileFacts facts));
        uint device = facts.KernelDevice;
        _witness.SetHostDevices([device]);
        _rig.Feed(RecordBuilder.Cgroup(EventKind.CgroupMkdir, "/" + ContainerCgroup, 8, timeNs: 1));
        _rig.Feed(RecordBuilder.Open(Cron, 51, Writing, timeNs: _nowNs, cgroupId: 8, inode: 1, device: device + 1));
        Assert.Null(Ask(CronTask(Cron)));

        _rig.Feed(RecordBuilder.Open("/host" + Cron, 52, Writing, timeNs: _nowNs, cgroupId: 8, inode: 1, device: device));
        Assert.Equal(52u, Ask(CronTask(Cron))!.Pid);

        _rig.Feed(RecordBuilder.Open("/data/job", 53, Writing, timeNs: _nowNs, cgroupId: 8, inode: facts.Inode, device: device));
        Assert.Equal((53u, new string('a', 64)), (Ask(CronTask(Cron))!.Pid, Ask(CronTask(Cron))!.Unit.Identity.ContainerId));
    }

    [Fact]
    public void Alert_OfAContainer_IsItsAndOfTheNodeElse()
    {
        _rig.Feed(RecordBuilder.Cgroup(EventKind.CgroupMkdir, "/" + ContainerCgroup, 8, timeNs: 1));
        _rig.Feed(RecordBuilder.Exec("/bin/sh", ["sh", "-c", "x"], pid: 51, timeNs: _nowNs, cgroupId: 8));
        _rig.Feed(RecordBuilder.FileChange(FileOperation.Chmod, "/host/home/u/x", pid: 51, timeNs: _nowNs, cgroupId: 8, mode: SuidFile));
        _rig.Feed(RecordBuilder.FileChange(FileOperation.Mount, "/mnt/x", "tmpfs", "tmpfs", pid: 52, timeNs: _nowNs));

        RuntimeAlert inContainer = Alert(Finding("NA-H005", "/home/u/x", """{"path":"/home/u/x"}"""));
        RuntimeAlert ofUnit = Alert(Finding("NA-H017", "/mnt/x", "{}"));
        RuntimeAlert ofNobody = Alert(Finding("NA-H017", "/mnt/y", "{}"));

        Assert.Equal((new string('a', 64), 51u, "chmod"), (inContainer.ContainerId, inContainer.InfectedPid, inContainer.RecentEvents![0].Event));
        Assert.Equal((null, "/cron.service", "Host", 52u), (ofUnit.ContainerId, ofUnit.Arguments.CgroupPath, ofUnit.WorkloadKind, ofUnit.InfectedPid));
        Assert.Equal((null, 0u, "New mount: /mnt/y"), (ofNobody.RecentEvents, ofNobody.InfectedPid, ofNobody.Message));
        Assert.StartsWith("New mount: /mnt/x, by ", ofUnit.Message, StringComparison.Ordinal);
        Assert.Equal(ofUnit.Message, ofUnit.Arguments.Message);
    }

    [Fact]
    public void Ask_SettingThatIsGone_IsFoundByTheFilesOfItsRule()
    {
        _rig.Feed(RecordBuilder.FileChange(FileOperation.Rename, "/etc/ssh/sshd_config", "/etc/ssh/sshd_config.new", pid: 51, timeNs: _nowNs));

        Assert.Equal(51u, Ask(new DriftFinding(DriftRules.All.First(rule => rule.Id == "NA-H008"), DriftChange.Gone, "PermitRootLogin", "no", null, default))!.Pid);
    }

    [Fact]
    public void Note_Flood_PushesOutOnlyWhatTheSameContainerDid()
    {
        _rig.Feed(RecordBuilder.Cgroup(EventKind.CgroupMkdir, "/" + ContainerCgroup, 8, timeNs: 1));
        _rig.Feed(RecordBuilder.Open(Cron, 51, Writing, timeNs: _nowNs));
        using var overwritten = new MetricSum("node_agent_host_witness_overwritten_total");
        for (int number = 0; number < 4000; number++)
        {
            _rig.Feed(RecordBuilder.Open($"/etc/x{number}", 60, Writing, timeNs: _nowNs, cgroupId: 8));
        }

        Assert.Equal(51u, Ask(CronTask(Cron))!.Pid);
        Assert.Equal(4000 - 128, overwritten.Read());
    }

    [Fact]
    public void Note_WhatTellsNothingNew_AllocatesNothing()
    {
        byte[][] records =
        [
            RecordBuilder.Open("/usr/lib/x.so", 51), RecordBuilder.Open("/data/log", 51, Writing), RecordBuilder.Open(Cron, 51, Writing), RecordBuilder.FileChange(FileOperation.Chmod, "/home/u/y"),
        ];
        using PipelineRig without = new PipelineRig().WithUnit("cron.service");
        Feed(without);
        Feed(_rig);

        // The rig itself allocates for its assertions.
        Assert.Equal(Allocations.Least(() => Feed(without)), Allocations.Least(() => Feed(_rig)));
        Assert.NotNull(Ask(CronTask(Cron)));

        void Feed(PipelineRig rig)
        {
            foreach (byte[] record in records)
            {
                rig.Feed(record);
            }
        }
    }

    [Fact]
    public void Ask_EventLoopThatStands_IsGivenUpAndCounted()
    {
        using var unanswered = new MetricSum("node_agent_host_witness_unanswered_total");
        using HostRoot root = HostRoot.Open(_folder["root"]);

        Assert.Null(Assert.Single(_witness.Ask([(WitnessQuestion.Of(CronTask(Cron), root), DateTimeOffset.UnixEpoch)], TestContext.Current.CancellationToken)));
        Assert.Equal(1, unanswered.Read());
    }

    private RuntimeAlert Alert(DriftFinding finding)
    {
        using var host = new ScannedHost();
        return DriftAlerts.Of(finding, Ask(finding), host.Options, _time.GetUtcNow(), 1).Spec.Alerts[0];
    }

    private static DriftFinding CronTask(string path) => Finding("NA-H014", path, $$"""{"source":"{{path}}"}""");

    private static DriftFinding Finding(string rule, string key, string entry) => new(
        DriftRules.All.First(one => one.Id == rule), DriftChange.Appeared, key, null, string.Empty, System.Text.Json.JsonDocument.Parse(entry).RootElement);

    private WitnessAccount? Ask(DriftFinding finding, DateTimeOffset? since = null)
    {
        using HostRoot root = HostRoot.Open(_folder["root"]);
        (IReadOnlyList<WitnessQuestion>, DateTimeOffset)[] questions = [(WitnessQuestion.Of(finding, root), since ?? DateTimeOffset.UnixEpoch)];
        Task<IReadOnlyList<WitnessAccount?>> answer = Task.Run(() => _witness.Ask(questions, TestContext.Current.CancellationToken));
        while (!answer.IsCompleted)
        {
            _rig.Tick(_nowNs);
            Thread.Yield();
        }

        return Assert.Single(answer.Result);
    }
}
