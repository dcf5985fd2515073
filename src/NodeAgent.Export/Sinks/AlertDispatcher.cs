// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using NodeAgent.Api.Alerts;
using NodeAgent.Export.Sinks.Delivery;

namespace NodeAgent.Export.Sinks;

/// <summary>Gives each alert to every sink. A slow, blocked or failing sink delays neither detection nor the others.</summary>
/// <remarks>An alert is in the spool of every sink that has one before the next is taken. Thread-safe. Takes over the sinks and disposes them.</remarks>
public sealed class AlertDispatcher : IAsyncDisposable
{
    private readonly ChannelReader<RuntimeAlerts>[] _sources;
    private readonly Lock _order = new();
    private readonly AlertLane[] _lanes;
    private readonly ILogger _logger;
    private readonly ExportMetrics _metrics;
    private readonly CancellationTokenSource _stop = new();
    private Task _pump = Task.CompletedTask;
    private long _unserialisable;

    /// <param name="further">A second source beside the rules, such as what the host scan finds; null = none.</param>
    public AlertDispatcher(ChannelReader<RuntimeAlerts> source, IEnumerable<AlertLane> lanes, ILogger<AlertDispatcher> logger, ChannelReader<RuntimeAlerts>? further = null)
    {
        _sources = further is null ? [source] : [source, further];
        _logger = logger;
        _lanes = [.. lanes];
        _metrics = ExportMetrics.ForSinks(_lanes, () => Volatile.Read(ref _unserialisable));
    }

    /// <summary>What happened to the alerts so far, per sink.</summary>
    public IReadOnlyList<SinkStatus> Status => [.. _lanes.Select(Describe)];

    public void Start()
    {
        foreach (AlertLane lane in _lanes)
        {
            lane.Start();
        }

        _pump = Task.WhenAll(_sources.Select(source => Task.Run(() => PumpAsync(source))));
    }

    /// <summary>Waits until the sources have completed and every sink has written what it took, but no longer than the deadline.</summary>
    /// <returns>True when nothing was left behind; what was is in <see cref="Status"/> and in the log.</returns>
    public async Task<bool> DrainAsync(TimeSpan deadline)
    {
        using var timer = new CancellationTokenSource(deadline);
        bool complete = true;
        try
        {
            await _pump.WaitAsync(timer.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            complete = false;
            await _stop.CancelAsync().ConfigureAwait(false);
        }

        bool[] drained = await Task.WhenAll(_lanes.Select(lane => lane.DrainAsync(timer.Token))).ConfigureAwait(false);
        return complete && drained.All(done => done);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _pump.ConfigureAwait(false);

        // Each may have to wait for what hangs in it.
        await Task.WhenAll(_lanes.Select(lane => lane.DisposeAsync().AsTask())).ConfigureAwait(false);
        _metrics.Dispose();
        _stop.Dispose();
    }

    private static SinkStatus Describe(AlertLane lane)
    {
        LaneCounts counts = lane.Counts;
        return new SinkStatus(lane.Name, counts.Sent, counts.Failed + counts.Refused, counts.Dropped + counts.DroppedForRoom + counts.DroppedForAge + counts.LostToDamage, counts.Undelivered);
    }

    private async Task PumpAsync(ChannelReader<RuntimeAlerts> source)
    {
        try
        {
            await foreach (RuntimeAlerts alert in source.ReadAllAsync(_stop.Token).ConfigureAwait(false))
            {
                if (TrySerialise(alert) is not { } message)
                {
                    continue;
                }

                Offer(message);
            }
        }
        catch (OperationCanceledException)
        {
            // The deadline of a drain, or the end.
        }
    }

    // One alert is with every sink before the next of whichever source.
    private void Offer(AlertMessage message)
    {
        lock (_order)
        {
            foreach (AlertLane lane in _lanes)
            {
                lane.Offer(message);
            }
        }
    }

    private AlertMessage? TrySerialise(RuntimeAlerts alert)
    {
        try
        {
            return new AlertMessage(alert, AlertJson.ToLine(alert));
        }
        catch (Exception error) when (error is JsonException or ArgumentException or InvalidOperationException)
        {
            Interlocked.Increment(ref _unserialisable);
            Log.AlertNotSerialised(_logger, error);
            return null;
        }
    }
}

/// <summary>The counters of one sink.</summary>
/// <param name="Failed">Alerts that could not be written, or that the receiver refused for good.</param>
/// <param name="Dropped">Alerts lost for want of room, for their age, or to damage of the spool.</param>
/// <param name="Undelivered">Alerts that wait.</param>
public sealed record SinkStatus(string Name, long Sent, long Failed, long Dropped, long Undelivered);
