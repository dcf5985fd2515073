// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Api.Meta;
using NodeAgent.Storage.Requests;
using NodeAgent.Storage.Resources;

namespace NodeAgent.Storage.Discovery;

/// <summary>What clients learn of the server first: groups, versions, resources; made from the catalog.</summary>
internal sealed class DiscoveryDocuments(ServedResources served)
{
    private const string Current = "Current";

    public static ApiVersions Core(string serverAddress) => new()
    {
        Versions = ["v1"],
        ServerAddressByClientCidrs = [new ServerAddressByClientCidr { ClientCidr = "0.0.0.0/0", ServerAddress = serverAddress }],
    };

    public ApiGroupList Groups() => new() { Groups = [.. GroupNames().Select(group => Group(group)!)] };

    /// <returns>Null when there is no such group.</returns>
    public ApiGroup? Group(string name)
    {
        GroupVersionForDiscovery[] versions =
        [
            .. served.All.Where(resource => resource.Group == name && name.Length > 0)
                .Select(resource => new GroupVersionForDiscovery { GroupVersion = resource.GroupVersion, Version = resource.Version })
                .Distinct(),
        ];
        return versions.Length == 0 ? null : new ApiGroup { Name = name, Versions = versions, PreferredVersion = versions[0] };
    }

    /// <returns>Null when there is no such version.</returns>
    public ApiResourceList? Resources(string groupVersion)
    {
        ApiResource[] resources = [.. served.All.Where(resource => resource.GroupVersion == groupVersion).SelectMany(Describe)];
        return resources.Length == 0 ? null : new ApiResourceList { GroupVersion = groupVersion, Resources = resources };
    }

    /// <param name="core">True: what stands under <c>/api</c>; false: under <c>/apis</c>.</param>
    /// <param name="version">Shape: <c>v2</c> or <c>v2beta1</c>.</param>
    public ApiGroupDiscoveryList Aggregated(bool core, string version) => new()
    {
        ApiVersion = "apidiscovery.k8s.io/" + version,
        Items = [.. (core ? [string.Empty] : GroupNames()).Select(Aggregate)],
    };

    private IEnumerable<string> GroupNames() =>
        served.All.Select(resource => resource.Group).Where(group => group.Length > 0).Distinct();

    private ApiGroupDiscovery Aggregate(string group) => new()
    {
        Metadata = new ObjectMeta { Name = group.Length == 0 ? null : group },
        Versions =
        [
            .. served.All.Where(resource => resource.Group == group).GroupBy(resource => resource.Version).Select(version => new ApiVersionDiscovery
            {
                Version = version.Key,
                Freshness = Current,
                Resources = [.. version.Select(DescribeAggregated)],
            }),
        ],
    };

    private static IEnumerable<ApiResource> Describe(ResourceDefinition resource)
    {
        yield return new ApiResource
        {
            Name = resource.Plural,
            SingularName = resource.Singular,
            Namespaced = resource.Namespaced,
            Kind = resource.Kind,
            Verbs = resource.Verbs,
            ShortNames = NullIfEmpty(resource.ShortNames),
            Categories = NullIfEmpty(resource.Categories),
        };
        if (resource.HasStatus)
        {
            yield return new ApiResource
            {
                Name = $"{resource.Plural}/{StatusSubresource.Name}",
                SingularName = string.Empty,
                Namespaced = resource.Namespaced,
                Kind = resource.Kind,
                Verbs = ResourceVerbs.Status,
            };
        }
    }

    private static ApiResourceDiscovery DescribeAggregated(ResourceDefinition resource) => new()
    {
        Resource = resource.Plural,
        ResponseKind = KindOf(resource),
        Scope = resource.Namespaced ? "Namespaced" : "Cluster",
        SingularResource = resource.Singular,
        Verbs = resource.Verbs,
        ShortNames = NullIfEmpty(resource.ShortNames),
        Categories = NullIfEmpty(resource.Categories),
        Subresources = !resource.HasStatus ? null : [new ApiSubresourceDiscovery { Subresource = StatusSubresource.Name, ResponseKind = KindOf(resource), Verbs = ResourceVerbs.Status }],
    };

    private static GroupVersionKind KindOf(ResourceDefinition resource) => new() { Group = resource.Group, Version = resource.Version, Kind = resource.Kind };

    private static IReadOnlyList<string>? NullIfEmpty(IReadOnlyList<string> list) => list.Count == 0 ? null : list;
}
