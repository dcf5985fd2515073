// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Api.RuntimeRules;
using NodeAgent.Rules.Bindings;
using NodeAgent.Rules.Compilation;
using NodeAgent.Rules.Tests.Fixtures;

namespace NodeAgent.Rules.Tests.Engine;

/// <summary>Rules that are compiled, replaced and refused.</summary>
public sealed class RuleSetTests
{
    [Theory]
    [InlineData("open", "event.pth == '/x'", "open expression", 1, 7)]
    [InlineData("open", "evnt.path == '/x'", "open expression", 1, 1)]
    [InlineData("open", "event.path ==", "open expression", 1, 14)]
    [InlineData("open", "event.path", "open expression", 1, 6)]
    [InlineData("open", "cp.was_opened(event.containerId, event.path)", "open expression", 1, 1)]
    [InlineData("open", "event.path.matches('(')", "open expression", 1, 20)]
    [InlineData("opened", "true", "eventType", 0, 0)]
    public void Compile_RuleThatIsWrong_IsRefusedWithItsPlaceAndTheOthersHold(string eventType, string expression, string part, int line, int column)
    {
        using var bench = new Bench(rules: [TestRules.Of("BAD", eventType, expression), TestRules.Of("GOOD", "open", "event.path == '/x'")]);

        RuleIssue issue = bench.Engine.Current.Issues[0];
        Assert.Equal(("BAD", part, true), (issue.RuleId, issue.Part, issue.IsError));
        Assert.Equal(line, issue.Line);
        Assert.True(column == 0 || Math.Abs(column - issue.Column) <= 9, issue.ToString());
        Assert.Equal(1, bench.Engine.Current.FailedCount);
        bench.Open("/x");
        Assert.Equal(["GOOD"], bench.TakenRules());
    }

    [Fact]
    public void Use_AnotherSet_HoldsFromTheNextEventAndKeepsCounting()
    {
        using var bench = new Bench(rules: [TestRules.Of("A", "open", "event.path == '/a'")]);
        using var metrics = new MetricReader();
        bench.Open("/a");
        bench.Engine.Use(bench.Engine.Compile([TestRules.Of("A", "open", "event.path == '/b'"), TestRules.Of("B", "exec", "true")], BindingSet.Everywhere));
        bench.Open("/a");
        bench.Open("/b");
        bench.Exec("/bin/x");

        Assert.Equal(["A", "A", "B"], bench.TakenRules());
        Assert.Equal(2, metrics.Read("node_agent_alert_total", "A"));
        Assert.Equal(["A", "B"], bench.Engine.Rules.Select(rule => rule.Id));
    }

    [Fact]
    public void Compile_HostileRules_AreRefusedAndNothingEnds()
    {
        RuntimeRule[] rules =
        [
            TestRules.Of("LONG", "open", string.Join(" || ", Enumerable.Repeat("event.path == '/x'", 60_000))),
            TestRules.Of("DEEP", "open", new string('(', 5000) + "true" + new string(')', 5000)),
            TestRules.Of("STATE", [("open", "true")], state: """{"ports":"all"}"""),
            TestRules.Of("bad id\n", "open", "true"),
            new() { Enabled = true },
        ];
        using var bench = new Bench(rules: rules);

        Assert.Empty(bench.Engine.Rules);
        Assert.Equal(["", "DEEP", "LONG", "STATE", "bad id\n"], bench.Engine.Current.Issues.Select(issue => issue.RuleId).Distinct().Order(StringComparer.Ordinal));
    }

    [Fact]
    public void AgentVersionRequirement_ThatIsNotMet_IsOffAndSaid()
    {
        RuntimeRule rule = TestRules.Of("V", "open", "true");
        using var bench = new Bench(options => options.AgentVersion = "0.3.158", rules: [rule with { AgentVersionRequirement = ">= 0.4" }, rule with { Id = "W", AgentVersionRequirement = ">=0.3.0, <1" }]);

        Assert.Equal(["W"], bench.Engine.Rules.Select(one => one.Id));
        Assert.False(Assert.Single(bench.Engine.Current.Issues).IsError);
    }

    [Theory]
    [InlineData("""{"ignorePrefixes":["/etc/ssl"]}""", "/etc/ssl/x", "/etc/passwd")]
    [InlineData("""{"includePrefixes":["/etc"]}""", "/var/x", "/etc/x")]
    [InlineData("""{"excludeProcesses":[{"name":"cat","path":"/bin/sh"}],"other":1}""", null, null)]
    public void State_OfARule_LeavesOutWhatItSays(string state, string? quiet, string? loud)
    {
        using var bench = new Bench(rules: [TestRules.Of("S", [("open", "true")], state: state)]);
        bench.Open(quiet ?? "/x");
        Assert.Empty(bench.Taken());
        bench.Open(loud ?? "/x", comm: "dog");
        Assert.Equal(["S"], bench.TakenRules());
    }

    [Fact]
    public void Rate_AndFirst_CountByRuleAndContainer()
    {
        using var bench = new Bench(rules: [
            TestRules.Of("RATE", [("open", "rate(event.comm, duration('1s')) == 3")]),
            TestRules.Of("FIRST", [("open", "first(event.path)")]),
        ]);
        for (int i = 0; i < 3; i++)
        {
            bench.Open("/a");
        }

        Assert.Equal(["FIRST", "RATE"], bench.TakenRules());
        bench.NowNs += 2_000_000_000;
        bench.Open("/a");
        bench.Open("/a");
        Assert.Empty(bench.Taken());
    }

    [Fact]
    public void Variables_OfOurs_TellOfTheProcessAndItsUnit()
    {
        string[] truths =
        [
            "event.ancestors.size() == 2 && event.ancestors[0].comm == 'nginx' && event.ancestors[0].pid == 100 && !event.ancestors[1].sameContainer",
            "event.ancestors.exists(a, a.exepath == '/usr/sbin/nginx') && event.pcomm == 'nginx' && event.ppid == 100",
            "container.name == 'web' && container.kind == 'Container' && event.containerName == container.name && event.containerId.size() == 64",
            "workload.kind == 'Container' && workload.name == 'web' && pod.name == '' && image.name == '' && pod.labels.size() == 0",
            "proc.comm == 'sh' && proc.args == ['sh'] && proc.uid == 0 && proc.euid == 1000 && proc.caps == ['NET_RAW'] && proc.stdin == 'socket' && proc.hasTty",
            "proc.startTime < timestamp('2026-08-22T10:00:00Z') && proc.startTime > timestamp('2026-08-22T09:00:00Z')",
            "event.comm == 'cat' && event.pid == 4711 && event.path == '/x' && event.flags == ['O_RDONLY', 'O_CLOEXEC'] && eventType == 'open'",
            "!has(event.capName) && !has(event.opcode) && has(event.path) && event.dstAddr == '' && event.dstPort == 0",
        ];
        using var bench = new Bench(rules: [.. truths.Select((truth, i) => TestRules.Of($"T{i}", "open", truth))]);
        Assert.Empty(bench.Engine.Current.Issues);
        (bench.Shell.EffectiveUid, bench.Shell.Capabilities, bench.Shell.StdinType, bench.Shell.Tty) = (1000, 1 << 13, Events.Wire.StdinType.Socket, 5 << 20 | 1);
        bench.Open("/x", flags: 0x80000);

        Assert.Equal(truths.Select((_, i) => $"T{i}"), bench.TakenRules());
    }

    [Fact]
    public void Question_ForAnotherContainer_IsAnErrorAndNoAlert()
    {
        using var bench = new Bench(rules: [TestRules.Of("OTHER", "open", "!cp.was_path_opened('other', event.path)")]);
        using var metrics = new MetricReader();
        bench.Open("/x");

        Assert.Empty(bench.Taken());
        Assert.Equal(1, metrics.Read("node_agent_rule_error_total", "OTHER"));
    }
}
