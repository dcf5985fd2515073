// SPDX-License-Identifier: Apache-2.0
using System.Net;

namespace NodeAgent.Export.Storage;

/// <summary>Writes that need the version of what is there.</summary>
public sealed partial class StorageClient
{
    private const int MaxConflicts = 5;
    private const int MaxKnownVersions = 8192;

    private readonly Lock _lock = new();
    private readonly Dictionary<(string, string, string), string> _versions = [];

    /// <summary>Creates the object, or replaces the one that is there whatever its version: what the agent has learned is the newest.</summary>
    public Task ApplyAsync(ApiObject item, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(item);
        return WriteAsync(item, KnownVersion(KeyOf(item)), isStatus: false, cancellation);
    }

    /// <summary>Writes the status of an object that is there; nothing else of it is changed.</summary>
    public async Task UpdateStatusAsync(ApiObject item, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(item);
        string? version = KnownVersion(KeyOf(item)) ?? await CurrentVersionAsync(item, cancellation).ConfigureAwait(false);
        await WriteAsync(item, version, isStatus: true, cancellation).ConfigureAwait(false);
    }

    /// <summary>Writes until no other writer comes between; a status never makes an object.</summary>
    /// <param name="version">Of the object that is there; null = none is.</param>
    private async Task WriteAsync(ApiObject item, string? version, bool isStatus, CancellationToken cancellation)
    {
        (string, string, string) key = KeyOf(item);
        for (int attempt = 0; attempt < MaxConflicts; attempt++)
        {
            bool creates = version is null && !isStatus;
            using StorageAnswer answer = await SendAsync(
                creates ? HttpMethod.Post : HttpMethod.Put,
                PathOf(item.Resource, item.Namespace, creates ? null : item.Name) + (isStatus ? "/status" : string.Empty),
                ApiJson.WithResourceVersion(item, version),
                cancellation).ConfigureAwait(false);
            if (answer.IsSuccess)
            {
                Remember(key, answer.Read(ApiJson.ResourceVersionOf) ?? throw answer.Unusable("it has no resourceVersion"));
                return;
            }

            bool deleted = answer.StatusCode == HttpStatusCode.NotFound && !creates;
            if (deleted || answer.StatusCode == HttpStatusCode.Conflict)
            {
                Remember(key, null);
            }

            if (answer.StatusCode != HttpStatusCode.Conflict && (!deleted || isStatus))
            {
                throw answer.Failure();
            }

            version = deleted ? null : await CurrentVersionAsync(item, cancellation).ConfigureAwait(false);
        }

        throw new StorageException($"{(isStatus ? "the status of " : string.Empty)}{item.Resource} {item.Namespace}/{item.Name} changes faster than it can be written")
        {
            StatusCode = HttpStatusCode.Conflict,
            IsTransient = true,
        };
    }

    private async Task<string?> CurrentVersionAsync(ApiObject item, CancellationToken cancellation)
    {
        using StorageAnswer answer = await SendAsync(
            HttpMethod.Get, PathOf(item.Resource, item.Namespace, item.Name), null, cancellation).ConfigureAwait(false);
        if (answer.StatusCode == HttpStatusCode.NotFound)
        {
            return null;
        }

        answer.ThrowIfFailed();
        return answer.Read(ApiJson.ResourceVersionOf) ?? throw answer.Unusable("it has no resourceVersion");
    }

    private static (string, string, string) KeyOf(ApiObject item) => (item.Resource, item.Namespace, item.Name);

    private string? KnownVersion((string, string, string) key)
    {
        lock (_lock)
        {
            return _versions.GetValueOrDefault(key);
        }
    }

    /// <summary>A remembered version saves two requests per update; a wrong or forgotten one only costs them again.</summary>
    private void Remember((string, string, string) key, string? version)
    {
        lock (_lock)
        {
            if (version is null)
            {
                _versions.Remove(key);
                return;
            }

            if (_versions.Count >= MaxKnownVersions && !_versions.ContainsKey(key))
            {
                _versions.Clear();
            }

            _versions[key] = version;
        }
    }
}
