// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Export.Sinks;
using NodeAgent.Export.Sinks.Delivery;
using NodeAgent.Export.Sinks.Spooling;
using NodeAgent.Export.Tests.Fixtures;

namespace NodeAgent.Export.Tests.Sinks.Delivery;

public sealed class DeliveryLaneTests : IDisposable
{
    private static readonly RetryOptions Fast = new() { Least = TimeSpan.FromMilliseconds(5), Most = TimeSpan.FromMilliseconds(20), Timeout = TimeSpan.FromSeconds(30) };
    private readonly Folder _folder = new();
    private readonly LogLines<AlertDispatcher> _log = new();
    private readonly ScriptedTransport _transport = new();
    private readonly ManualTime _time = new(new DateTimeOffset(2026, 8, 22, 10, 0, 0, TimeSpan.Zero));

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Offer_ReceiverIsThere_EachArrivesOnceInOrder()
    {
        await using DeliveryLane lane = Start();
        Offer(lane, 0, 100);

        await Until.TrueAsync(() => lane.Counts.Sent == 100, "delivery");
        Assert.Equal(Ids(0, 100), _transport.Received);
        Assert.Equal(0, lane.Counts.Undelivered);
    }

    [Fact]
    public async Task Offer_ReceiverIsAway_AllArriveInOrderWhenItIsBack()
    {
        bool isAway = true;
        _transport.Answer = _ => isAway ? new DeliveryResult(DeliveryOutcome.Retry, "away") : DeliveryResult.Delivered;
        await using DeliveryLane lane = Start();
        Offer(lane, 0, 500);
        await Until.TrueAsync(() => lane.Counts is { IsOpen: true, Retries: > 4 }, "the circuit opens");
        Assert.Equal(500, lane.Counts.Undelivered);
        isAway = false;

        await Until.TrueAsync(() => lane.Counts.Sent == 500, "delivery");
        Assert.Equal(Ids(0, 500), _transport.Received);
        Assert.False(lane.Counts.IsOpen);
        Assert.Equal((1, 1), (_log.Count(5009), _log.Count(5010)));
    }

    [Fact]
    public async Task Offer_CircuitIsOpen_ProbesWithOneAlert()
    {
        bool isAway = true;
        _transport.Answer = _ => isAway ? new DeliveryResult(DeliveryOutcome.Retry, "away") : DeliveryResult.Delivered;
        await using DeliveryLane lane = Start();
        Offer(lane, 0, 64);
        await Until.TrueAsync(() => _transport.BatchSizes.Count > 8, "several attempts");
        isAway = false;
        await Until.TrueAsync(() => lane.Counts.Sent == 64, "delivery");

        int[] sizes = [.. _transport.BatchSizes];
        int opened = Array.IndexOf(sizes, 1, 3);
        Assert.InRange(opened, 3, 4);
        Assert.Contains(sizes, size => size > 1); // and goes on with many when it is back
    }

    [Fact]
    public async Task Offer_OneIsRefused_TheOthersArriveAndItIsCounted()
    {
        _transport.Answer = batch => batch.Any(message => Alerts.IdOf(message) == "id-7") ? new DeliveryResult(DeliveryOutcome.Refused, "HTTP 400") : DeliveryResult.Delivered;
        await using DeliveryLane lane = Start();
        Offer(lane, 0, 20);

        await Until.TrueAsync(() => lane.Counts is { Sent: 19, Refused: 1 }, "delivery of the others");
        Assert.Equal(Ids(0, 20).Where(id => id != "id-7"), _transport.Received);
        Assert.Contains("id-7", _log.Lines.Single(line => line.Id == 5011).Text, StringComparison.Ordinal);
        Assert.Equal(0, lane.Counts.Undelivered);
    }

    [Fact]
    public async Task Offer_MixedAnswer_OnlyThoseThatDidNotArriveAreSentAgain()
    {
        int attempts = 0;
        _transport.Gate = Released(out TaskCompletionSource gate);
        _transport.Answer = batch => Interlocked.Increment(ref attempts) == 1
            ? new DeliveryResult(DeliveryOutcome.Retry, "some", Items: [.. batch.Select((_, at) => (at % 3) switch { 0 => DeliveryOutcome.Delivered, 1 => DeliveryOutcome.Retry, _ => DeliveryOutcome.Refused })])
            : DeliveryResult.Delivered;
        await using DeliveryLane lane = Start();
        Offer(lane, 0, 9);
        gate.SetResult();

        await Until.TrueAsync(() => lane.Counts is { Undelivered: 0, Sent: > 0 }, "the end of it");
        LaneCounts counts = lane.Counts;
        Assert.Equal(9, counts.Sent + counts.Refused);
        Assert.Equal(counts.Sent, _transport.Received.Distinct().Count());
        Assert.Equal(counts.Sent, _transport.Received.Count);
    }

    [Fact]
    public async Task Start_SpoolOfAFormerRun_IsDeliveredFirst()
    {
        _transport.Gate = new TaskCompletionSource().Task;
        DeliveryLane killed = Create(_transport);
        killed.Start();
        Offer(killed, 0, 30);

        // The first lane is not closed: it is what a kill leaves behind. (Its transport hangs.)
        var next = new ScriptedTransport();
        await using DeliveryLane lane = Create(next);
        lane.Start();
        Offer(lane, 30, 5);
        await Until.TrueAsync(() => lane.Counts.Undelivered == 0, "delivery");
        Assert.Equal(Ids(0, 35), next.Received);
        await killed.DisposeAsync();
    }

    [Fact]
    public async Task Drain_ReceiverIsAway_LeavesTheRestInTheSpoolAtOnce()
    {
        _transport.Answer = _ => new DeliveryResult(DeliveryOutcome.Retry, "away", TimeSpan.FromMinutes(10));
        DeliveryLane lane = Start();
        Offer(lane, 0, 10);
        await Until.TrueAsync(() => lane.Counts.Retries > 0, "an attempt");

        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        Assert.False(await lane.DrainAsync(deadline.Token));
        Assert.False(deadline.IsCancellationRequested); // it did not wait for it
        await lane.DisposeAsync();
        Assert.Equal(1, _log.Count(5012));
        var next = new ScriptedTransport();
        await using DeliveryLane after = Create(next);
        after.Start();
        await Until.TrueAsync(() => next.Received.Count == 10, "delivery by the next run");
    }

    [Fact]
    public async Task Offer_RetryAfter_IsFollowed()
    {
        int attempts = 0;
        _transport.Answer = _ => Interlocked.Increment(ref attempts) == 1 ? new DeliveryResult(DeliveryOutcome.Retry, "busy", TimeSpan.FromMilliseconds(400)) : DeliveryResult.Delivered;
        await using DeliveryLane lane = Start();
        var clock = System.Diagnostics.Stopwatch.StartNew();
        Offer(lane, 0, 1);
        await Until.TrueAsync(() => lane.Counts.Sent == 1, "delivery");
        Assert.True(clock.ElapsedMilliseconds >= 390, $"after {clock.ElapsedMilliseconds} ms");
    }

    [Fact]
    public async Task Offer_TooOldWhileTheReceiverIsAway_IsDroppedAndCounted()
    {
        bool isAway = true;
        _transport.Answer = _ => isAway ? new DeliveryResult(DeliveryOutcome.Retry, "away") : DeliveryResult.Delivered;
        await using DeliveryLane lane = Start();
        Offer(lane, 0, 40);
        await Until.TrueAsync(() => lane.Counts.Retries > 2, "attempts");
        _time.Now += TimeSpan.FromDays(8);
        Offer(lane, 40, 1);
        await Until.TrueAsync(() => lane.Counts.DroppedForAge == 40, "the old ones to go");
        isAway = false;
        await Until.TrueAsync(() => lane.Counts.Sent == 1, "delivery of the new one");
        Assert.Equal(["id-40"], _transport.Received);
    }

    [Fact]
    public async Task Offer_NoSpool_WaitsInMemoryAndCountsWhatHasNoRoom()
    {
        _transport.Gate = Released(out TaskCompletionSource gate);
        await using var lane = new DeliveryLane("s", _transport, new DeliveryLaneOptions { QueueCapacity = 50, Retry = Fast }, _log, _time);
        lane.Start();
        Offer(lane, 0, 80);
        Assert.Equal((50, 30), (lane.Counts.Undelivered, lane.Counts.Dropped));
        gate.SetResult();
        await Until.TrueAsync(() => lane.Counts.Sent == 50, "delivery");
        Assert.Equal(Ids(0, 50), _transport.Received);
    }

    [Fact]
    public async Task Offer_DiskIsFull_GoesByMemoryInOrder()
    {
        using SmallDisk? disk = SmallDisk.TryMount(_folder.File("disk"), 64 << 10);
        Assert.SkipWhen(disk is null, "mounting a tmpfs needs root");
        _transport.Gate = Released(out TaskCompletionSource gate);
        await using DeliveryLane lane = Create(_transport, disk!.Path);
        lane.Start();
        Offer(lane, 0, 400);
        Assert.Equal((400, 0), (lane.Counts.Undelivered, lane.Counts.Dropped));
        Assert.Equal(1, _log.Count(5008));
        gate.SetResult();
        await Until.TrueAsync(() => lane.Counts.Sent == 400, "delivery");
        Assert.Equal(Ids(0, 400), _transport.Received);
    }

    [Fact]
    public async Task Settle_ConnectionBreaksBeforeItsTime_SendsAgain()
    {
        _transport.SettleTime = TimeSpan.FromSeconds(30);
        await using DeliveryLane lane = Start();
        Offer(lane, 0, 10);
        await Until.TrueAsync(() => _transport.Received.Count == 10, "the first sending");
        Assert.Equal((0, 10), (lane.Counts.Sent, lane.Counts.Undelivered));
        _transport.IsIntact = false;
        Offer(lane, 10, 1); // news make it look
        await Until.TrueAsync(() => lane.Counts.Resent >= 10, "it sends again");
        _transport.IsIntact = true;
        await Until.TrueAsync(() => _transport.Received.Distinct().Count() == 11, "all");
        Assert.Equal(0, lane.Counts.Sent);
    }

    [Fact]
    public async Task Settle_ConnectionHolds_CountsAsArrivedAfterItsTime()
    {
        _transport.SettleTime = TimeSpan.FromMilliseconds(50);
        _transport.HasAllAcknowledged = false;
        await using DeliveryLane lane = Start();
        Offer(lane, 0, 10);
        await Until.TrueAsync(() => _transport.Received.Count == 10, "the sending");
        await Task.Delay(100, TestContext.Current.CancellationToken);
        Assert.Equal(0, lane.Counts.Sent); // the other machine has not said that it has them
        _transport.HasAllAcknowledged = true;
        await Until.TrueAsync(() => lane.Counts is { Sent: 10, Undelivered: 0, Resent: 0 }, "arrival");
    }

    [Fact]
    public async Task Drain_ReceiverEndsInOrder_CountsAsArrived()
    {
        _transport.SettleTime = TimeSpan.FromMinutes(10);
        _transport.Finishes = true;
        await using DeliveryLane lane = Start();
        Offer(lane, 0, 10);
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        Assert.True(await lane.DrainAsync(deadline.Token));
        Assert.Equal((10, 0), (lane.Counts.Sent, lane.Counts.Undelivered));
    }

    private static Task Released(out TaskCompletionSource gate)
    {
        gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        return gate.Task;
    }

    private static string[] Ids(int first, int count) => [.. Enumerable.Range(first, count).Select(number => $"id-{number}")];

    private static void Offer(DeliveryLane lane, int first, int count)
    {
        for (int number = first; number < first + count; number++)
        {
            lane.Offer(Alerts.Numbered(number));
        }
    }

    private DeliveryLane Start()
    {
        DeliveryLane lane = Create(_transport);
        lane.Start();
        return lane;
    }

    private DeliveryLane Create(ScriptedTransport transport, string? directory = null) => new(
        "s",
        transport,
        new DeliveryLaneOptions { Spool = new SpoolOptions { Directory = directory ?? _folder.File("spool") }, Retry = Fast },
        _log,
        _time);
}
