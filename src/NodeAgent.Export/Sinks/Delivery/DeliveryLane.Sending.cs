// SPDX-License-Identifier: Apache-2.0
using System.Net.Sockets;
using System.Security.Authentication;
using NodeAgent.Api.Alerts;

namespace NodeAgent.Export.Sinks.Delivery;

/// <summary>The one task that sends.</summary>
internal sealed partial class DeliveryLane
{
    private const int MostReasonLength = 300;
    private static readonly TimeSpan DiskPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Forever = Timeout.InfiniteTimeSpan;

    private async Task PumpAsync()
    {
        try
        {
            while (!_stop.IsCancellationRequested)
            {
                await PumpOnceAsync().ConfigureAwait(false);
                if (_finish.IsCancellationRequested && (IsEmpty || _isOpen))
                {
                    return;
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The deadline of a drain, or the end.
        }
        catch (ObjectDisposedException) when (_stop.IsCancellationRequested)
        {
            // The end, in the middle of a step.
        }
    }

    private bool IsEmpty => _ahead is null && (_spool?.Unread ?? 0) == 0 && Volatile.Read(ref _inMemory) == _unsettled.Count(parcel => parcel.Number is null);

    private async Task PumpOnceAsync()
    {
        if (_brokeBeforeSettled)
        {
            _brokeBeforeSettled = false;
            await PauseAsync(new DeliveryResult(DeliveryOutcome.Retry, "the receiver ended the connection before what was sent counts as arrived")).ConfigureAwait(false);
            return;
        }

        List<Parcel> batch;
        try
        {
            _spool?.DropExpired();
            batch = await NextBatchAsync().ConfigureAwait(false);
        }
        catch (IOException error)
        {
            Log.SpoolFails(_logger, _options.Spool!.Directory, error.Message);
            await Task.Delay(DiskPause, _time, _stop.Token).ConfigureAwait(false);
            return;
        }

        if (batch.Count > 0)
        {
            await DeliverAsync(batch).ConfigureAwait(false);
            return;
        }

        TimeSpan? untilSettled = Settle(batch);
        if (!_finish.IsCancellationRequested && IsEmpty)
        {
            await WaitForNewsAsync(untilSettled ?? Forever).ConfigureAwait(false);
        }
    }

    private async Task WaitForNewsAsync(TimeSpan atMost)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token, _finish.Token);
        try
        {
            await _news.WaitAsync(atMost, either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            _stop.Token.ThrowIfCancellationRequested(); // the drain only ends the wait
        }
    }

    private async Task<List<Parcel>> NextBatchAsync()
    {
        var batch = new List<Parcel>();
        long began = _time.GetTimestamp();
        while (batch.Count < _transport.MaxBatch)
        {
            if (TryNext(out Parcel next))
            {
                if (batch.Count > 0 && !_transport.MayJoin(batch[0].Message, next.Message))
                {
                    _ahead = next;
                    break;
                }

                batch.Add(next);
                continue;
            }

            TimeSpan left = _transport.BatchWait - _time.GetElapsedTime(began);
            if (batch.Count == 0 || left <= TimeSpan.Zero || _finish.IsCancellationRequested)
            {
                break;
            }

            await WaitForNewsAsync(left).ConfigureAwait(false);
        }

        return batch;
    }

    /// <summary>Tries until nothing of the batch is left: arrived, refused for good, or too old.</summary>
    private async Task DeliverAsync(List<Parcel> batch)
    {
        int atOnce = batch.Count;
        while (batch.Count > 0)
        {
            if (GaveUp(batch))
            {
                return;
            }

            int count = _isOpen ? 1 : Math.Min(atOnce, batch.Count);
            List<Parcel> part = batch.GetRange(0, count);
            DeliveryResult result = await AttemptAsync([.. part.Select(parcel => parcel.Message)]).ConfigureAwait(false);
            if (result.Outcome == DeliveryOutcome.Delivered)
            {
                OnDelivered(batch, part);
            }
            else if (result.Items is { } items)
            {
                OnMixed(batch, part, items, result);
                if (batch.Count > 0 && !await PauseAsync(result).ConfigureAwait(false))
                {
                    return;
                }
            }
            else if (result.Outcome == DeliveryOutcome.Refused && count > 1)
            {
                atOnce = (count + 1) / 2; // whichever it is that is refused, the others arrive
            }
            else if (result.Outcome == DeliveryOutcome.Refused)
            {
                Recovered();
                Refuse(part[0], result.Reason);
                batch.RemoveAt(0);
            }
            else if (!await PauseAsync(result).ConfigureAwait(false) || StartedOver(batch))
            {
                return;
            }
        }

        if (_mixedThrough is { } through)
        {
            _spool!.Confirm(through);
            _mixedThrough = null;
        }
    }

    private async Task<DeliveryResult> AttemptAsync(IReadOnlyList<AlertMessage> messages)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        timeout.CancelAfter(_options.Retry.Timeout);
        try
        {
            return await _transport.SendAsync(messages, timeout.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!_stop.IsCancellationRequested)
        {
            return new DeliveryResult(DeliveryOutcome.Retry, $"no answer within {_options.Retry.Timeout.TotalSeconds:0.#} s");
        }
        catch (Exception error) when (error is IOException or HttpRequestException or SocketException or AuthenticationException or UnauthorizedAccessException)
        {
            return new DeliveryResult(DeliveryOutcome.Retry, Innermost(error));
        }
#pragma warning disable CA1031 // whatever a transport throws, its alerts wait and the lane lives
        catch (Exception error) when (error is not OperationCanceledException)
#pragma warning restore CA1031
        {
            return new DeliveryResult(DeliveryOutcome.Retry, $"{error.GetType().Name}: {error.Message}");
        }
    }

    private static string Innermost(Exception error) => error.InnerException is { } inner ? $"{error.Message} ({Innermost(inner)})" : error.Message;

    private void OnDelivered(List<Parcel> batch, List<Parcel> part)
    {
        batch.RemoveRange(0, part.Count);
        if (_transport.SettleTime == TimeSpan.Zero)
        {
            Recovered();
            Arrived(part);
            return;
        }

        long at = _time.GetTimestamp() + (long)(_transport.SettleTime.TotalSeconds * _time.TimestampFrequency);
        foreach (Parcel parcel in part)
        {
            // Those in the spool can be read again; only the others have to be kept.
            _unsettled.AddLast(parcel with { SettlesAt = at, Message = parcel.Number is null ? parcel.Message : null! });
        }

        Settle(batch);
    }

    // What did not arrive is tried again alone. The receiver sorts by time, so an order among them is of no matter to it.
    private void OnMixed(List<Parcel> batch, List<Parcel> part, IReadOnlyList<DeliveryOutcome> items, DeliveryResult result)
    {
        var left = new List<Parcel>();
        var arrived = new List<Parcel>();
        for (int at = 0; at < part.Count; at++)
        {
            DeliveryOutcome outcome = at < items.Count ? items[at] : DeliveryOutcome.Retry;
            switch (outcome)
            {
                case DeliveryOutcome.Delivered:
                    arrived.Add(part[at]);
                    break;
                case DeliveryOutcome.Refused:
                    Refuse(part[at], result.Reason, confirm: false);
                    break;
                default:
                    left.Add(part[at]);
                    break;
            }
        }

        batch.RemoveRange(0, part.Count);
        batch.InsertRange(0, left);
        Interlocked.Add(ref _sent, arrived.Count);
        Interlocked.Add(ref _inMemory, -part.Count(parcel => parcel.Number is null && !left.Contains(parcel)));

        // A number stands for all before it, so it is only told when nothing of the batch is left.
        _mixedThrough = part.Max(parcel => parcel.Number) ?? _mixedThrough;
        if (left.Count == 0)
        {
            Recovered();
        }
    }

    private void Arrived(List<Parcel> part)
    {
        Interlocked.Add(ref _sent, part.Count);
        Interlocked.Add(ref _inMemory, -part.Count(parcel => parcel.Number is null));
        Confirm(part);
    }

    private void Confirm(IReadOnlyList<Parcel> part)
    {
        if (part.Max(parcel => parcel.Number) is { } last)
        {
            _spool!.Confirm(last);
        }
    }

    private void Refuse(Parcel parcel, string reason, bool confirm = true)
    {
        Interlocked.Increment(ref _refused);
        RuntimeAlert alert = parcel.Message.Alert.Spec.Alerts[0];
        Log.AlertRefused(_logger, Name, alert.Arguments.AlertId ?? alert.UniqueId, Cut(reason));
        if (confirm)
        {
            Interlocked.Add(ref _inMemory, parcel.Number is null ? -1 : 0);
            Confirm([parcel]);
        }
    }

    private static string Cut(string reason) => reason.Length <= MostReasonLength ? reason : reason[..MostReasonLength];
}
