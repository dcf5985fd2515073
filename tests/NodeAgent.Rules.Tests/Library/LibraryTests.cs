// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Api.Alerts;
using NodeAgent.Api.RuntimeRules;
using NodeAgent.Rules.Library;
using NodeAgent.Rules.Tests.Fixtures;

namespace NodeAgent.Rules.Tests.Library;

/// <summary>Every rule that comes with the agent, at what it is for and at what only looks like it.</summary>
public sealed class LibraryTests
{
    public static TheoryData<string, string> Names => [.. LibraryExamples.All.Select(one => (one.RuleId, one.What))];

    [Theory]
    [MemberData(nameof(Names))]
    public void Example_OfARule_FiresOrNot(string ruleId, string what)
    {
        RuleExample example = LibraryExamples.All.Single(one => one.RuleId == ruleId && one.What == what);
        using var bench = new Bench(
            options =>
            {
                options.EnabledRules = [.. RuleLibrary.Ids];
                options.ApiServerAddresses = ["10.96.0.1"];
            },
            RuleLibrary.Rules.Where(rule => rule.Id == ruleId));
        example.Play(bench);

        RuntimeAlert[] alerts = [.. bench.Taken().Select(one => one.Spec.Alerts[0]).Where(alert => alert.RuleId == ruleId)];
        Assert.Equal(example.IsToFire ? 1 : 0, alerts.Length);
        Assert.All(alerts, alert =>
        {
            Assert.NotEqual(RuleLibrary.Rules.Single(rule => rule.Id == ruleId).Name, alert.Message);
            Assert.Equal(alert.Message, alert.Arguments.Message);
        });
    }

    [Fact]
    public void Rules_AllAtOnce_Compile()
    {
        using var bench = new Bench(options => options.EnabledRules = [.. RuleLibrary.Ids], RuleLibrary.Rules);

        Assert.Empty(bench.Engine.Current.Issues);
        Assert.Equal(RuleLibrary.Ids.AsEnumerable(), bench.Engine.Rules.Select(rule => rule.Id).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Rules_OfTheLibrary_AreWholeAndEachHasExamples()
    {
        Assert.Equal(29, Bench.Published.Count);
        Assert.All(RuleLibrary.Rules.Except(Bench.Published), rule => Assert.Matches("^NA-[0-9]{4}$", rule.Id));
        Assert.All(RuleLibrary.Rules, rule =>
        {
            Assert.Matches("^TA[0-9]{4}$", rule.MitreTactic);
            Assert.Matches(@"^T[0-9]{4}(\.[0-9]{3})?$", rule.MitreTechnique);
            Assert.All((string?[])[rule.Name, rule.Description, rule.Remediation, rule.Examples?.TruePositive, rule.Examples?.FalsePositive, rule.Expressions?.Message, rule.Expressions?.UniqueId], text => Assert.False(string.IsNullOrWhiteSpace(text)));
            Assert.Contains(rule.Tags!, tag => tag.StartsWith("context:", StringComparison.Ordinal));
            Assert.Contains(LibraryExamples.All, example => example.RuleId == rule.Id && example.IsToFire);
            Assert.Contains(LibraryExamples.All, example => example.RuleId == rule.Id && !example.IsToFire);
        });
    }

    [Fact]
    public void Rules_ThatAreOff_AreThoseOfTheTable() =>
        Assert.Equal(["NA-1006", "NA-1210", "NA-1211", "R0002", "R0003", "R0040", "R1003", "R1011"], RuleLibrary.Rules.Where(rule => !rule.Enabled).Select(rule => rule.Id));

    [Fact]
    public void Entrant_DoesWhatRulesTellOf_IsNotTheContainers()
    {
        using var bench = new Bench(options => options.EnabledRules = [.. RuleLibrary.Ids], RuleLibrary.Rules) { Flags = Events.Wire.HeaderFlags.Entrant };
        bench.Learned();
        bench.Capability("SYS_ADMIN");
        bench.Syscall("mount");
        bench.Namespaces(Events.Wire.NamespaceOperation.Unshare);
        bench.Link(Events.Wire.FileOperation.Symlink, "/etc/shadow", "/x");
        bench.Change(Events.Wire.FileOperation.Mount, "/x", "cgroup", "cgroup");
        bench.Change(Events.Wire.FileOperation.Chmod, "/x", mode: 0x89ed);
        bench.Credentials(1000, 0, uint.MaxValue);
        bench.Signal(9, "node-agent");
        bench.Unix("/run/docker.sock");
        bench.Close("93.184.216.34", 443, 200_000_000);

        Assert.Empty(bench.Taken());
    }

    [Fact]
    public void Rule_WrittenAsPublished_RunsUnchanged()
    {
        // The forms of expression that published rules use.
        RuntimeRule[] rules =
        [
            TestRules.Of("P1", [("exec", "!ap.was_executed(event.containerId, parse.get_exec_path(event.args, event.comm))")], "'PID ' + string(event.pid)", "event.comm + '_' + event.exepath", dependency: 0),
            TestRules.Of("P2", [("bpf", "event.cmd == uint(5) && !ap.was_syscall_used(event.containerId, 'bpf')")], uniqueId: "event.comm + '_' + 'bpf' + '_' + string(event.cmd)"),
            TestRules.Of("P3", [("iouring", "true")], "'opcode=' + string(event.opcode) + ' flags=0x' + (has(event.flags) ? string(event.flags) : '0')", "string(event.opcode) + '_' + event.comm"),
            TestRules.Of("P4", [("exec", "k8s.get_container_mount_paths(event.namespace, event.podName, event.containerName).exists(mount, event.exepath.startsWith(mount))")], uniqueId: "event.comm"),
            TestRules.Of("P5", [("open", "event.path == '/etc/ld.so.preload' && has(event.flagsRaw) && event.flagsRaw != 0")], "event.flags.join(',')"),
            TestRules.Of("P6", [("ssh", "dyn(event.srcPort) >= 32768 && !(dyn(event.dstPort) in [22, 2022]) && !nn.was_address_in_egress(event.containerId, event.dstIp)")], "event.dstIp + ':' + string(dyn(event.dstPort))", "event.comm"),
            TestRules.Of("P7", [("k8s-admission", "event.Kind == \"PodExecOptions\"")], "event.Name + event.Namespace + event.UserInfo.Username", "event.Namespace + '/' + event.Name"),
            TestRules.Of("P8", [("exec", "event.args.map(a, string(a)).join(' ') == 'sh -c id' && event.upperlayer == true || event.pupperlayer == true")], uniqueId: "event.comm"),
            TestRules.Of("P9", [("http", "http.request.method == 'GET' && http.request.path.contains('..')")], "event.direction + ' ' + http.request.host", "http.request.url"),
            TestRules.Of("P10", [("network", "event.proto == 'TCP' && event.pktType == 'OUTGOING' && event.dstPort in [3333, 45700] && !nn.was_address_in_egress(event.containerId, event.dstAddr)")], "string(event.dstPort)", "event.comm"),
        ];
        using var bench = new Bench(rules: rules);
        Assert.Empty(bench.Engine.Current.Issues);
        bench.Learned().Executes("/bin/known");
        bench.Exec("/bin/known", ["known"]);
        bench.Exec("/bin/new", ["new"], comm: "new");
        bench.Privilege(Events.Wire.PrivilegeOperation.Bpf, 5);
        bench.Privilege(Events.Wire.PrivilegeOperation.IoUringSubmit, 16);
        bench.Open("/etc/ld.so.preload", 0x241);
        bench.Tcp("93.184.216.34", 3333, comm: "ssh", localPort: 40000);
        bench.Http("GET /../etc HTTP/1.1\r\nHost: evil.example\r\n\r\n");

        RuntimeAlert[] alerts = [.. bench.Taken().Select(one => one.Spec.Alerts[0])];
        Assert.Equal(["P1", "P10", "P2", "P3", "P5", "P6", "P9"], alerts.Select(alert => alert.RuleId).Order(StringComparer.Ordinal));
        Assert.Equal("opcode=16 flags=0x0", alerts.Single(alert => alert.RuleId == "P3").Message);
        Assert.Equal("O_WRONLY,O_CREAT,O_TRUNC", alerts.Single(alert => alert.RuleId == "P5").Message);
        Assert.Equal("outbound evil.example", alerts.Single(alert => alert.RuleId == "P9").Message);
    }
}
