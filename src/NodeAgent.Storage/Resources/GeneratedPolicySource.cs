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
        ListSnapshot neighborhoods = store.List(request with { Resource = ResourceCatalog.NetworkNeighborhoods.QualifiedName });
        return neighborhoods with { Objects = ComputeAll(neighborhoods.Objects, inputs) };
    }

    public string WatchedResource(ResourceDefinition resource) => ResourceCatalog.NetworkNeighborhoods.QualifiedName;

    public StoreEvent Translate(StoreEvent change)
    {
        PolicyInputs inputs = ReadInputs();
        return change with
        {
            Key = change.Key with { Resource = ResourceCatalog.GeneratedNetworkPolicies.QualifiedName },
            Current = Body(change.Current),
            Previous = Body(change.Previous),
        };

        ReadOnlyMemory<byte>? Body(ReadOnlyMemory<byte>? neighborhood) =>
            neighborhood is { } body ? TryCompute(new StoredObject(change.Key, change.Revision, body), inputs)?.Body : null;
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
        return new PolicyInputs(
            [.. servers.Objects.Select(server => JsonSerializer.Deserialize(server.Body.Span, ApiJsonContext.Readable.KnownServer)!)],
            PolicyOptions.Of(collapse is null ? null : JsonSerializer.Deserialize(collapse.Body.Span, ApiJsonContext.Readable.CollapseConfiguration)));
    }

    private StoredObject Compute(StoredObject item, PolicyInputs inputs)
    {
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
        return new StoredObject(
            item.Key with { Resource = ResourceCatalog.GeneratedNetworkPolicies.QualifiedName },
            item.Revision,
            JsonSerializer.SerializeToUtf8Bytes(policy, ApiJsonContext.Readable.GeneratedNetworkPolicy));
    }

    private sealed record PolicyInputs(IReadOnlyList<KnownServer> Servers, PolicyOptions Options);
}
