// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Serialization.Metadata;
using NodeAgent.Api.Drift;
using NodeAgent.Api.Json;
using NodeAgent.Api.Meta;
using NodeAgent.Api.SoftwareComposition;

namespace NodeAgent.Storage.Resources;

/// <summary>What this server serves; routes, discovery, OpenAPI and tables all come from here.</summary>
internal static class ResourceCatalog
{
    // Alphabetical, as every API server lists them.
    private static readonly string[] StoredVerbs = ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"];
    private static readonly string[] ComputedVerbs = ["get", "list", "watch"];
    private static readonly string[] NamespaceVerbs = ["get", "list"];

    public static ResourceDefinition ApplicationProfiles { get; } =
        Stored(ApplicationProfile.KindName, ApplicationProfile.Plural, "ap", ApiJsonContext.Readable.ApplicationProfile, PrinterColumns.WorkloadProfile);

    public static ResourceDefinition ContainerProfiles { get; } =
        Stored(ContainerProfile.KindName, ContainerProfile.Plural, "cp", ApiJsonContext.Readable.ContainerProfile, PrinterColumns.Container);

    public static ResourceDefinition NetworkNeighborhoods { get; } =
        Stored(NetworkNeighborhood.KindName, NetworkNeighborhood.Plural, "nn", ApiJsonContext.Readable.NetworkNeighborhood, PrinterColumns.WorkloadProfile);

    public static ResourceDefinition CollapseConfigurations { get; } =
        Stored(CollapseConfiguration.KindName, CollapseConfiguration.Plural, "cc", ApiJsonContext.Readable.CollapseConfiguration, PrinterColumns.NameAndAge) with { Namespaced = false };

    public static ResourceDefinition KnownServers { get; } =
        Stored(KnownServer.KindName, KnownServer.Plural, "ks", ApiJsonContext.Readable.KnownServer, PrinterColumns.NameAndAge) with { Namespaced = false };

    public static ResourceDefinition GeneratedNetworkPolicies { get; } = Computed(
        Stored(GeneratedNetworkPolicy.KindName, GeneratedNetworkPolicy.Plural, "gnp", ApiJsonContext.Readable.GeneratedNetworkPolicy, PrinterColumns.Policy));

    /// <summary>Of our own group: what completed profiles would have to allow.</summary>
    public static ResourceDefinition ProfileDrifts { get; } =
        Stored(ProfileDrift.KindName, ProfileDrift.Plural, "drift", ApiJsonContext.Readable.ProfileDrift, PrinterColumns.Drift) with
        {
            Group = ProfileDrift.Group,
            Version = ProfileDrift.Version,
        };

    public static ResourceDefinition Namespaces { get; } = new()
    {
        Group = string.Empty,
        Version = "v1",
        Kind = "Namespace",
        Plural = "namespaces",
        Singular = "namespace",
        ShortNames = ["ns"],
        Namespaced = false,
        Verbs = NamespaceVerbs,
        Type = MetaJsonContext.Readable.NamespaceObject,
        Columns = PrinterColumns.Namespace,
    };

    public static IReadOnlyList<ResourceDefinition> All { get; } =
        [Namespaces, ApplicationProfiles, CollapseConfigurations, ContainerProfiles, GeneratedNetworkPolicies, KnownServers, NetworkNeighborhoods, ProfileDrifts];

    public static ResourceDefinition? Find(string group, string version, string plural) =>
        All.FirstOrDefault(resource => resource.Group == group && resource.Version == version && resource.Plural == plural);

    private static ResourceDefinition Computed(ResourceDefinition resource) => resource with { Verbs = ComputedVerbs };

    private static ResourceDefinition Stored(string kind, string plural, string shortName, JsonTypeInfo type, IReadOnlyList<TableColumn> columns) => new()
    {
        Group = SoftwareCompositionGroup.Name,
        Version = SoftwareCompositionGroup.Version,
        Kind = kind,
        Plural = plural,
        Singular = kind.ToLowerInvariant(),
        ShortNames = [shortName],
        Categories = ["kubescape"],
        Namespaced = true,
        Verbs = StoredVerbs,
        Type = type,
        Columns = columns,
    };
}
