// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using NodeAgent.Api.Json;
using NodeAgent.Api.Names;
using NodeAgent.Export.Storage;

namespace NodeAgent.HostScanning;

/// <summary>Keeps objects in the storage as the newest scan says, and writes only what is other there. One user at a time.</summary>
internal sealed class HostObjectWriter : IDisposable
{
    // No version of an object is this.
    private const string Unknown = "unknown";

    private readonly StorageConnection _connection;
    private readonly StorageClient _client;
    private readonly HostScanMetrics _metrics;
    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private readonly RetryPause _pause;
    private readonly Dictionary<(string Resource, string Namespace, string Name), string> _stored = [];
    private readonly HashSet<(string Resource, string Message)> _refused = [];

    /// <param name="connection">Taken over.</param>
    public HostObjectWriter(StorageConnection connection, HostScanMetrics metrics, ILogger logger, TimeProvider time)
    {
        _connection = connection;
        _client = new StorageClient(connection, time);
        _metrics = metrics;
        _logger = logger;
        _time = time;
        _pause = new RetryPause(new ShipperOptions(), connection.Server, logger);
    }

    /// <summary>Ends when all is stored or refused for good; while the storage is away it tries again until it is stopped.</summary>
    public async Task StoreAsync(IEnumerable<NodeObject> objects, DateTimeOffset scanned, CancellationToken stop)
    {
        foreach (NodeObject item in objects)
        {
            while (await TryStoreAsync(item, scanned, stop).ConfigureAwait(false) is { } failure)
            {
                _metrics.WriteFailed();
                await Task.Delay(_pause.Failed(failure), _time, stop).ConfigureAwait(false);
            }

            _pause.Succeeded();
        }
    }

    public void Dispose()
    {
        _client.Dispose();
        _connection.Dispose();
    }

    /// <returns>What went wrong, when it may succeed later.</returns>
    private async Task<StorageException?> TryStoreAsync(NodeObject item, DateTimeOffset scanned, CancellationToken stop)
    {
        try
        {
            (string, string, string) key = (item.Resource, item.Namespace, item.Name);
            string wanted = item.IsThere ? item.Version : string.Empty;
            if (!_stored.TryGetValue(key, out string? stored))
            {
                stored = await VersionOfAsync(item, stop).ConfigureAwait(false);
            }

            if (stored != wanted)
            {
                await WriteAsync(item, scanned, stop).ConfigureAwait(false);
                _metrics.Written();
            }

            _stored[key] = wanted;
        }
        catch (StorageException error) when (error.IsTransient)
        {
            return error;
        }
        catch (StorageException error)
        {
            // A storage of others does not know the kind, or a right is missing.
            _metrics.WriteRefused();
            if (_refused.Add((item.Resource, error.Message)))
            {
                Log.HostObjectRefused(_logger, item.Resource, item.Name, error.Message);
            }
        }

        return null;
    }

    private async Task WriteAsync(NodeObject item, DateTimeOffset scanned, CancellationToken stop)
    {
        if (!item.IsThere)
        {
            await _client.DeleteAsync(item.Resource, item.Namespace, item.Name, stop).ConfigureAwait(false);
            return;
        }

        var json = new ApiObject(item.Resource, item.Namespace, item.Name, item.Write(scanned));
        await _client.ApplyAsync(json, stop).ConfigureAwait(false);
        if (item.Error is not null)
        {
            try
            {
                await _client.UpdateStatusAsync(json, stop).ConfigureAwait(false);
            }
            catch (StorageException error) when (error.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.MethodNotAllowed)
            {
                // Where the status has no address of its own it was written with the object.
            }
        }
    }

    /// <returns>What an agent before this one wrote; empty = there is no object.</returns>
    private async Task<string> VersionOfAsync(NodeObject item, CancellationToken stop)
    {
        if (await _client.GetAsync(item.Resource, item.Namespace, item.Name, stop).ConfigureAwait(false) is not { } known)
        {
            return string.Empty;
        }

        try
        {
            using JsonDocument document = JsonDocument.Parse(known.Json);
            string? hash = JsonMember.Text(document.RootElement, "metadata", "annotations", KubescapeAnnotations.ContentHash);

            // Whoever wrote it was stopped before the status: that is written with the object once more.
            if (item.Error is not null && JsonMember.Text(document.RootElement, "status", "lastSensed") is null)
            {
                return Unknown;
            }

            string? error = item.Error is null ? null : JsonMember.Text(document.RootElement, "status", "error") ?? string.Empty;
            return (item with { Hash = hash ?? Unknown, Error = error }).Version;
        }
        catch (JsonException)
        {
            return Unknown;
        }
    }
}
