// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.Metrics;
using System.Threading.Channels;
using NodeAgent.Api.Alerts;

namespace NodeAgent.Alerts;

/// <summary>Between rules and sinks: gives each alert the hash of the file that it is about, if it is there in time. The order stays.</summary>
/// <remarks>
/// Hashing begins when an alert comes in; it leaves when the hash is there, and after a while without it. Whoever knows more of the alert's container later tells
/// it once more, and by then the hash is known. Its queue is bounded; when it is full the rules' own one fills, which counts what is lost.
/// </remarks>
internal sealed class AlertHashes : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(100);

    // Units: alerts. As many as the rules' queue holds.
    private const int Capacity = 1024;

    private readonly ChannelReader<RuntimeAlerts> _source;
    private readonly FileHashPool _pool;
    private readonly TimeProvider _time;
    private readonly TimeSpan _patience;
    private readonly Channel<Waiting> _waiting = Channel.CreateBounded<Waiting>(new BoundedChannelOptions(Capacity) { SingleReader = true, SingleWriter = true });
    private readonly Channel<RuntimeAlerts> _output = Channel.CreateBounded<RuntimeAlerts>(new BoundedChannelOptions(1) { SingleReader = true, SingleWriter = true });
    private readonly CancellationTokenSource _stop = new();
    private readonly Meter _meter = new("NodeAgent.Alerts");
    private readonly Counter<long> _counts;
    private readonly Task _running;

    /// <param name="make">Makes what reads files; called for each of the few that read beside each other.</param>
    /// <param name="patience">How long an alert waits; null = 100 ms.</param>
    public AlertHashes(ChannelReader<RuntimeAlerts> source, Func<IFileHashing> make, TimeProvider time, TimeSpan? patience = null)
    {
        (_source, _pool, _time, _patience) = (source, new FileHashPool(make), time, patience ?? Patience);
        _counts = _meter.CreateCounter<long>("node_agent_alert_file_hashes_total", null, "Alerts by what became of the hash of their file: added, late, unreadable (or gone, or too large), busy (files of that container are under way).");
        _running = Task.WhenAll(Task.Run(TakeAsync), Task.Run(GiveAsync));
    }

    /// <summary>Completes after the source.</summary>
    public ChannelReader<RuntimeAlerts> Alerts => _output.Reader;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _meter.Dispose();
        _pool.Dispose();
        _stop.Dispose();
    }

    private async Task TakeAsync()
    {
        try
        {
            await foreach (RuntimeAlerts alert in _source.ReadAllAsync(_stop.Token).ConfigureAwait(false))
            {
                Task<AlertFileHash?>? hash = alert.File is { } file ? _pool.TryBegin(file, _stop.Token) : null;
                await _waiting.Writer.WriteAsync(new Waiting(alert, hash, _time.GetTimestamp()), _stop.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // The end.
        }
        finally
        {
            _waiting.Writer.Complete();
        }
    }

    private async Task GiveAsync()
    {
        try
        {
            await foreach (Waiting one in _waiting.Reader.ReadAllAsync(_stop.Token).ConfigureAwait(false))
            {
                await _output.Writer.WriteAsync(await CompleteAsync(one).ConfigureAwait(false), _stop.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // The end.
        }
        finally
        {
            _output.Writer.Complete();
        }
    }

    private async Task<RuntimeAlerts> CompleteAsync(Waiting one)
    {
        if (one.Alert.File is null)
        {
            return one.Alert;
        }

        if (one.Hash is null)
        {
            return Count(one.Alert, "busy");
        }

        TimeSpan left = _patience - _time.GetElapsedTime(one.Since);
        if (!one.Hash.IsCompleted && left > TimeSpan.Zero)
        {
            await Task.WhenAny(one.Hash, Task.Delay(left, _time, _stop.Token)).ConfigureAwait(false);
        }

        if (!one.Hash.IsCompleted)
        {
            _pool.GiveUp(one.Alert.File.CgroupId);
            return Count(one.Alert, "late");
        }

        return one.Hash is { IsCompletedSuccessfully: true, Result: { } hash } ? Count(With(one.Alert, hash), "added") : Count(one.Alert, "unreadable");
    }

    private RuntimeAlerts Count(RuntimeAlerts alert, string outcome)
    {
        _counts.Add(1, new KeyValuePair<string, object?>("outcome", outcome));
        return alert;
    }

    private static RuntimeAlerts With(RuntimeAlerts envelope, AlertFileHash hash)
    {
        RuntimeAlert alert = envelope.Spec.Alerts[0];
        return envelope with { Spec = envelope.Spec with { Alerts = [alert with { Arguments = alert.Arguments with { FileHash = hash } }] } };
    }

    private sealed record Waiting(RuntimeAlerts Alert, Task<AlertFileHash?>? Hash, long Since);
}
