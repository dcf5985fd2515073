// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Export.Sinks.Delivery;

/// <summary>What happens while a receiver does not take alerts, and how one that never answers is believed.</summary>
internal sealed partial class DeliveryLane
{
    private static readonly TimeSpan AcknowledgePause = TimeSpan.FromMilliseconds(50);

    // How long a connection that broke stays unnoticed while nothing is sent.
    private static readonly TimeSpan MostBlind = TimeSpan.FromMilliseconds(250);

    private void Recovered()
    {
        if (_backoff.Failures > 0)
        {
            _backoff.Succeeded();
            Volatile.Write(ref _isOpen, false);
            Log.SinkAvailable(_logger, Name, Counts.Undelivered);
        }
    }

    /// <returns>False: it is the end, and what is left stays in the spool.</returns>
    private async Task<bool> PauseAsync(DeliveryResult result)
    {
        Interlocked.Increment(ref _retries);
        TimeSpan? asked = result.RetryAfter is { } after && after > _options.Retry.MostAsked ? _options.Retry.MostAsked : result.RetryAfter;
        TimeSpan pause = _backoff.Failed(asked);
        if (_backoff.Failures == 1)
        {
            Log.SinkUnavailable(_logger, Name, (long)pause.TotalMilliseconds, Cut(result.Reason));
        }

        Volatile.Write(ref _isOpen, _backoff.Failures >= _options.Retry.FailuresToOpen);
        if (_finish.IsCancellationRequested)
        {
            // A stop does not wait for a receiver that is away.
            Volatile.Write(ref _isOpen, true);
            return false;
        }

        using var either = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token, _finish.Token);
        try
        {
            await Task.Delay(pause, _time, either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            _stop.Token.ThrowIfCancellationRequested();
        }

        return true;
    }

    private bool GaveUp(List<Parcel> batch)
    {
        if (_options.Spool is not { } spool || _unsettled.Count > 0 || batch[^1].Number is not { } last
            || batch[^1].UnixMs >= (_time.GetUtcNow() - spool.MaxAge).ToUnixTimeMilliseconds())
        {
            return false;
        }

        _spool!.GiveUp(last, batch.Count);
        _mixedThrough = null;
        return true;
    }

    /// <summary>For a transport that settles: the connection broke, so all that has not settled is sent again.</summary>
    private bool StartedOver(List<Parcel> batch)
    {
        if (_transport.SettleTime == TimeSpan.Zero)
        {
            return false;
        }

        StartOver(batch);
        return true;
    }

    // What is in hand comes again too, behind what was sent before it.
    private void StartOver(List<Parcel> batch)
    {
        Interlocked.Add(ref _resent, _unsettled.Count);
        Parcel[] again = [.. _unsettled.Concat(batch).Concat(_ahead is { } ahead ? [ahead] : Array.Empty<Parcel>()).Where(parcel => parcel.Number is null)];
        _unsettled.Clear();
        batch.Clear();
        _ahead = null;
        _spool?.Rewind();
        lock (_memory)
        {
            foreach (Parcel parcel in again.Reverse())
            {
                _memory.AddFirst(parcel.Message);
            }
        }
    }

    /// <summary>Counts as delivered what was sent long enough ago over a connection that still stands.</summary>
    /// <param name="inHand">What is being sent; emptied when all begins again.</param>
    /// <returns>Time until more of it may be; null = nothing waits for that.</returns>
    private TimeSpan? Settle(List<Parcel> inHand)
    {
        if (_unsettled.Count == 0)
        {
            return null;
        }

        if (!_transport.IsIntact)
        {
            StartOver(inHand);
            _brokeBeforeSettled = true;
            return TimeSpan.Zero;
        }

        long now = _time.GetTimestamp();
        if (_unsettled.First!.Value.SettlesAt <= now && !_transport.HasAllAcknowledged)
        {
            return AcknowledgePause;
        }

        var settled = new List<Parcel>();
        while (_unsettled.First is { } first && first.Value.SettlesAt <= now)
        {
            settled.Add(first.Value);
            _unsettled.RemoveFirst();
        }

        if (settled.Count > 0)
        {
            Recovered();
            Arrived(settled);
        }

        return _unsettled.First is not { } next ? null
            : Least(MostBlind, TimeSpan.FromSeconds((double)(next.Value.SettlesAt - now) / _time.TimestampFrequency) + TimeSpan.FromMilliseconds(1));
    }

    private static TimeSpan Least(TimeSpan a, TimeSpan b) => a < b ? a : b;

    // A receiver that closes its side after ours has read all that was sent.
    private async Task SettleAtEndAsync(CancellationToken deadline)
    {
        if (_unsettled.Count > 0 && await _transport.FinishAsync(deadline).ConfigureAwait(false))
        {
            List<Parcel> settled = [.. _unsettled];
            _unsettled.Clear();
            Arrived(settled);
        }
    }
}
