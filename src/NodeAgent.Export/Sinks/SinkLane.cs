// SPDX-License-Identifier: Apache-2.0
using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace NodeAgent.Export.Sinks;

/// <summary>One sink with its queue, its task and its counters: what happens here delays no other sink.</summary>
internal sealed class SinkLane : IAsyncDisposable
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

    public SinkLane(IAlertSink sink, int capacity, ILogger logger)
    {
        _sink = sink;
        _logger = logger;
        _queue = Channel.CreateBounded<AlertMessage>(new BoundedChannelOptions(capacity)
        {
            FullMode = BoundedChannelFullMode.Wait,
            SingleReader = true,
            SingleWriter = true,
        });
    }

    public string Name => _sink.Name;

    public long Sent => Volatile.Read(ref _sent);

    /// <summary>Alerts that the sink refused or could not write.</summary>
    public long Failed => Volatile.Read(ref _failed);

    /// <summary>Alerts that found the queue full.</summary>
    public long Dropped => Volatile.Read(ref _dropped);

    public int Waiting => _queue.Reader.Count;

    /// <summary>Alerts that were taken and have neither been written nor counted as lost.</summary>
    public long Undelivered => Volatile.Read(ref _accepted) - Sent - Failed;

    public void Start() => _pump = Task.Run(PumpAsync);

    /// <summary>Never waits: what finds the queue full is counted and gone.</summary>
    public void Offer(AlertMessage message)
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

    /// <returns>True when everything that was accepted was written (or counted as failed) before the deadline.</returns>
    public async Task<bool> DrainAsync(CancellationToken deadline)
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

    public async ValueTask DisposeAsync()
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
