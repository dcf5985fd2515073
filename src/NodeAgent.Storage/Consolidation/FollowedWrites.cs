// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using NodeAgent.Api.Json;
using NodeAgent.Api.SoftwareComposition;
using NodeAgent.Storage.Json;
using NodeAgent.Storage.Objects;
using NodeAgent.Storage.Requests;
using NodeAgent.Storage.Resources;

namespace NodeAgent.Storage.Consolidation;

/// <summary>Writes of clients; what is made of container profiles follows them in the same transaction.</summary>
internal sealed class FollowedWrites(IObjectStore store, WorkloadProfiles workloads)
{
    private const int MaxRetries = 20;

    /// <param name="stored">What is there; null = nothing.</param>
    public Task<WriteResult> PutAsync(ObjectKey key, StoredObject? stored, ObjectDraft draft, CancellationToken cancellationToken)
    {
        var request = new WriteRequest(key, stored?.Revision ?? 0, draft.ToTemplate(), stored);
        string? workload = draft.Resource == ResourceCatalog.ContainerProfiles ? WorkloadProfiles.WorkloadOf(draft.Metadata) : null;
        return WriteAsync(request, workload is null ? null : draft.Read(ApiJsonContext.Readable.ContainerProfile), workload, cancellationToken);
    }

    public Task<WriteResult> DeleteAsync(StoredObject stored, CancellationToken cancellationToken)
    {
        string? workload = stored.Key.Resource == ResourceCatalog.ContainerProfiles.QualifiedName ? WorkloadProfiles.WorkloadOf(ObjectHeader.Read(stored.Body).Annotations) : null;
        return WriteAsync(new WriteRequest(stored.Key, stored.Revision, null, stored), null, workload, cancellationToken);
    }

    private async Task<WriteResult> WriteAsync(WriteRequest request, ContainerProfile? profile, string? workload, CancellationToken cancellationToken)
    {
        for (int attempt = 0; !string.IsNullOrEmpty(workload) && attempt < MaxRetries; attempt++)
        {
            IReadOnlyList<WriteResult> results = await store.WriteAsync([request, .. workloads.Follow(request.Key, profile, workload)], cancellationToken);
            if (results[0].Outcome == WriteOutcome.Conflict || results.All(result => result.Outcome == WriteOutcome.Done))
            {
                return results[0];
            }
        }

        // Not a workload's; or its profiles change too fast, and the next chunk puts them right.
        return await store.WriteAsync(request, cancellationToken);
    }
}
