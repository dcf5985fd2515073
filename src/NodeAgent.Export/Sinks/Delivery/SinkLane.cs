// SPDX-License-Identifier: Apache-2.0
using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace NodeAgent.Export.Sinks.Delivery;

/// <summary>A sink on this machine (a file, standard output): a queue in memory, no spool, no second attempt.</summary>
internal sealed class SinkLane : AlertLane
{
    private readonly Channel<AlertMessage> _queue;
    private readonly IAlertSink _sink;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stop = new();
    private Task _pump = Task.CompletedTask;
    private long _lostSinceWorking;
    private bool _failing;
    private long _sent;
    private long _failed;
    private long _dropped;
    private long _accepted;

    public SinkLane(IAlertSink sink, int capacity, ILogger logger, AlertFilter? filter = null, RateLimitOptions? limit = null, TimeProvider? time = null)
        : base(sink.Name, filter ?? AlertFilter.All, limit, time ?? TimeProvider.System)
    {
        _sink = sink;
        _logger = logger;
        _queue = Channel.CreateBounded<AlertMessage>(new BoundedChannelOptions(capacity)
        {
            FullMode = BoundedChannelFullMode.Wait,
            SingleReader = true,
            SingleWriter = false, // the end of a rate limit's window writes too
        });
    }

    internal override LaneCounts Counts => new()
    {
        Sent = Volatile.Read(ref _sent),
        Failed = Volatile.Read(ref _failed),
        Dropped = Volatile.Read(ref _dropped),
        Undelivered = Undelivered,
    };

    // What was taken and has neither been written nor counted as lost.
    private long Undelivered => Volatile.Read(ref _accepted) - Volatile.Read(ref _sent) - Volatile.Read(ref _failed);

    public override void Start() => _pump = Task.Run(PumpAsync);

    private protected override void Accept(AlertMessage message)
    {
        if (_queue.Writer.TryWrite(message))
        {
            Interlocked.Increment(ref _accepted);
        }
        else
        {
            Interlocked.Increment(ref _dropped);
        }
    }

    private protected override async Task<bool> FinishAsync(CancellationToken deadline)
    {
        _queue.Writer.TryComplete();
        try
        {
            await _pump.WaitAsync(deadline).ConfigureAwait(false);
            return true;
        }
        catch (OperationCanceledException)
        {
            await _stop.CancelAsync().ConfigureAwait(false);
            Log.SinkAbandoned(_logger, Name, Undelivered);
            return false;
        }
    }

    private protected override async ValueTask DisposeCoreAsync()
    {
        _queue.Writer.TryComplete();
        await _stop.CancelAsync().ConfigureAwait(false);

        // A sink that hangs in a write keeps its task and its handle; waiting for it would hang the stop too.
        if (_pump.IsCompleted)
        {
            await _sink.DisposeAsync().ConfigureAwait(false);
            _stop.Dispose();
        }
    }

    private async Task PumpAsync()
    {
        await foreach (AlertMessage message in _queue.Reader.ReadAllAsync(CancellationToken.None).ConfigureAwait(false))
        {
            if (_stop.IsCancellationRequested)
            {
                return;
            }

            try
            {
                await _sink.WriteAsync(message, _stop.Token).ConfigureAwait(false);
                OnWritten();
            }
#pragma warning disable CA1031 // whatever a sink throws, the next alert gets its chance
            catch (Exception error)
#pragma warning restore CA1031
            {
                OnFailed(error);
            }
        }
    }

    private void OnWritten()
    {
        Interlocked.Increment(ref _sent);
        if (_failing)
        {
            _failing = false;
            Log.SinkRecovered(_logger, Name, _lostSinceWorking);
            _lostSinceWorking = 0;
        }
    }

    private void OnFailed(Exception error)
    {
        Interlocked.Increment(ref _failed);
        _lostSinceWorking++;
        if (!_failing)
        {
            _failing = true;
            Log.SinkFails(_logger, Name, error.Message);
        }
    }
}
