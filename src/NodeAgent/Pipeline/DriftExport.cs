// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using NodeAgent.Api.Drift;
using NodeAgent.Api.Json;
using NodeAgent.Export.Storage;
using NodeAgent.Profiles.Drift;
using NodeAgent.Profiles.Learning;

namespace NodeAgent.Pipeline;

/// <summary>Carries what profiles would have to allow from the learner to the storage.</summary>
internal sealed class DriftExport : IAsyncDisposable
{
    public static readonly string Resource = ApiResourceName.Of(ProfileDrift.Plural, ProfileDrift.Group, ProfileDrift.Version);

    private readonly StorageClient _client;
    private readonly ProfileLearner _learner;
    private readonly ILogger _logger;
    private readonly RetryPause _pause;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _pump;

    /// <param name="client">Stays the caller's.</param>
    public DriftExport(StorageClient client, ProfileLearner learner, ILogger logger)
    {
        _client = client;
        _learner = learner;
        _logger = logger;

        // That the storage is away is said by what ships the profiles.
        _pause = new RetryPause(new ShipperOptions(), client.Server, NullLogger.Instance);
        _pump = Task.Run(PumpAsync);
    }

    /// <summary>Ends when the learner's last drift is stored, or at the deadline.</summary>
    public async Task DrainAsync(TimeSpan deadline)
    {
        try
        {
            await _pump.WaitAsync(deadline).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // The next start ships it: drifts are kept with the checkpoints.
            await _stop.CancelAsync().ConfigureAwait(false);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _pump.ConfigureAwait(false);
        _stop.Dispose();
    }

    private async Task PumpAsync()
    {
        try
        {
            await foreach (DriftSnapshot snapshot in _learner.Drifts.ReadAllAsync(_stop.Token).ConfigureAwait(false))
            {
                while (await TryStoreAsync(snapshot).ConfigureAwait(false) is { } failure)
                {
                    await Task.Delay(_pause.Failed(failure), _stop.Token).ConfigureAwait(false);
                }

                _pause.Succeeded();
            }
        }
        catch (OperationCanceledException)
        {
            // Stopped.
        }
    }

    /// <returns>What went wrong, when it may succeed later.</returns>
    private async Task<StorageException?> TryStoreAsync(DriftSnapshot snapshot)
    {
        try
        {
            if (snapshot.Drift is { } drift)
            {
                byte[] json = JsonSerializer.SerializeToUtf8Bytes(drift, ApiJsonContext.Readable.ProfileDrift);
                await _client.ApplyAsync(new ApiObject(Resource, snapshot.Namespace, snapshot.Name, json), _stop.Token).ConfigureAwait(false);
            }
            else
            {
                await _client.DeleteAsync(Resource, snapshot.Namespace, snapshot.Name, _stop.Token).ConfigureAwait(false);
            }
        }
        catch (StorageException error) when (error.IsTransient)
        {
            return error;
        }
        catch (StorageException error)
        {
            // A storage of others does not know the kind.
            Log.DriftNotStored(_logger, snapshot.Key, error.Message);
        }

        return null;
    }
}
