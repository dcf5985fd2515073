// SPDX-License-Identifier: Apache-2.0
using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace NodeAgent.Export.Storage;

/// <summary>Brings objects to the storage in the background, for as long as it takes, in bounded memory.</summary>
/// <remarks>Thread-safe. One request at a time: profiles are not urgent, and a storage that comes back is not stormed.</remarks>
public sealed class ProfileShipper : IAsyncDisposable
{
    private const int MaxExponent = 16;
    private static readonly TimeSpan DrainDelay = TimeSpan.FromMilliseconds(200);
    private readonly StorageClient _client;
    private readonly ShipperOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly PendingObjects _pending;
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _drain = new();
    private readonly ExportMetrics _metrics;
    private Task _worker = Task.CompletedTask;
    private int _failures;
    private long _sent;
    private long _retries;
    private long _rejected;
    private int _inFlight;

    /// <param name="client">Stays the caller's.</param>
    public ProfileShipper(StorageClient client, ShipperOptions options, TimeProvider time, ILogger<ProfileShipper> logger)
    {
        ArgumentNullException.ThrowIfNull(options);
        _client = client;
        _options = options;
        _time = time;
        _logger = logger;
        _pending = new PendingObjects(options.MaxPendingObjects, options.MaxPendingBytes);
        _metrics = ExportMetrics.ForShipper(this);
    }

    public ShipperCounters Counters => new(
        Volatile.Read(ref _sent),
        _pending.Superseded,
        Volatile.Read(ref _retries),
        Volatile.Read(ref _rejected),
        _pending.Dropped,
        _pending.Count + Volatile.Read(ref _inFlight),
        _pending.Bytes);

    /// <summary>Called on the worker's task for an object that the storage refuses for good (too large, malformed); must not block.</summary>
    public Action<ApiObject, StorageException>? Rejected { get; set; }

    public void Start() => _worker = Task.Run(WorkAsync);

    /// <summary>Never waits. A newer object replaces one of the same name that still waits.</summary>
    /// <returns>False when it was not taken, since there is no room or the shipper is stopping.</returns>
    public bool TryEnqueue(ApiObject item)
    {
        ArgumentNullException.ThrowIfNull(item);
        if (_drain.IsCancellationRequested || !_pending.TryAdd(item))
        {
            return false;
        }

        _wake.Writer.TryWrite(true);
        return true;
    }

    /// <summary>Sends what waits without further pauses, then ends.</summary>
    /// <returns>True when nothing was left at the deadline.</returns>
    public async Task<bool> DrainAsync(TimeSpan deadline)
    {
        await _drain.CancelAsync().ConfigureAwait(false);
        _wake.Writer.TryWrite(true);
        try
        {
            await _worker.WaitAsync(deadline).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            await _stop.CancelAsync().ConfigureAwait(false);
            await _worker.ConfigureAwait(false);
        }

        return _pending.Count == 0;
    }

    public async ValueTask DisposeAsync()
    {
        await _drain.CancelAsync().ConfigureAwait(false);
        await _stop.CancelAsync().ConfigureAwait(false);
        await _worker.ConfigureAwait(false);
        _metrics.Dispose();
        _stop.Dispose();
        _drain.Dispose();
    }

    private async Task WorkAsync()
    {
        try
        {
            while (!_stop.IsCancellationRequested)
            {
                if (_pending.TakeNext() is { } item)
                {
                    await SendAsync(item).ConfigureAwait(false);
                }
                else if (_drain.IsCancellationRequested)
                {
                    return;
                }
                else
                {
                    await _wake.Reader.ReadAsync(_stop.Token).ConfigureAwait(false);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // Stopped.
        }
    }

    private async Task SendAsync(ApiObject item)
    {
        Volatile.Write(ref _inFlight, 1);
        try
        {
            await _client.ApplyAsync(item, _stop.Token).ConfigureAwait(false);
            Interlocked.Increment(ref _sent);
            OnReached();
        }
        catch (StorageException error) when (!error.IsTransient)
        {
            Interlocked.Increment(ref _rejected);
            Log.ObjectRejected(_logger, item.Resource, item.Namespace, item.Name, error.Message);
            OnReached();
            Rejected?.Invoke(item, error);
        }
        catch (StorageException error)
        {
            _pending.PutBack(item);
            Volatile.Write(ref _inFlight, 0);
            await PauseAsync(error).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            _pending.PutBack(item);
            throw;
        }
        finally
        {
            Volatile.Write(ref _inFlight, 0);
        }
    }

    private void OnReached()
    {
        if (_failures > 0)
        {
            _failures = 0;
            Log.StorageRecovered(_logger, _client.Server);
        }
    }

    private async Task PauseAsync(StorageException error)
    {
        Interlocked.Increment(ref _retries);
        TimeSpan delay = DelayAfter(++_failures, error.RetryAfter);
        if (_failures == 1)
        {
            Log.StorageUnavailable(_logger, _client.Server, (long)delay.TotalMilliseconds, error.Message);
        }

        if (_drain.IsCancellationRequested)
        {
            await Task.Delay(DrainDelay, _time, _stop.Token).ConfigureAwait(false);
            return;
        }

        using var either = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token, _drain.Token);
        try
        {
            await Task.Delay(delay, _time, either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!_stop.IsCancellationRequested)
        {
            // A drain cuts the pause short.
        }
    }

    /// <summary>Between half and the whole of the doubled pause, so that a thousand agents do not come back in step.</summary>
    internal TimeSpan DelayAfter(int failures, TimeSpan? retryAfter)
    {
        double whole = Math.Min(
            _options.BaseDelay.TotalMilliseconds * Math.Pow(2, Math.Min(failures - 1, MaxExponent)), _options.MaxDelay.TotalMilliseconds);
#pragma warning disable CA5394 // spreads load, guards nothing
        double jittered = whole * (0.5 + (Random.Shared.NextDouble() / 2));
#pragma warning restore CA5394
        return TimeSpan.FromMilliseconds(Math.Max(jittered, retryAfter?.TotalMilliseconds ?? 0));
    }
}
