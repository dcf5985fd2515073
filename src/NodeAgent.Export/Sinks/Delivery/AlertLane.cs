// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Api.Alerts;

namespace NodeAgent.Export.Sinks.Delivery;

/// <summary>One sink with what leads to it: filter, rate limit, queue or spool, a task and counters of its own. What happens here delays no other sink.</summary>
public abstract class AlertLane : IAsyncDisposable
{
    private readonly AlertFilter _filter;
    private readonly AlertRateLimit? _limit;
    private long _filtered;

    private protected AlertLane(string name, AlertFilter filter, RateLimitOptions? limit, TimeProvider time)
    {
        Name = name;
        _filter = filter;
        _limit = limit is null ? null : new AlertRateLimit(limit, Accept, time);
    }

    /// <summary>Shape: a short word, the label of the sink's metrics.</summary>
    public string Name { get; }

    internal abstract LaneCounts Counts { get; }

    /// <summary>Alerts that the filter keeps from this sink.</summary>
    internal long Filtered => Volatile.Read(ref _filtered);

    /// <summary>Alerts that are told as a number only.</summary>
    internal long HeldBack => _limit?.HeldBack ?? 0;

    public abstract void Start();

    /// <summary>Never waits for the receiver: what finds no room is counted and gone.</summary>
    public void Offer(AlertMessage message)
    {
        ArgumentNullException.ThrowIfNull(message);
        RuntimeAlert alert = message.Alert.Spec.Alerts[0];
        if (!_filter.Passes(alert))
        {
            Interlocked.Increment(ref _filtered);
        }
        else if (_limit is null || _limit.Passes(message))
        {
            Accept(message);
        }
    }

    /// <returns>True when everything that was accepted was delivered (or counted as lost) before the deadline.</returns>
    public Task<bool> DrainAsync(CancellationToken deadline)
    {
        _limit?.Close();
        return FinishAsync(deadline);
    }

    public async ValueTask DisposeAsync()
    {
        _limit?.Dispose();
        await DisposeCoreAsync().ConfigureAwait(false);
        GC.SuppressFinalize(this);
    }

    private protected abstract void Accept(AlertMessage message);

    private protected abstract Task<bool> FinishAsync(CancellationToken deadline);

    private protected abstract ValueTask DisposeCoreAsync();
}
