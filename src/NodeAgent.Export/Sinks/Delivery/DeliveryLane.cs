// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using Microsoft.Extensions.Logging;
using NodeAgent.Api.Alerts;
using NodeAgent.Export.Sinks.Spooling;
using NodeAgent.Files;

namespace NodeAgent.Export.Sinks.Delivery;

/// <summary>A receiver elsewhere: what is accepted is in the spool, and is sent in order until it has arrived.</summary>
/// <remarks>
/// At least once: what a receiver may have taken without saying so is sent again, with the same id. One task sends, so the order of a container is kept.
/// Where the disk does not take an alert it waits in memory, bounded.
/// </remarks>
internal sealed partial class DeliveryLane : AlertLane
{
    private static readonly TimeSpan FlushPause = TimeSpan.FromMilliseconds(20);
    private readonly IAlertTransport _transport;
    private readonly DeliveryLaneOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly AlertSpool? _spool;
    private readonly Backoff _backoff;
    private readonly SemaphoreSlim _news = new(0, 1);
    private readonly SemaphoreSlim _dirty = new(0, 1);
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _finish = new();
    private readonly Lock _acceptLock = new();
    private readonly LinkedList<AlertMessage> _memory = [];
    private readonly LinkedList<Parcel> _unsettled = [];
    private Parcel? _ahead;
    private ulong? _mixedThrough;
    private Task _pump = Task.CompletedTask;
    private Task _flusher = Task.CompletedTask;
    private long _sent;
    private long _refused;
    private long _dropped;
    private long _retries;
    private long _resent;
    private long _unreadable;
    private long _inMemory;
    private bool _spoolFails;
    private bool _brokeBeforeSettled;
    private bool _isOpen;

    /// <param name="transport">Taken over.</param>
    public DeliveryLane(string name, IAlertTransport transport, DeliveryLaneOptions options, ILogger logger, TimeProvider time)
        : base(name, options.Filter, options.RateLimit, time)
    {
        _transport = transport;
        _options = options;
        _time = time;
        _logger = logger;
        _backoff = new Backoff(options.Retry.Least, options.Retry.Most);
        _spool = OpenSpool();
    }

    internal override LaneCounts Counts => new()
    {
        Sent = Volatile.Read(ref _sent),
        Refused = Volatile.Read(ref _refused),
        Dropped = Volatile.Read(ref _dropped),
        DroppedForRoom = _spool?.DroppedForRoom ?? 0,
        DroppedForAge = _spool?.DroppedForAge ?? 0,
        LostToDamage = (_spool?.LostToDamage ?? 0) + Volatile.Read(ref _unreadable),
        Retries = Volatile.Read(ref _retries),
        Resent = Volatile.Read(ref _resent),
        Shortened = _transport.Shortened,
        Undelivered = (_spool?.Waiting ?? 0) + Volatile.Read(ref _inMemory),
        SpoolBytes = _spool?.Bytes ?? 0,
        IsOpen = Volatile.Read(ref _isOpen),
    };

    public override void Start()
    {
        _pump = Task.Run(PumpAsync);
        _flusher = _spool is null ? Task.CompletedTask : Task.Run(FlushAsync);
    }

    // On the dispatcher's task: a write to the page cache, and never the network.
    private protected override void Accept(AlertMessage message)
    {
        lock (_acceptLock)
        {
            // What came while the disk refused goes first, so what comes after it queues behind it.
            if (_spool is null || Volatile.Read(ref _inMemory) > 0 || !TrySpool(message))
            {
                Remember(message);
            }
        }

        Signal(_news);
    }

    private protected override async Task<bool> FinishAsync(CancellationToken deadline)
    {
        await _finish.CancelAsync().ConfigureAwait(false);
        try
        {
            await _pump.WaitAsync(deadline).ConfigureAwait(false);
            await SettleAtEndAsync(deadline).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            await _stop.CancelAsync().ConfigureAwait(false);
        }

        long left = Counts.Undelivered;
        if (left > 0 && _spool is not null)
        {
            Log.SinkStoppedWithSpool(_logger, Name, left);
        }
        else if (left > 0)
        {
            Log.SinkAbandoned(_logger, Name, left);
        }

        return left == 0;
    }

    private protected override async ValueTask DisposeCoreAsync()
    {
        await _finish.CancelAsync().ConfigureAwait(false);
        await _stop.CancelAsync().ConfigureAwait(false);
        Signal(_news);
        Signal(_dirty);
        try
        {
            await Task.WhenAll(_pump, _flusher).WaitAsync(TimeSpan.FromSeconds(1)).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            return; // a transport that hangs keeps its task and its handles; waiting for it would hang the stop too
        }

        await _transport.DisposeAsync().ConfigureAwait(false);
        _spool?.Dispose();
        _stop.Dispose();
        _finish.Dispose();
        _news.Dispose();
        _dirty.Dispose();
    }

    private static void Signal(SemaphoreSlim signal)
    {
        try
        {
            if (signal.CurrentCount == 0)
            {
                signal.Release();
            }
        }
        catch (Exception error) when (error is SemaphoreFullException or ObjectDisposedException)
        {
            // It is set already, or nobody waits any more.
        }
    }

    private AlertSpool? OpenSpool()
    {
        if (_options.Spool is null)
        {
            return null;
        }

        try
        {
            return AlertSpool.Open(_options.Spool, _time, _logger);
        }
        catch (Exception error) when (WholeFile.IsEnvironment(error))
        {
            Log.SpoolFails(_logger, _options.Spool.Directory, error.Message);
            return null;
        }
    }

    private bool TrySpool(AlertMessage message)
    {
        try
        {
            _spool!.Append(message.Line.Span);
            _spoolFails = false;
            Signal(_dirty);
            return true;
        }
        catch (IOException error)
        {
            if (!_spoolFails)
            {
                _spoolFails = true;
                Log.SpoolFails(_logger, _options.Spool!.Directory, error.Message);
            }

            return false;
        }
    }

    private void Remember(AlertMessage message)
    {
        if (_inMemory >= _options.QueueCapacity)
        {
            Interlocked.Increment(ref _dropped);
            return;
        }

        lock (_memory)
        {
            _memory.AddLast(message);
        }

        Interlocked.Increment(ref _inMemory);
    }

    // One flush for all that came while the one before took its time; none for what has arrived meanwhile.
    private async Task FlushAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                await _dirty.WaitAsync(_stop.Token).ConfigureAwait(false);
                await Task.Delay(FlushPause, _stop.Token).ConfigureAwait(false);
                if (_spool!.Waiting > 0)
                {
                    _spool.Flush();
                }
            }
            catch (OperationCanceledException)
            {
                return; // the spool flushes when it is closed
            }
            catch (IOException error)
            {
                Log.SpoolFails(_logger, _options.Spool!.Directory, error.Message);
            }
        }
    }

    private bool TryNext(out Parcel parcel)
    {
        if (_ahead is { } ahead)
        {
            _ahead = null;
            parcel = ahead;
            return true;
        }

        while (_spool is not null && _spool.TryRead(out SpooledAlert alert))
        {
            if (Parse(alert) is { } message)
            {
                parcel = new Parcel(message, alert.Number, alert.UnixMs);
                return true;
            }
        }

        lock (_memory)
        {
            parcel = default;
            if (_memory.First is not { } first)
            {
                return false;
            }

            _memory.RemoveFirst();
            parcel = new Parcel(first.Value, null, _time.GetUtcNow().ToUnixTimeMilliseconds());
            return true;
        }
    }

    // The checksum was right, so it was written by another version: what follows may be readable.
    private AlertMessage? Parse(SpooledAlert alert)
    {
        try
        {
            RuntimeAlerts parsed = AlertJson.Parse(alert.Line);
            if (parsed.Spec.Alerts.Count == 1)
            {
                return new AlertMessage(parsed, alert.Line);
            }

            Log.SpooledAlertUnreadable(_logger, Name, $"it holds {parsed.Spec.Alerts.Count} alerts");
        }
        catch (JsonException error)
        {
            Log.SpooledAlertUnreadable(_logger, Name, error.Message);
        }

        Interlocked.Increment(ref _unreadable);
        return null;
    }

    /// <summary>An alert in the hands of the sender.</summary>
    /// <param name="Number">Its number in the spool; null = it is in memory only.</param>
    private readonly record struct Parcel(AlertMessage Message, ulong? Number, long UnixMs)
    {
        /// <summary>From when on it counts as delivered, for a transport that settles.</summary>
        public long SettlesAt { get; init; }
    }
}
