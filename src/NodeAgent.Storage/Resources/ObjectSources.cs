// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Storage.Objects;

namespace NodeAgent.Storage.Resources;

/// <summary>Which source serves which resource.</summary>
internal sealed class ObjectSources(IObjectStore store, TimeProvider time)
{
    private readonly StoredSource _stored = new(store);
    private readonly GeneratedPolicySource _policies = new(store, time);
    private readonly NamespaceSource _namespaces = new(store, time.GetUtcNow());
    private readonly Dictionary<ResourceDefinition, IObjectSource> _summaries = NamespaceSummaries.Sources(store);

    public IObjectSource Of(ResourceDefinition resource) =>
        resource == ResourceCatalog.GeneratedNetworkPolicies ? _policies
        : resource == ResourceCatalog.Namespaces ? _namespaces
        : _summaries.GetValueOrDefault(resource, _stored);
}
