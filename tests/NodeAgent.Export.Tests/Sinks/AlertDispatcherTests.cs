// SPDX-License-Identifier: Apache-2.0
using System.Threading.Channels;
using NodeAgent.Api.Alerts;
using NodeAgent.Export.Sinks;
using NodeAgent.Export.Sinks.Delivery;
using NodeAgent.Export.Tests.Fixtures;

namespace NodeAgent.Export.Tests.Sinks;

public sealed class AlertDispatcherTests
{
    private readonly Channel<RuntimeAlerts> _source = Channel.CreateUnbounded<RuntimeAlerts>();
    private readonly LogLines<AlertDispatcher> _log = new();

    [Fact]
    public async Task Dispatch_TwoSinks_BothGetEveryAlertInOrder()
    {
        var first = new TestSink("a");
        var second = new TestSink("b");
        await using AlertDispatcher dispatcher = Started(100, first, second);
        Send(100);
        Assert.True(await dispatcher.DrainAsync(TimeSpan.FromSeconds(60)));
        string[] expected = [.. Enumerable.Range(0, 100).Select(n => $"m{n}")];
        Assert.Equal(expected, first.Messages);
        Assert.Equal(expected, second.Messages);
    }

    [Fact]
    public async Task Dispatch_BlockedSink_DelaysNoOtherAndCountsItsOwnDrops()
    {
        var blocked = new TestSink("blocked") { Gate = new TaskCompletionSource().Task };
        var healthy = new TestSink("healthy");
        await using AlertDispatcher dispatcher = Started(blocked, healthy);
        for (int sent = 0; sent < 50; sent++)
        {
            _source.Writer.TryWrite(Alerts.One($"m{sent}"));
            int expected = sent + 1;
            await Until.TrueAsync(() => healthy.Messages.Count == expected, "the healthy sink has it");
        }

        Assert.Empty(blocked.Messages);
        SinkStatus status = dispatcher.Status[0];
        Assert.Equal(50, status.Dropped + status.Undelivered);
        Assert.InRange(status.Undelivered, 8, 9);
        Assert.Equal((50, 0), (dispatcher.Status[1].Sent, dispatcher.Status[1].Dropped));
    }

    [Fact]
    public async Task Drain_SinkHangsForGood_EndsAtTheDeadlineAndSaysWhatIsLeft()
    {
        var blocked = new TestSink("blocked") { Gate = new TaskCompletionSource().Task, IgnoresCancellation = true };
        var healthy = new TestSink("healthy");
        await using AlertDispatcher dispatcher = Started(blocked, healthy);
        Send(3);
        var clock = System.Diagnostics.Stopwatch.StartNew();
        Assert.False(await dispatcher.DrainAsync(TimeSpan.FromMilliseconds(300)));
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(10));
        Assert.Equal(3, healthy.Messages.Count);
        Assert.Equal(3, dispatcher.Status[0].Undelivered);
        Assert.Equal(1, _log.Count(5002));
    }

    [Fact]
    public async Task Dispatch_FailingSink_IsLoggedOncePerChangeAndRecovers()
    {
        var sink = new TestSink("s") { Fails = true };
        await using AlertDispatcher dispatcher = Started(sink);
        for (int sent = 0; sent < 5; sent++)
        {
            _source.Writer.TryWrite(Alerts.One());
        }

        await Until.TrueAsync(() => dispatcher.Status[0].Failed == 5, "five failures");
        sink.Fails = false;
        _source.Writer.TryWrite(Alerts.One("after"));
        _source.Writer.TryWrite(Alerts.One("later"));
        await Until.TrueAsync(() => dispatcher.Status[0].Sent == 2, "recovery");
        Assert.Equal((1, 1), (_log.Count(5000), _log.Count(5001)));
        Assert.Contains("5 alerts", _log.Lines.Single(l => l.Id == 5001).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Drain_SourceNeverCompletes_EndsAtTheDeadline()
    {
        var sink = new TestSink("s");
        await using AlertDispatcher dispatcher = Started(sink);
        _source.Writer.TryWrite(Alerts.One());
        await Until.TrueAsync(() => sink.Messages.Count == 1, "delivery");
        Assert.False(await dispatcher.DrainAsync(TimeSpan.FromMilliseconds(100)));
    }

    [Fact]
    public async Task Dispose_ClosesTheSinks()
    {
        var sink = new TestSink("s");
        AlertDispatcher dispatcher = Started(sink);
        _source.Writer.Complete();
        await dispatcher.DrainAsync(TimeSpan.FromSeconds(60));
        await dispatcher.DisposeAsync();
        Assert.True(sink.Disposed);
    }

    private AlertDispatcher Started(params IAlertSink[] sinks) => Started(8, sinks);

    private AlertDispatcher Started(int capacity, params IAlertSink[] sinks)
    {
        var dispatcher = new AlertDispatcher(_source.Reader, sinks.Select(sink => new SinkLane(sink, capacity, _log)), _log);
        dispatcher.Start();
        return dispatcher;
    }

    private void Send(int count)
    {
        for (int sent = 0; sent < count; sent++)
        {
            _source.Writer.TryWrite(Alerts.One($"m{sent}"));
        }

        _source.Writer.Complete();
    }
}
