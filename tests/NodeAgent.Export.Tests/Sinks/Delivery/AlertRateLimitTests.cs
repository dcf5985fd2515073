// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Api.Alerts;
using NodeAgent.Export.Sinks;
using NodeAgent.Export.Sinks.Delivery;
using NodeAgent.Export.Tests.Fixtures;

namespace NodeAgent.Export.Tests.Sinks.Delivery;

public sealed class AlertRateLimitTests
{
    private readonly ManualTime _time = new(new DateTimeOffset(2026, 8, 22, 10, 0, 0, TimeSpan.Zero));
    private readonly List<RuntimeAlert> _summaries = [];

    /// <summary>Held against an exporter that let everything through after its one notice.</summary>
    [Fact]
    public void Passes_OverTheLimit_NothingUntilTheWindowEnds()
    {
        using AlertRateLimit limit = Create(10);
        Assert.Equal(10, Send(limit, 422, "R0001", "nginx"));
        Assert.Equal(0, Send(limit, 1000, "R0002", "redis"));
        Assert.Empty(_summaries);
        _time.Elapse();

        Assert.Equal(["412 more of R0001 in nginx", "1000 more of R0002 in redis"], _summaries.Select(alert => alert.Message));
        Assert.Equal([412, 1000], _summaries.Select(alert => alert.Arguments.RepeatCount));
        Assert.Equal(1412, limit.HeldBack);
        Assert.Equal(10, Send(limit, 20, "R0001", "nginx"));
    }

    [Fact]
    public void Summary_Ids_AreTheirOwn()
    {
        using AlertRateLimit limit = Create(1);
        Send(limit, 5, "R0001", "nginx");
        _time.Elapse();
        Send(limit, 6, "R0001", "nginx");
        _time.Elapse();

        Assert.Equal(2, _summaries.Select(alert => alert.Arguments.AlertId).Distinct().Count());
        Assert.All(_summaries, alert => Assert.Matches("^[0-9a-f]{32}$", alert.Arguments.AlertId));
    }

    [Fact]
    public void Passes_ManyRulesAndContainers_MemoryIsBoundedAndTheSumIsRight()
    {
        using AlertRateLimit limit = Create(1);
        for (int number = 0; number < 5000; number++)
        {
            Send(limit, 1, "R0001", $"container-{number}");
        }

        _time.Elapse();
        Assert.Equal(AlertRateLimit.MaxGroups, _summaries.Count);
        Assert.Equal(4999, _summaries.Sum(alert => alert.Arguments.RepeatCount));
        Assert.Contains(_summaries, alert => alert.Message.EndsWith("more of other rules and containers", StringComparison.Ordinal));
    }

    [Fact]
    public void Elapse_NothingHeldBack_SaysNothing()
    {
        using AlertRateLimit limit = Create(100);
        Send(limit, 100, "R0001", "nginx");
        _time.Elapse();
        Assert.Empty(_summaries);
    }

    [Theory]
    [InlineData(6, "R0001", "default", true)]
    [InlineData(5, "R0001", "default", true)]
    [InlineData(4, "R0001", "default", false)]
    [InlineData(6, "R0002", "default", false)]
    [InlineData(6, "R0001", "other", false)]
    [InlineData(6, "R0001", null, false)]
    public void Filter_SeverityRuleAndNamespace_AllHaveToHold(int severity, string rule, string? podNamespace, bool passes)
    {
        var filter = new AlertFilter { MinSeverity = 5, Rules = ["R0001", "R0003"], Namespaces = ["default"] };
        RuntimeAlert alert = Alerts.One(rule: rule, severity: severity).Spec.Alerts[0] with { Namespace = podNamespace };
        Assert.Equal(passes, filter.Passes(alert));
        Assert.True(AlertFilter.All.Passes(alert));
    }

    [Fact]
    public async Task Lane_FilterAndLimit_AreCounted()
    {
        var sink = new TestSink("s");
        await using var lane = new SinkLane(sink, 100, new LogLines<AlertDispatcher>(), new AlertFilter { MinSeverity = 5 }, new RateLimitOptions { Alerts = 3 }, _time);
        lane.Start();
        for (int number = 0; number < 10; number++)
        {
            lane.Offer(Alerts.Message(Alerts.One($"m{number}", severity: number % 2 == 0 ? 6 : 4)));
        }

        Assert.Equal((5, 2), (lane.Filtered, lane.HeldBack));
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        Assert.True(await lane.DrainAsync(deadline.Token));
        Assert.Equal(["m0", "m2", "m4", "2 more of R0001 in node-1"], sink.Messages); // a stop tells what is held back
    }

    private AlertRateLimit Create(int alerts) => new(new RateLimitOptions { Alerts = alerts }, message => _summaries.Add(message.Alert.Spec.Alerts[0]), _time);

    private static int Send(AlertRateLimit limit, int count, string rule, string container) =>
        Enumerable.Range(0, count).Count(number => limit.Passes(Alerts.Message(Alerts.One($"m{number}", $"id-{number}", rule, container: container))));
}
