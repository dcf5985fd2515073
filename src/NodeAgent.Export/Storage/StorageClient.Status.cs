// SPDX-License-Identifier: Apache-2.0
using System.Net;

namespace NodeAgent.Export.Storage;

public sealed partial class StorageClient
{
    /// <summary>Writes the status of an object that is there; nothing else of it is changed.</summary>
    public async Task UpdateStatusAsync(ApiObject item, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(item);
        (string, string, string) key = (item.Resource, item.Namespace, item.Name);
        for (int attempt = 0; attempt < MaxConflicts; attempt++)
        {
            string? version = KnownVersion(key) ?? await CurrentVersionAsync(item, cancellation).ConfigureAwait(false);
            using StorageAnswer answer = await SendAsync(
                HttpMethod.Put, PathOf(item.Resource, item.Namespace, item.Name) + "/status", ApiJson.WithResourceVersion(item, version), cancellation).ConfigureAwait(false);
            if (answer.IsSuccess)
            {
                Remember(key, answer.Read(ApiJson.ResourceVersionOf) ?? throw answer.Unusable("it has no resourceVersion"));
                return;
            }

            Remember(key, null);
            if (answer.StatusCode != HttpStatusCode.Conflict)
            {
                throw answer.Failure();
            }
        }

        throw new StorageException($"the status of {item.Resource} {item.Namespace}/{item.Name} changes faster than it can be written")
        {
            StatusCode = HttpStatusCode.Conflict,
            IsTransient = true,
        };
    }
}
