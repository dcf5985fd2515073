// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text.Json;
using NodeAgent.Api.Json;
using NodeAgent.Api.SoftwareComposition;
using NodeAgent.NetworkPolicy;
using NodeAgent.Storage.Json;
using NodeAgent.Storage.Objects;
using NodeAgent.Storage.Requests;

namespace NodeAgent.Storage.Resources;

/// <summary>Policies computed from the neighbourhood of the same name; nothing of them is stored, and those that were computed last are remembered.</summary>
/// <remarks>A list leaves out neighbourhoods that justify no policy yet; a get says why.</remarks>
internal sealed class GeneratedPolicySource(IObjectStore store, TimeProvider time) : IObjectSource
{
    private readonly PolicyCache _cache = new();
    private PolicyInputs? _inputs;

    public StoredObject? Get(ObjectKey key)
    {
        if (store.Get(key with { Resource = ResourceCatalog.NetworkNeighborhoods.QualifiedName }) is not { } neighborhood)
        {
            return null;
        }

        try
        {
            return Compute(neighborhood, ReadInputs());
        }
        catch (PolicyUnavailableException error)
        {
            throw Failures.Conflict(ResourceCatalog.GeneratedNetworkPolicies, key.Name, error.Message);
        }
    }

    public ListSnapshot List(ListRequest request)
    {
        PolicyInputs inputs = ReadInputs();
        ListSnapshot neighborhoods = store.List(request with { Resource = ResourceCatalog.NetworkNeighborhoods.QualifiedName, MetadataOnly = false });
        return neighborhoods with { Objects = ComputeAll(neighborhoods.Objects, inputs), Heads = null };
    }

    public string WatchedResource(ResourceDefinition resource) => ResourceCatalog.NetworkNeighborhoods.QualifiedName;

    public StoreEvent Translate(StoreEvent change)
    {
        PolicyInputs inputs = ReadInputs();
        return change with
        {
            Key = change.Key with { Resource = ResourceCatalog.GeneratedNetworkPolicies.QualifiedName },
            Current = Body(change.Current, change.CurrentHeader),
            Previous = Body(change.Previous, change.PreviousHeader),
        };

        ReadOnlyMemory<byte>? Body(ReadOnlyMemory<byte>? neighborhood, ObjectHeader? header) =>
            neighborhood is { } body ? TryCompute(new StoredObject(change.Key, header!.ResourceVersion, body), inputs)?.Body : null;
    }

    private IEnumerable<StoredObject> ComputeAll(IEnumerable<StoredObject> neighborhoods, PolicyInputs inputs) =>
        neighborhoods.Select(neighborhood => TryCompute(neighborhood, inputs)).OfType<StoredObject>();

    private StoredObject? TryCompute(StoredObject neighborhood, PolicyInputs inputs)
    {
        try
        {
            return Compute(neighborhood, inputs);
        }
        catch (PolicyUnavailableException)
        {
            return null;
        }
    }

    private PolicyInputs ReadInputs()
    {
        using ListSnapshot servers = store.List(new ListRequest(ResourceCatalog.KnownServers.QualifiedName, string.Empty));
        StoredObject? collapse = store.Get(new ObjectKey(ResourceCatalog.CollapseConfigurations.QualifiedName, string.Empty, CollapseConfiguration.DefaultName));
        StoredObject[] stored = [.. servers.Objects, .. collapse is null ? Array.Empty<StoredObject>() : [collapse]];
        string versions = string.Join(' ', stored.Select(item => string.Create(CultureInfo.InvariantCulture, $"{item.Key.Name}@{item.Revision}")));
        if (_inputs is { } known && known.Versions == versions)
        {
            return known;
        }

        return _inputs = new PolicyInputs(
            [.. stored.Where(item => item != collapse).Select(server => JsonSerializer.Deserialize(server.Body.Span, ApiJsonContext.Readable.KnownServer)!)],
            PolicyOptions.Of(collapse is null ? null : JsonSerializer.Deserialize(collapse.Body.Span, ApiJsonContext.Readable.CollapseConfiguration)),
            versions);
    }

    private StoredObject Compute(StoredObject item, PolicyInputs inputs)
    {
        if (_cache.Find(item.Key, item.Revision, inputs.Versions) is { } known)
        {
            return known;
        }

        NetworkNeighborhood neighborhood = JsonSerializer.Deserialize(item.Body.Span, ApiJsonContext.Readable.NetworkNeighborhood)!;
        GeneratedNetworkPolicy policy = NetworkPolicyGenerator.Generate(neighborhood, inputs.Servers, time, inputs.Options);

        // Identity and age of the neighbourhood: two reads of one state must be equal.
        policy = policy with
        {
            Metadata = policy.Metadata with
            {
                Uid = neighborhood.Metadata.Uid,
                ResourceVersion = item.Revision.ToString(CultureInfo.InvariantCulture),
                CreationTimestamp = neighborhood.Metadata.CreationTimestamp,
            },
        };
        var computed = new StoredObject(
            item.Key with { Resource = ResourceCatalog.GeneratedNetworkPolicies.QualifiedName },
            item.Revision,
            JsonSerializer.SerializeToUtf8Bytes(policy, ApiJsonContext.Readable.GeneratedNetworkPolicy));
        _cache.Put(item.Key, inputs.Versions, computed);
        return computed;
    }

    /// <param name="Versions">Of all of it, as stored.</param>
    private sealed record PolicyInputs(IReadOnlyList<KnownServer> Servers, PolicyOptions Options, string Versions);
}
