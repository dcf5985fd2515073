// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging;
using NodeAgent.Api.SoftwareComposition;
using NodeAgent.Export.Storage;
using NodeAgent.Profiles.Learning;
using NodeAgent.Profiles.Output;

namespace NodeAgent.Pipeline;

/// <summary>Carries profiles from the learner to the storage, for as long as it takes.</summary>
/// <remarks>
/// While the storage is away nothing is kept here but whose profiles it is owed: the learner has them, and its checkpoints. When it
/// is back it is told their newest state, a few at a time. One request at a time: profiles are not urgent, and a storage that comes back is not stormed.
/// </remarks>
internal sealed class ProfileExport : IAsyncDisposable
{
    private const int MaxRemovals = 1024;
    private static readonly TimeSpan DrainPause = TimeSpan.FromMilliseconds(200);

    // A profile that the learner was asked for and does not know any more must not hold up the others.
    private static readonly TimeSpan OwedPause = TimeSpan.FromSeconds(2);

    private readonly StorageConnection _connection;
    private readonly StorageClient _client;
    private readonly ChunkSender _sender;
    private readonly ShippingMetrics _metrics = new();
    private readonly RetryPause _pause;
    private readonly ProfileLearner _learner;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly OwedProfiles _owed = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _drain = new();
    private readonly SbomFiles _sboms;
    private readonly Task _pump;

    /// <param name="connection">Taken over.</param>
    /// <param name="node">The name of this node.</param>
    public ProfileExport(StorageConnection connection, ProfileLearner learner, string node, ShipperOptions options, TimeProvider time, ILogger<ProfileExport> logger)
    {
        _connection = connection;
        _learner = learner;
        _time = time;
        _logger = logger;
        _client = new StorageClient(connection, time);
        _pause = new RetryPause(options, _client.Server, logger);
        _sender = new ChunkSender(_client, node, options, _metrics, time, logger);
        _sboms = new SbomFiles(_client, learner, logger, time);
        _pump = Task.Run(PumpAsync);
    }

    public ShippingMetrics Metrics => _metrics;

    /// <summary>Ends when the learner's last snapshot is stored, or at the deadline.</summary>
    public async Task DrainAsync(TimeSpan deadline)
    {
        await _drain.CancelAsync().ConfigureAwait(false);
        try
        {
            await _pump.WaitAsync(deadline).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // The checkpoints have it: the next start ships it.
            await _stop.CancelAsync().ConfigureAwait(false);
            Log.StopIncomplete(_logger, "storage client");
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _drain.CancelAsync().ConfigureAwait(false);
        await _stop.CancelAsync().ConfigureAwait(false);
        await _pump.ConfigureAwait(false);
        await _sboms.DisposeAsync().ConfigureAwait(false);
        _client.Dispose();
        _connection.Dispose();
        _metrics.Dispose();
        _drain.Dispose();
        _stop.Dispose();
    }

    private async Task PumpAsync()
    {
        try
        {
            while (await WaitAsync().ConfigureAwait(false))
            {
                while (_learner.Snapshots.TryRead(out ProfileSnapshot? snapshot))
                {
                    await ShipAsync(snapshot).ConfigureAwait(false);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // Stopped.
        }
    }

    // False: the learner has ended, and everything was read.
    private async Task<bool> WaitAsync()
    {
        Task<bool> more = _learner.Snapshots.WaitToReadAsync(_stop.Token).AsTask();
        while (_owed.Count > 0 && !_drain.IsCancellationRequested && !more.IsCompleted)
        {
            using var enough = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token, _drain.Token);
            await Task.WhenAny(more, Task.Delay(OwedPause, _time, enough.Token)).ConfigureAwait(false);
            await enough.CancelAsync().ConfigureAwait(false);
            if (!more.IsCompleted)
            {
                Ask(1);
            }
        }

        return await more.ConfigureAwait(false);
    }

    // Until it is there, or is owed: then what comes in the pause is owed too.
    private async Task ShipAsync(ProfileSnapshot snapshot)
    {
        while (await TrySendAsync(snapshot).ConfigureAwait(false) is { } pause)
        {
            _metrics.Retries++;
            if (_drain.IsCancellationRequested)
            {
                await Task.Delay(DrainPause, _time, _stop.Token).ConfigureAwait(false);
                continue;
            }

            Owe(snapshot);
            await RestAsync(pause).ConfigureAwait(false);
            if (!_drain.IsCancellationRequested)
            {
                await RemoveOwedAsync().ConfigureAwait(false);
                Ask(1);
            }

            return;
        }

        _owed.Settle(snapshot.Key);
        _metrics.Owed = _owed.Count;
        Ask(2);
    }

    /// <returns>Null when it was taken, or refused for good; else how long to wait.</returns>
    private async Task<TimeSpan?> TrySendAsync(ProfileSnapshot snapshot)
    {
        try
        {
            if (snapshot.Profile is null)
            {
                _sender.Forget(snapshot.Key);
                await _client.DeleteAsync(ContainerProfile.Plural, snapshot.Namespace, snapshot.Name, _stop.Token).ConfigureAwait(false);
            }
            else
            {
                await _sender.SendAsync(snapshot, _stop.Token).ConfigureAwait(false);
            }
        }
        catch (StorageException error) when (error.IsTransient)
        {
            return _pause.Failed(error);
        }
        catch (StorageException error)
        {
            _metrics.Rejected++;
            Log.ChunkRejected(_logger, snapshot.Key, error.Message);
        }

        _pause.Succeeded();
        return null;
    }

    private async Task RestAsync(TimeSpan pause)
    {
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token, _drain.Token);
        Task rest = Task.Delay(pause, _time, enough.Token);
        while (!rest.IsCompleted)
        {
            Task<bool> more = _learner.Snapshots.WaitToReadAsync(enough.Token).AsTask();
            await Task.WhenAny(rest, more).ConfigureAwait(false);
            if (_drain.IsCancellationRequested || (more.IsCompletedSuccessfully && !await more.ConfigureAwait(false)))
            {
                break; // the learner's last word must be tried, not owed
            }

            while (more.IsCompletedSuccessfully && _learner.Snapshots.TryRead(out ProfileSnapshot? snapshot))
            {
                Owe(snapshot);
            }
        }

        await enough.CancelAsync().ConfigureAwait(false);
        _stop.Token.ThrowIfCancellationRequested();
    }

    private void Owe(ProfileSnapshot snapshot)
    {
        _metrics.RemovalsDropped += _owed.Add(snapshot, MaxRemovals) ? 0 : 1;
        _metrics.Owed = _owed.Count;
    }

    private async Task RemoveOwedAsync()
    {
        while (_owed.NextRemoval() is { } removal && await TrySendAsync(removal).ConfigureAwait(false) is null)
        {
            _owed.Settle(removal.Key);
        }
    }

    private void Ask(int count)
    {
        for (; count > 0 && _owed.NextKey() is { } key; count--)
        {
            _learner.MarkDirty(key);
        }
    }
}
