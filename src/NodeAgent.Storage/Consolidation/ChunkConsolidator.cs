// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using NodeAgent.Api.Json;
using NodeAgent.Api.Names;
using NodeAgent.Api.SoftwareComposition;
using NodeAgent.Profiles.Deltas;
using NodeAgent.Profiles.Generalizing;
using NodeAgent.Profiles.Merging;
using NodeAgent.Storage.Collection;
using NodeAgent.Storage.Json;
using NodeAgent.Storage.Objects;
using NodeAgent.Storage.Requests;
using NodeAgent.Storage.Resources;

namespace NodeAgent.Storage.Consolidation;

/// <summary>Takes chunks of profiles: each is united with its profile before it is acknowledged, in one transaction with the workload's profiles.</summary>
/// <remarks>
/// The work is done outside of the transaction, which then asks that nothing of what was read has changed: chunks of one workload
/// wait for each other here, those of different ones do not.
/// </remarks>
internal sealed class ChunkConsolidator(IObjectStore store, WorkloadProfiles workloads, ObjectQuotas quotas, StorageMetrics metrics, TimeProvider time)
{
    private const int Lanes = 64;

    // Others that write the same objects, since chunks do not.
    private const int MaxRetries = 20;

    private readonly ImageFiles _images = new(store, time);
    private readonly SemaphoreSlim[] _lanes = [.. Enumerable.Range(0, Lanes).Select(_ => new SemaphoreSlim(1))];

    public static bool IsChunk(ObjectDraft draft) =>
        draft.Resource == ResourceCatalog.ContainerProfiles && draft.Metadata["annotations"] is JsonObject annotations && ProfileChunk.IsChunk(annotations.ContainsKey);

    /// <returns>The chunk, as if it had been stored.</returns>
    /// <exception cref="ApiException">422: it is nonsense; the field is named.</exception>
    public async Task<StoredObject> TakeAsync(ObjectDraft draft, string objectNamespace, bool dryRun, CancellationToken cancellationToken)
    {
        draft.Set("namespace", objectNamespace);
        MetadataValidation.Check(draft);
        ContainerProfile chunk = draft.Read(ApiJsonContext.Readable.ContainerProfile);
        if (!ProfileChunk.TryRead(chunk, out ChunkHeader? header, out ChunkProblem? problem))
        {
            metrics.Chunk("refused");
            throw Failures.Invalid(draft.Resource, draft.Name!, problem.Field, "FieldValueInvalid", $"Invalid value: \"{problem.Value}\": {problem.Rule}");
        }

        SemaphoreSlim lane = _lanes[(uint)HashCode.Combine(objectNamespace, header.Workload.Length > 0 ? header.Workload : header.Profile) % Lanes];
        await lane.WaitAsync(cancellationToken);
        try
        {
            return await UniteAsync(draft, chunk, header, dryRun, cancellationToken);
        }
        finally
        {
            lane.Release();
        }
    }

    private async Task<StoredObject> UniteAsync(ObjectDraft draft, ContainerProfile chunk, ChunkHeader header, bool dryRun, CancellationToken cancellationToken)
    {
        var key = new ObjectKey(draft.Resource.QualifiedName, chunk.Metadata.Namespace!, header.Profile);
        for (int attempt = 0; attempt < MaxRetries; attempt++)
        {
            StoredObject? stored = store.Get(key);
            using IDisposable? room = stored is null ? quotas.Reserve(draft.Resource, key.ObjectNamespace, key.Name) : null;
            ContainerProfile? profile = stored is null ? null : WorkloadProfiles.Read(stored);
            ConsolidationResult result = ProfileConsolidation.Apply(profile, chunk, header, _images.Apply(Rules(), chunk.Spec, profile?.Spec));
            List<WriteRequest> writes = result.Outcome == ConsolidationOutcome.Merged ? Writes(key, stored, result.Profile, header) : [];
            IReadOnlyList<WriteResult> results = dryRun || writes.Count == 0 ? [] : await store.WriteAsync(writes, cancellationToken);
            if (!results.Any(write => write.Outcome == WriteOutcome.Conflict))
            {
                metrics.Chunk(result.Outcome.ToString().ToLowerInvariant());
                return Answer(draft, key, results.Count == 0 ? store.CurrentRevision : results[0].Stored!.Revision, result.IsMissing);
            }
        }

        throw Failures.Modified(draft.Resource, header.Profile);
    }

    // What a person configured; of a field that is wrong the built-in number, which the agents say in their logs.
    private MergeRules Rules() =>
        store.Get(new ObjectKey(ResourceCatalog.CollapseConfigurations.QualifiedName, string.Empty, CollapseConfiguration.DefaultName)) is { } stored
            ? new MergeRules(
                CollapseRules.Of(JsonSerializer.Deserialize(stored.Body.Span, ApiJsonContext.Readable.CollapseConfiguration), (_, _) => { }),
                stored.Revision.ToString(CultureInfo.InvariantCulture))
            : MergeRules.Default;

    private List<WriteRequest> Writes(ObjectKey key, StoredObject? stored, ContainerProfile profile, ChunkHeader header)
    {
        // It began as what is stored: what it lacks now was taken away.
        IReadOnlyDictionary<string, string> annotations = profile.Metadata.Annotations!;
        IEnumerable<string> names = stored is null ? annotations.Keys : annotations.Keys.Union(ObjectHeader.Read(stored.Body).Annotations.Keys);
        WriteRequest? own = ServerObject.Write(
            ResourceCatalog.ContainerProfiles,
            key,
            stored,
            profile.Metadata.Labels,
            names.Select(name => KeyValuePair.Create(name, annotations.GetValueOrDefault(name))),
            profile.Spec!,
            ApiJsonContext.Readable.ContainerProfileSpec,
            time,
            profile.Metadata.Generation);
        return own is null ? [] : [own, .. header.Workload.Length > 0 ? workloads.Follow(key, profile, header.Workload) : []];
    }

    private StoredObject Answer(ObjectDraft draft, ObjectKey key, long revision, bool isMissing)
    {
        draft.Set("uid", Guid.NewGuid().ToString());
        draft.Set("creationTimestamp", ObjectDraft.Timestamp(time));
        draft.Set("generation", 1);
        draft.Set("resourceVersion", null);
        var annotations = (JsonObject)draft.Metadata["annotations"]!;
        annotations.Remove(ChunkAnnotations.Missing);
        if (isMissing)
        {
            annotations[ChunkAnnotations.Missing] = "true";
        }

        return new StoredObject(key with { Name = draft.Name! }, revision, draft.ToTemplate().Render(revision));
    }
}
