// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text.Json;
using NodeAgent.Api.Json;
using NodeAgent.Api.SoftwareComposition;
using NodeAgent.NetworkPolicy;
using NodeAgent.Storage.Objects;
using NodeAgent.Storage.Requests;

namespace NodeAgent.Storage.Resources;

/// <summary>Policies computed from the neighbourhood of the same name; nothing of them is stored.</summary>
/// <remarks>A list leaves out neighbourhoods that justify no policy yet; a get says why.</remarks>
internal sealed class GeneratedPolicySource(IObjectStore store, TimeProvider time) : IObjectSource
{
    public StoredObject? Get(ObjectKey key)
    {
        if (store.Get(key with { Resource = ResourceCatalog.NetworkNeighborhoods.QualifiedName }) is not { } neighborhood)
        {
            return null;
        }

        try
        {
            return Compute(neighborhood, ReadServers());
        }
        catch (PolicyUnavailableException error)
        {
            throw Failures.Conflict(ResourceCatalog.GeneratedNetworkPolicies, key.Name, error.Message);
        }
    }

    public ListSnapshot List(ListRequest request)
    {
        IReadOnlyList<KnownServer> servers = ReadServers();
        ListSnapshot neighborhoods = store.List(request with { Resource = ResourceCatalog.NetworkNeighborhoods.QualifiedName });
        return neighborhoods with { Objects = ComputeAll(neighborhoods.Objects, servers) };
    }

    public string WatchedResource(ResourceDefinition resource) => ResourceCatalog.NetworkNeighborhoods.QualifiedName;

    public StoreEvent Translate(StoreEvent change)
    {
        IReadOnlyList<KnownServer> servers = ReadServers();
        return change with
        {
            Key = change.Key with { Resource = ResourceCatalog.GeneratedNetworkPolicies.QualifiedName },
            Current = Body(change.Current),
            Previous = Body(change.Previous),
        };

        ReadOnlyMemory<byte>? Body(ReadOnlyMemory<byte>? neighborhood) =>
            neighborhood is { } body ? TryCompute(new StoredObject(change.Key, change.Revision, body), servers)?.Body : null;
    }

    private IEnumerable<StoredObject> ComputeAll(IEnumerable<StoredObject> neighborhoods, IReadOnlyList<KnownServer> servers) =>
        neighborhoods.Select(neighborhood => TryCompute(neighborhood, servers)).OfType<StoredObject>();

    private StoredObject? TryCompute(StoredObject neighborhood, IReadOnlyList<KnownServer> servers)
    {
        try
        {
            return Compute(neighborhood, servers);
        }
        catch (PolicyUnavailableException)
        {
            return null;
        }
    }

    private List<KnownServer> ReadServers()
    {
        using ListSnapshot servers = store.List(new ListRequest(ResourceCatalog.KnownServers.QualifiedName, string.Empty));
        return [.. servers.Objects.Select(server => JsonSerializer.Deserialize(server.Body.Span, ApiJsonContext.Readable.KnownServer)!)];
    }

    private StoredObject Compute(StoredObject item, IReadOnlyList<KnownServer> servers)
    {
        NetworkNeighborhood neighborhood = JsonSerializer.Deserialize(item.Body.Span, ApiJsonContext.Readable.NetworkNeighborhood)!;
        GeneratedNetworkPolicy policy = NetworkPolicyGenerator.Generate(neighborhood, servers, time);

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
        return new StoredObject(
            item.Key with { Resource = ResourceCatalog.GeneratedNetworkPolicies.QualifiedName },
            item.Revision,
            JsonSerializer.SerializeToUtf8Bytes(policy, ApiJsonContext.Readable.GeneratedNetworkPolicy));
    }
}
