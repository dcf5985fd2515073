// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using System.Text.Json.Nodes;
using NodeAgent.Api.Json;
using NodeAgent.Api.Meta;
using NodeAgent.Api.Names;
using NodeAgent.Api.SoftwareComposition;
using NodeAgent.Profiles.Assembly;
using NodeAgent.Storage.Json;
using NodeAgent.Storage.Objects;
using NodeAgent.Storage.Resources;

namespace NodeAgent.Storage.Consolidation;

/// <summary>Keeps a workload's application profile and network neighbourhood what its container profiles say.</summary>
internal sealed class WorkloadProfiles(IObjectStore store, TimeProvider time)
{
    // What the builder says of a workload as a whole; what is absent there is absent here.
    private static readonly string[] Own =
        [KubescapeAnnotations.Status, KubescapeAnnotations.Completion, KubescapeAnnotations.Wlid, KubescapeAnnotations.PartialReason, KubescapeAnnotations.PartialWindow];

    /// <returns>The workload whose profiles follow a container profile; null when none do: it is a user's, or of an agent that writes them itself.</returns>
    public static string? WorkloadOf(IReadOnlyDictionary<string, string>? annotations) =>
        annotations?.ContainsKey(ChunkAnnotations.Ledger) == true ? annotations.GetValueOrDefault(ChunkAnnotations.Workload) : null;

    public static string? WorkloadOf(JsonObject metadata) =>
        metadata["annotations"] is JsonObject annotations && annotations.ContainsKey(ChunkAnnotations.Ledger) ? JsonText.TextOf(annotations, ChunkAnnotations.Workload) : null;

    /// <param name="key">Of a container profile.</param>
    /// <param name="profile">As it will be; null = it goes.</param>
    /// <returns>What to write in the same transaction.</returns>
    public IReadOnlyList<WriteRequest> Follow(ObjectKey key, ContainerProfile? profile, string workload)
    {
        ObjectKey applicationKey = key with { Resource = ResourceCatalog.ApplicationProfiles.QualifiedName, Name = workload };
        ObjectKey networkKey = key with { Resource = ResourceCatalog.NetworkNeighborhoods.QualifiedName, Name = workload };
        StoredObject? application = store.Get(applicationKey);
        StoredObject? network = store.Get(networkKey);
        ContainerProfile[] profiles = [.. Others(key, profile, Containers(application) ?? Containers(network)), .. profile is null ? Array.Empty<ContainerProfile>() : [profile]];
        if (profiles.Length == 0)
        {
            return [.. new[] { application, network }.OfType<StoredObject>().Where(item => Containers(item) is not null && !IsUsers(item))
                .Select(item => new WriteRequest(item.Key, item.Revision, null, item))];
        }

        (ApplicationProfile builtApplication, NetworkNeighborhood builtNetwork) = WorkloadBuilder.Build(workload, profiles);
        var annotations = Own.ToDictionary(name => name, name => builtApplication.Metadata.Annotations!.GetValueOrDefault(name));
        annotations[ChunkAnnotations.Containers] = string.Join(',', profiles.Select(one => one.Metadata.Name).Order(StringComparer.Ordinal));
        IReadOnlyDictionary<string, string>? labels = builtApplication.Metadata.Labels;
        WriteRequest?[] writes =
        [
            IsUsers(application) ? null : ServerObject.Write(
                ResourceCatalog.ApplicationProfiles, applicationKey, application, labels, annotations, builtApplication.Spec!, ApiJsonContext.Readable.ApplicationProfileSpec, time),
            IsUsers(network) ? null : ServerObject.Write(
                ResourceCatalog.NetworkNeighborhoods, networkKey, network, labels, annotations, builtNetwork.Spec!, ApiJsonContext.Readable.NetworkNeighborhoodSpec, time),
        ];
        return [.. writes.OfType<WriteRequest>()];
    }

    public static ContainerProfile Read(StoredObject stored) => JsonSerializer.Deserialize(stored.Body.Span, ApiJsonContext.Readable.ContainerProfile)!;

    private static bool IsUsers(StoredObject? item) =>
        item is not null && ObjectHeader.Read(item.Body).Annotations.GetValueOrDefault(KubescapeAnnotations.ManagedBy) == KubescapeAnnotations.ManagedByUser;

    private static string[]? Containers(StoredObject? item) => item is null
        ? null
        : ObjectHeader.Read(item.Body).Annotations.GetValueOrDefault(ChunkAnnotations.Containers)?.Split(',', StringSplitOptions.RemoveEmptyEntries);

    private IEnumerable<ContainerProfile> Others(ObjectKey key, ContainerProfile? profile, string[]? names)
    {
        if (names is not null)
        {
            return names.Where(name => name != key.Name).Select(name => store.Get(key with { Name = name })).OfType<StoredObject>().Select(Read);
        }

        // Nobody has said yet who belongs together: an agent wrote them all. Once per workload.
        return profile is null ? [] : Neighbours(key, profile.Metadata);
    }

    private List<ContainerProfile> Neighbours(ObjectKey key, ObjectMeta own)
    {
        if (WorkloadKey.Of(own.Labels) is not { } workload)
        {
            return [];
        }

        using ListSnapshot all = store.List(new ListRequest(key.Resource, key.ObjectNamespace, Workload: workload));
        return [.. all.Objects.Where(item => item.Key.Name != key.Name && ObjectHeader.Read(item.Body).Annotations.ContainsKey(KubescapeAnnotations.Status)).Select(Read)];
    }
}
