// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Serialization.Metadata;
using NodeAgent.Api.Drift;
using NodeAgent.Api.Json;
using NodeAgent.Api.SoftwareComposition;
using NodeAgent.Storage.Resources.Columns;

namespace NodeAgent.Storage.Resources.Kinds;

/// <summary>Profiles, what policies are made of, and how far things are generalised.</summary>
internal static class ProfileKinds
{
    private static readonly ApiJsonContext Json = ApiJsonContext.Readable;

    public static ResourceDefinition ApplicationProfiles { get; } =
        Kind(ApplicationProfile.KindName, ApplicationProfile.Plural, "ap", Json.ApplicationProfile, PrinterColumns.WorkloadProfile);

    public static ResourceDefinition ContainerProfiles { get; } =
        Kind(ContainerProfile.KindName, ContainerProfile.Plural, "cp", Json.ContainerProfile, PrinterColumns.Container) with { WorkloadOf = WorkloadKey.Of };

    public static ResourceDefinition NetworkNeighborhoods { get; } =
        Kind(NetworkNeighborhood.KindName, NetworkNeighborhood.Plural, "nn", Json.NetworkNeighborhood, PrinterColumns.WorkloadProfile);

    public static ResourceDefinition CollapseConfigurations { get; } =
        Kind(CollapseConfiguration.KindName, CollapseConfiguration.Plural, "cc", Json.CollapseConfiguration, PrinterColumns.NameAndAge, namespaced: false);

    public static ResourceDefinition KnownServers { get; } =
        Kind(KnownServer.KindName, KnownServer.Plural, "ks", Json.KnownServer, PrinterColumns.NameAndAge, namespaced: false);

    public static ResourceDefinition GeneratedNetworkPolicies { get; } =
        Kind(GeneratedNetworkPolicy.KindName, GeneratedNetworkPolicy.Plural, "gnp", Json.GeneratedNetworkPolicy, PrinterColumns.Policy, verbs: ResourceVerbs.Computed);

    /// <summary>Of our own group: what completed profiles would have to allow.</summary>
    public static ResourceDefinition ProfileDrifts { get; } =
        Kind(ProfileDrift.KindName, ProfileDrift.Plural, "drift", Json.ProfileDrift, PrinterColumns.Drift) with
        {
            Group = ProfileDrift.Group,
            Version = ProfileDrift.Version,
        };

    public static IReadOnlyList<ResourceDefinition> All { get; } =
        [ApplicationProfiles, CollapseConfigurations, ContainerProfiles, GeneratedNetworkPolicies, KnownServers, NetworkNeighborhoods];

    /// <summary>A kind of the software composition group.</summary>
    /// <param name="verbs">Null: those of what is stored.</param>
    public static ResourceDefinition Kind(
        string kind,
        string plural,
        string shortName,
        JsonTypeInfo type,
        IReadOnlyList<TableColumn> columns,
        bool namespaced = true,
        bool hasStatus = false,
        IReadOnlyList<string>? verbs = null) => new()
        {
            Group = SoftwareCompositionGroup.Name,
            Version = SoftwareCompositionGroup.Version,
            Kind = kind,
            Plural = plural,
            Singular = kind.ToLowerInvariant(),
            ShortNames = [shortName],
            Categories = ["kubescape"],
            Namespaced = namespaced,
            HasStatus = hasStatus,
            Verbs = verbs ?? ResourceVerbs.Stored,
            Type = type,
            Columns = columns,
        };
}
