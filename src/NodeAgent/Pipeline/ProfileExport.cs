// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.Extensions.Logging;
using NodeAgent.Api.Json;
using NodeAgent.Export.Storage;
using NodeAgent.Profiles.Learning;
using NodeAgent.Profiles.Output;

namespace NodeAgent.Pipeline;

/// <summary>Carries profile snapshots from the learner to the storage.</summary>
internal sealed class ProfileExport : IAsyncDisposable
{
    private readonly StorageConnection _connection;
    private readonly StorageClient _client;
    private readonly ProfileShipper _shipper;
    private readonly ProfileLearner _learner;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _pump;

    /// <param name="connection">Taken over.</param>
    public ProfileExport(StorageConnection connection, ProfileLearner learner, ILoggerFactory loggers)
    {
        _connection = connection;
        _learner = learner;
        _logger = loggers.CreateLogger("NodeAgent");
        _client = new StorageClient(connection);
        _shipper = new ProfileShipper(_client, new ShipperOptions(), TimeProvider.System, loggers.CreateLogger<ProfileShipper>());
        _shipper.Start();
        _pump = Task.Run(PumpAsync);
    }

    /// <summary>Ends when the learner's last snapshot is stored, or at the deadline.</summary>
    public async Task DrainAsync(TimeSpan deadline)
    {
        try
        {
            await _pump.WaitAsync(deadline).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            await _stop.CancelAsync().ConfigureAwait(false);
        }

        if (!await _shipper.DrainAsync(deadline).ConfigureAwait(false))
        {
            // The checkpoints have it: the next start ships it.
            Log.StopIncomplete(_logger, "storage client");
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _pump.ConfigureAwait(false);
        await _shipper.DisposeAsync().ConfigureAwait(false);
        _client.Dispose();
        _connection.Dispose();
        _stop.Dispose();
    }

    private async Task PumpAsync()
    {
        try
        {
            await foreach (ProfileSnapshot snapshot in _learner.Snapshots.ReadAllAsync(_stop.Token).ConfigureAwait(false))
            {
                if (!Send(snapshot))
                {
                    _learner.MarkDirty(snapshot.Key);
                }

                if (snapshot.Profile is null)
                {
                    await GiveUpAsync(snapshot).ConfigureAwait(false);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // Stopped.
        }
    }

    private bool Send(ProfileSnapshot snapshot)
    {
        bool taken = true;
        if (snapshot.Profile is { } profile)
        {
            taken &= Enqueue("containerprofiles", profile.Metadata, profile, ApiJsonContext.Default.ContainerProfile);
        }

        if (snapshot.Application is { } application)
        {
            taken &= Enqueue("applicationprofiles", application.Metadata, application, ApiJsonContext.Default.ApplicationProfile);
        }

        if (snapshot.Network is { } network)
        {
            taken &= Enqueue("networkneighborhoods", network.Metadata, network, ApiJsonContext.Default.NetworkNeighborhood);
        }

        return taken;
    }

    private bool Enqueue<T>(string resource, Api.Meta.ObjectMeta metadata, T item, JsonTypeInfo<T> type) =>
        _shipper.TryEnqueue(new ApiObject(resource, metadata.Namespace ?? string.Empty, metadata.Name ?? string.Empty, JsonSerializer.SerializeToUtf8Bytes(item, type)));

    private async Task GiveUpAsync(ProfileSnapshot snapshot)
    {
        try
        {
            await _client.DeleteAsync("containerprofiles", snapshot.Namespace, snapshot.Name, _stop.Token).ConfigureAwait(false);
        }
        catch (StorageException e)
        {
            Log.ProfileNotDeleted(_logger, snapshot.Key, e.Message);
        }
    }
}
