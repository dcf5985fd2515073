// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Api.Alerts;
using NodeAgent.Api.RuntimeRules;
using NodeAgent.Events.Identity;
using NodeAgent.Rules.Bindings;
using NodeAgent.Rules.Compilation;
using NodeAgent.Rules.Exceptions;
using NodeAgent.Rules.Library;
using NodeAgent.Rules.Tests.Fixtures;
using NodeAgent.Rules.Tests.Library;

namespace NodeAgent.Rules.Tests.Exceptions;

/// <summary>What is suggested for an alert makes exactly that quiet.</summary>
public sealed class ExceptionSuggestionTests
{
    private static readonly RuntimeRule[] Any = [TestRules.Of("ANY", [("open", "true"), ("exec", "true"), ("network", "true"), ("dns", "true")])];

    public static TheoryData<string, string> Firing => [.. LibraryExamples.All.Where(one => one.IsToFire).Select(one => (one.RuleId, one.What))];

    [Theory]
    [MemberData(nameof(Firing))]
    public void Exception_ForAnAlertOfTheLibrary_CompilesAndMakesTheSameQuiet(string ruleId, string what)
    {
        RuleExample example = LibraryExamples.All.Single(one => one.RuleId == ruleId && one.What == what);
        RuntimeRule[] rules = [.. RuleLibrary.Rules.Where(rule => rule.Id == ruleId)];
        using Bench first = Of(rules);
        example.Play(first);
        RuleException[] exceptions = [.. first.Taken().Select((alert, at) => Suggest(alert, at))];
        Assert.NotEmpty(exceptions);

        using Bench second = Of(rules);
        second.Engine.Use(second.Engine.Compile(rules, BindingSet.Everywhere, exceptions));
        Assert.Empty(second.Engine.Current.ExceptionIssues);
        example.Play(second);

        Assert.Empty(second.Taken().Select(alert => $"{alert.Spec.Alerts[0].Message}: {exceptions[0].Spec!.Condition}"));
    }

    [Fact]
    public void Exception_ForAnOpen_LetsWhatDiffersFire()
    {
        using Bench bench = With(b => b.Open("/etc/shadow", flags: 0x80000));
        bench.Open("/etc/shadow", flags: 0x80000);
        Assert.Empty(bench.Taken());
        bench.Open("/etc/shadow-", flags: 0x80000);
        bench.Open("/etc/shadow", flags: 0x80001);
        bench.Open("/etc/shadow", flags: 0x80000, comm: "dd");
        Assert.Equal(3, bench.Taken().Count);
        bench.Subject.Container = new ContainerInfo(78, "/other") { Identity = bench.Container.Identity with { ContainerName = "other" } };
        bench.Open("/etc/shadow", flags: 0x80000);
        Assert.Single(bench.Taken());
    }

    [Fact]
    public void Exception_ForAnExec_LetsWhatDiffersFire()
    {
        using Bench bench = With(b => b.Exec("/bin/sh", ["sh", "-c", "id"]));
        bench.Exec("/bin/sh", ["sh", "-c", "id"]);
        Assert.Empty(bench.Taken());
        bench.Exec("/bin/sh", ["sh", "-c", "id; id"]);
        bench.Exec("/tmp/sh", ["sh", "-c", "id"]);
        bench.Exec("/bin/sh", ["sh", "-c", "id"], comm: "dash");
        Assert.Equal(3, bench.Taken().Count + RepeatsOf(bench));
    }

    [Fact]
    public void Exception_ForAConnection_LetsWhatDiffersFire()
    {
        using Bench bench = With(b => b.Tcp("2001:db8::1", 443));
        bench.Tcp("2001:db8::1", 443);
        Assert.Empty(bench.Taken());
        bench.Tcp("2001:db8::2", 443);
        Assert.Single(bench.Taken());
    }

    [Fact]
    public void Exception_ForAName_LetsWhatDiffersFire()
    {
        using Bench bench = With(b => b.Dns(DnsMessages.Query("backup.example")));
        bench.Dns(DnsMessages.Query("backup.example"));
        Assert.Empty(bench.Taken());
        bench.Dns(DnsMessages.Query("backup.example.evil.example"));
        Assert.Single(bench.Taken());
    }

    [Theory]
    [InlineData("/x\" || true || \"")]
    [InlineData("/x' || true || '")]
    [InlineData("/x\\\" || true //")]
    [InlineData("/x\n&& true || true\r\n---\nkind: Rules")]
    [InlineData("/x\u2028\u0085\ufeff: {a: b} # c")]
    [InlineData("/first(1) rate(2)")]
    [InlineData("/\\x41\\u0041")]
    [InlineData("/ä€😀\0\t\u001b[31m")]
    public void Path_ThatIsHostile_StaysText(string path)
    {
        byte[] bytes = System.Text.Encoding.UTF8.GetBytes(path);
        using Bench bench = With(b => b.Open(bytes));
        bench.Open(bytes);
        Assert.Empty(bench.Taken());
        bench.Open("/other");
        bench.Open("/x");
        Assert.Equal(2, bench.Taken().Count);
    }

    [Fact]
    public void Path_ThatIsNoText_IsMatchedByItsBytes()
    {
        using Bench bench = With(b => b.Open([(byte)'/', 0xff, 0x22, 0x5c]));
        bench.Open([(byte)'/', 0xff, 0x22, 0x5c]);
        Assert.Empty(bench.Taken());
        bench.Open([(byte)'/', 0xfe, 0x22, 0x5c]);
        Assert.Single(bench.Taken());
    }

    [Fact]
    public void Arguments_ThatTheAlertCut_AreMatchedByTheirBeginning()
    {
        string[] many = [.. Enumerable.Range(0, 80).Select(at => at == 3 ? new string('y', 600) : $"a{at}")];
        using Bench bench = With(b => b.Exec("/bin/x", many));
        bench.Exec("/bin/x", many);
        Assert.Empty(bench.Taken());
        bench.Exec("/bin/x", [.. many.Take(64)], comm: "sh");
        Assert.Equal(1, bench.Taken().Count + RepeatsOf(bench));
    }

    [Fact]
    public void Suggestion_HasANameAnExpiryAndAReason()
    {
        using Bench bench = Of(Any);
        bench.Open("/x");
        RuleException exception = ExceptionSuggestion.Of(bench.Taken()[0], new DateTimeOffset(2030, 1, 2, 3, 4, 5, TimeSpan.Zero), null);

        Assert.Matches("^any-web-[0-9a-f]{12}$", exception.Metadata.Name);
        Assert.Equal("2030-01-02T03:04:05Z", exception.Spec!.ExpiresAt);
        Assert.StartsWith("alert ", exception.Spec.Reason, StringComparison.Ordinal);
        Assert.Equal(("web", "web", "Container"), (exception.Spec.ContainerName, exception.Spec.Workload!.Name, exception.Spec.Workload.Kind));
        Assert.Empty(new RuleCheck().Check(Any, [], [exception]));
    }

    private static Bench Of(RuntimeRule[] rules) => new(
        options =>
        {
            options.EnabledRules = [.. RuleLibrary.Ids];
            options.ApiServerAddresses = ["10.96.0.1"];
        },
        rules);

    // A bench with the exception for what was done in force.
    private static Bench With(Action<Bench> act)
    {
        using Bench first = Of(Any);
        act(first);
        RuntimeAlerts alert = Assert.Single(first.Taken());
        Bench second = Of(Any);
        second.Engine.Use(second.Engine.Compile(Any, BindingSet.Everywhere, [Suggest(alert, 0)]));
        return second;
    }

    // The rule's unique id has no arguments: what differs by them only is a repeat.
    private static long RepeatsOf(Bench bench)
    {
        bench.Engine.Stop();
        return bench.Taken().Sum(alert => alert.Spec.Alerts[0].Arguments.RepeatCount ?? 0);
    }

    private static RuleException Suggest(RuntimeAlerts alert, int at)
    {
        RuleException exception = ExceptionSuggestion.Of(alert, null, "a test");
        return exception with { Metadata = exception.Metadata with { Name = $"{exception.Metadata.Name}-{at}" } };
    }
}
