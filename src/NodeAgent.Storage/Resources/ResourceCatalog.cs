// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Api.Meta;
using NodeAgent.Storage.Resources.Columns;
using NodeAgent.Storage.Resources.Kinds;

namespace NodeAgent.Storage.Resources;

/// <summary>All that can be served; routes, discovery, OpenAPI and tables all come from here. The kinds of each group stand in <c>Kinds</c>.</summary>
internal static class ResourceCatalog
{
    public static ResourceDefinition Namespaces { get; } = new()
    {
        Group = string.Empty,
        Version = "v1",
        Kind = "Namespace",
        Plural = "namespaces",
        Singular = "namespace",
        ShortNames = ["ns"],
        Namespaced = false,
        Verbs = ResourceVerbs.Namespace,
        Type = MetaJsonContext.Readable.NamespaceObject,
        Columns = PrinterColumns.Namespace,
    };

    public static ResourceDefinition ApplicationProfiles => ProfileKinds.ApplicationProfiles;

    public static ResourceDefinition ContainerProfiles => ProfileKinds.ContainerProfiles;

    public static ResourceDefinition NetworkNeighborhoods => ProfileKinds.NetworkNeighborhoods;

    public static ResourceDefinition CollapseConfigurations => ProfileKinds.CollapseConfigurations;

    public static ResourceDefinition SbomSyfts => ScanKinds.SbomSyfts;

    public static ResourceDefinition KnownServers => ProfileKinds.KnownServers;

    public static ResourceDefinition GeneratedNetworkPolicies => ProfileKinds.GeneratedNetworkPolicies;

    /// <summary>Group by group; in each by plural, as every API server lists them.</summary>
    public static IReadOnlyList<ResourceDefinition> All { get; } =
    [
        Namespaces,
        .. ProfileKinds.All.Concat(ScanKinds.All).OrderBy(resource => resource.Plural, StringComparer.Ordinal),
        .. HostDataKinds.All.OrderBy(resource => resource.Plural, StringComparer.Ordinal),
        .. RuntimeRuleKinds.All,
        ProfileKinds.ProfileDrifts,
    ];

    /// <summary>Whether a text names a stored kind, or all of them.</summary>
    public static bool IsPluralOrOthers(string text) =>
        text == Collection.RetentionOptions.Others || All.Any(resource => resource.Plural == text && resource.Verbs.Contains("create"));
}
