// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Api.Alerts;
using NodeAgent.Api.RuntimeRules;
using NodeAgent.Events.Identity;
using NodeAgent.Rules.Engine;
using NodeAgent.Rules.Tests.Fixtures;

namespace NodeAgent.Rules.Tests.Engine;

/// <summary>A rule that takes too much is not asked about those who make it dear, and about nobody else.</summary>
public sealed class RuleBudgetsTests
{
    private const ulong Second = 1_000_000_000;
    private const long Frequency = 1_000_000;

    // About a hundred thousand steps.
    private const string Dear = "[0,1,2,3,4,5,6,7,8,9].all(a, [0,1,2,3,4,5,6,7,8,9].all(b, [0,1,2,3,4,5,6,7,8,9].all(c, [0,1,2,3,4,5,6,7,8,9].all(d, a + b + c + d + event.path.size() >= 0)))) && event.path == '/none'";

    private readonly RuleStates _states = new();
    private readonly List<(string Rule, ulong? Container, ulong PauseNs)> _throttled = [];
    private readonly List<string> _ended = [];
    private readonly ContainerInfo _hostile = new(1, "/hostile");
    private readonly ContainerInfo _other = new(2, "/other");
    private readonly RuleBudgets _budgets;
    private ulong _nowNs = 1000 * Second;

    public RuleBudgetsTests()
    {
        _states.Of("A");
        _states.Of("B");
        _budgets = new RuleBudgets(_states, 0.1, Frequency, one => _throttled.Add((one.Rule.Id, one.Container?.CgroupId, one.PauseNs)), one => _ended.Add(one.Rule.Id));
        _budgets.Reset();
        Tick();
    }

    private RuleState Rule => _states.Of("A");

    [Fact]
    public void Dear_ForOneContainer_IsThrottledForThatOneOnly()
    {
        Assert.Equal(RuleBudgets.Sampled, Rule.SampleMask);
        _budgets.Spend(Rule, _hostile, Frequency / 100);
        Tick();
        Assert.Equal(RuleBudgets.Each, Rule.SampleMask);
        Assert.Empty(_throttled);
        _budgets.Spend(Rule, _hostile, Frequency / 2);
        _budgets.Spend(Rule, _other, Frequency / 100);
        Tick();

        Assert.Equal([("A", 1UL, Second)], _throttled.Select(one => (one.Rule, one.Container!.Value, one.PauseNs)));
        Assert.True(_budgets.IsThrottled(Rule, 1));
        Assert.False(_budgets.IsThrottled(Rule, 2));
        Assert.False(_budgets.IsThrottled(_states.Of("B"), 1));
        Assert.Equal(1, _budgets.Count);
    }

    [Fact]
    public void Sample_ThatTheSchedulerInterrupted_ThrottlesNobody()
    {
        _budgets.Spend(Rule, _hostile, Frequency / 100);
        Tick();
        _budgets.Spend(Rule, _hostile, Frequency / 100);
        Tick();

        Assert.Empty(_throttled);
        Assert.Equal(RuleBudgets.Sampled, Rule.SampleMask);
    }

    [Fact]
    public void Pause_WhileItHappensAgain_DoublesToOneMinuteAndEnds()
    {
        Rule.SampleMask = RuleBudgets.Each;
        for (int second = 0; second < 600; second++)
        {
            if (!_budgets.IsThrottled(Rule, 1))
            {
                _budgets.Spend(Rule, _hostile, Frequency / 2);
            }

            Tick();
        }

        Assert.Equal([1UL, 2, 4, 8, 16, 32, 60, 60], _throttled.Take(8).Select(one => one.PauseNs / Second));
        for (int second = 0; second < 200; second++)
        {
            Tick();
        }

        Assert.Equal(["A"], _ended);
        Assert.Equal((0, 0, RuleBudgets.Sampled), (_budgets.Count, Rule.Throttles, Rule.SampleMask));
    }

    [Fact]
    public void Containers_MoreThanAreKept_ThrottleTheRuleForAll()
    {
        Rule.SampleMask = RuleBudgets.Each;
        for (ulong at = 10; at < 10 + (2 * RuleBudgets.MaxPairs); at++)
        {
            _budgets.Spend(Rule, new ContainerInfo(at, "/c"), Frequency / 1000);
        }

        Tick();
        Assert.Null(_throttled[^1].Container);
        Assert.True(_budgets.IsThrottled(Rule, 999_999));
    }

    [Fact]
    public void Engine_WithADearRule_ThrottlesItTellsItAndGoesOnWithTheOthers()
    {
        RuntimeRule[] rules = [TestRules.Of("DEAR", "open", Dear), TestRules.Of("CHEAP", "open", "true")];
        using var bench = new Bench(options => (options.CpuBudget, options.Cooldown) = (0.001, TimeSpan.Zero), rules);
        Assert.Empty(bench.Engine.Current.Issues);
        using var metrics = new MetricReader();
        for (int second = 0; second < 3; second++)
        {
            for (int at = 0; at < 200; at++)
            {
                bench.Open("/x");
            }

            bench.NowNs += Second;
            bench.Engine.OnTick(bench.NowNs);
        }

        for (int at = 0; at < 10; at++)
        {
            bench.Open("/x");
        }

        RuntimeAlert[] alerts = [.. bench.Taken().Select(one => one.Spec.Alerts[0])];
        Assert.Equal(610, alerts.Count(alert => alert.RuleId == "CHEAP"));
        RuntimeAlert told = Assert.Single(alerts, alert => alert.RuleId == "NA-0001");
        Assert.Contains("DEAR", told.Message, StringComparison.Ordinal);
        Assert.Equal("web", told.ContainerName);
        Assert.True(metrics.Read("node_agent_rule_throttled_total", "DEAR") >= 10);
        Assert.Equal(0, metrics.Read("node_agent_rule_throttled_total", "CHEAP"));
    }

    private void Tick()
    {
        _nowNs += Second;
        _budgets.Tick(_nowNs);
    }
}
