// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Api.Meta;
using NodeAgent.Storage.Resources;

namespace NodeAgent.Storage.Discovery;

/// <summary>What clients learn of the server first: groups, versions, resources; made from the catalog.</summary>
internal static class DiscoveryDocuments
{
    private const string Current = "Current";

    public static ApiVersions Core(string serverAddress) => new()
    {
        Versions = ["v1"],
        ServerAddressByClientCidrs = [new ServerAddressByClientCidr { ClientCidr = "0.0.0.0/0", ServerAddress = serverAddress }],
    };

    public static ApiGroupList Groups() => new() { Groups = [.. GroupNames().Select(group => Group(group)!)] };

    /// <returns>Null when there is no such group.</returns>
    public static ApiGroup? Group(string name)
    {
        GroupVersionForDiscovery[] versions =
        [
            .. ResourceCatalog.All.Where(resource => resource.Group == name && name.Length > 0)
                .Select(resource => new GroupVersionForDiscovery { GroupVersion = resource.GroupVersion, Version = resource.Version })
                .Distinct(),
        ];
        return versions.Length == 0 ? null : new ApiGroup { Name = name, Versions = versions, PreferredVersion = versions[0] };
    }

    /// <returns>Null when there is no such version.</returns>
    public static ApiResourceList? Resources(string groupVersion)
    {
        ApiResource[] resources = [.. ResourceCatalog.All.Where(resource => resource.GroupVersion == groupVersion).Select(Describe)];
        return resources.Length == 0 ? null : new ApiResourceList { GroupVersion = groupVersion, Resources = resources };
    }

    /// <param name="core">True: what stands under <c>/api</c>; false: under <c>/apis</c>.</param>
    /// <param name="version">Shape: <c>v2</c> or <c>v2beta1</c>.</param>
    public static ApiGroupDiscoveryList Aggregated(bool core, string version) => new()
    {
        ApiVersion = "apidiscovery.k8s.io/" + version,
        Items = [.. (core ? [string.Empty] : GroupNames()).Select(Aggregate)],
    };

    private static IEnumerable<string> GroupNames() =>
        ResourceCatalog.All.Select(resource => resource.Group).Where(group => group.Length > 0).Distinct();

    private static ApiGroupDiscovery Aggregate(string group) => new()
    {
        Metadata = new ObjectMeta { Name = group.Length == 0 ? null : group },
        Versions =
        [
            .. ResourceCatalog.All.Where(resource => resource.Group == group).GroupBy(resource => resource.Version).Select(version => new ApiVersionDiscovery
            {
                Version = version.Key,
                Freshness = Current,
                Resources = [.. version.Select(DescribeAggregated)],
            }),
        ],
    };

    private static ApiResource Describe(ResourceDefinition resource) => new()
    {
        Name = resource.Plural,
        SingularName = resource.Singular,
        Namespaced = resource.Namespaced,
        Kind = resource.Kind,
        Verbs = resource.Verbs,
        ShortNames = NullIfEmpty(resource.ShortNames),
        Categories = NullIfEmpty(resource.Categories),
    };

    private static ApiResourceDiscovery DescribeAggregated(ResourceDefinition resource) => new()
    {
        Resource = resource.Plural,
        ResponseKind = new GroupVersionKind { Group = resource.Group, Version = resource.Version, Kind = resource.Kind },
        Scope = resource.Namespaced ? "Namespaced" : "Cluster",
        SingularResource = resource.Singular,
        Verbs = resource.Verbs,
        ShortNames = NullIfEmpty(resource.ShortNames),
        Categories = NullIfEmpty(resource.Categories),
    };

    private static IReadOnlyList<string>? NullIfEmpty(IReadOnlyList<string> list) => list.Count == 0 ? null : list;
}
