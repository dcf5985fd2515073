// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Api.Names;
using NodeAgent.Api.SoftwareComposition;

namespace NodeAgent.Profiles.UserManaged;

/// <summary>The profiles that people write: overlays, which allow a workload more, and authored ones, which replace learning. Immutable.</summary>
/// <remarks>
/// An overlay is an ApplicationProfile or a NetworkNeighborhood named <c>ug-</c> and the workload's slug, managed by <c>User</c>. An authored
/// profile is a ContainerProfile that pods name by their label <c>user-defined-profile</c>; one with a status was learned, and is none.
/// </remarks>
public sealed class UserProfiles
{
    public const string OverlayPrefix = "ug-";

    private readonly Dictionary<string, ContainerProfile> _authored = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Workload, ContainerType Type, string Container), ContainerProfileSpec> _overlays = [];

    /// <param name="authored">Those of which <see cref="IsAuthored"/> is true; others are left out.</param>
    /// <param name="applications">Those of which <see cref="IsOverlay"/> is true; others are left out.</param>
    /// <param name="networks">As <paramref name="applications"/>.</param>
    public UserProfiles(IEnumerable<ContainerProfile> authored, IEnumerable<ApplicationProfile> applications, IEnumerable<NetworkNeighborhood> networks)
    {
        foreach (ContainerProfile profile in authored.Where(IsAuthored))
        {
            _authored[$"{profile.Metadata.Namespace}/{profile.Metadata.Name}"] = profile;
        }

        foreach (ApplicationProfile profile in applications.Where(profile => IsOverlay(profile.Metadata.Name, profile.Metadata.Annotations)))
        {
            string workload = WorkloadOf(profile.Metadata.Namespace, profile.Metadata.Name);
            Add(workload, ContainerType.Container, profile.Spec?.Containers);
            Add(workload, ContainerType.InitContainer, profile.Spec?.InitContainers);
            Add(workload, ContainerType.EphemeralContainer, profile.Spec?.EphemeralContainers);
        }

        foreach (NetworkNeighborhood network in networks.Where(network => IsOverlay(network.Metadata.Name, network.Metadata.Annotations)))
        {
            string workload = WorkloadOf(network.Metadata.Namespace, network.Metadata.Name);
            Add(workload, ContainerType.Container, network.Spec?.Containers);
            Add(workload, ContainerType.InitContainer, network.Spec?.InitContainers);
            Add(workload, ContainerType.EphemeralContainer, network.Spec?.EphemeralContainers);
        }
    }

    public static UserProfiles None { get; } = new([], [], []);

    public static bool IsAuthored(ContainerProfile profile)
    {
        ArgumentNullException.ThrowIfNull(profile);
        return profile.Metadata.Annotations?.ContainsKey(KubescapeAnnotations.Status) != true && profile.Spec is not null;
    }

    public static bool IsOverlay(string? name, IReadOnlyDictionary<string, string>? annotations) =>
        name?.StartsWith(OverlayPrefix, StringComparison.Ordinal) == true
        && annotations?.GetValueOrDefault(KubescapeAnnotations.ManagedBy) == KubescapeAnnotations.ManagedByUser;

    /// <param name="name">What the pod's label says; the profile of that name and the container's goes before the one of that name.</param>
    /// <returns>Shape: flat; null when there is none for this container. Equal as long as nobody changes it.</returns>
    internal ContainerProfileSpec? Authored(string podNamespace, string name, ContainerType type, string container)
    {
        ContainerProfile? found = _authored.GetValueOrDefault($"{podNamespace}/{name}-{container}") ?? _authored.GetValueOrDefault($"{podNamespace}/{name}");
        if (found?.Spec is not { } spec)
        {
            return null;
        }

        IReadOnlyList<ContainerProfileContainer>? group = type switch
        {
            ContainerType.InitContainer => spec.InitContainers,
            ContainerType.EphemeralContainer => spec.EphemeralContainers,
            _ => spec.Containers,
        };
        bool isGrouped = spec.Containers is not null || spec.InitContainers is not null || spec.EphemeralContainers is not null;
        return !isGrouped ? spec : group?.FirstOrDefault(one => one.Name == container) is { } own ? Flat(own) : null;
    }

    /// <returns>Shape: flat; null when there is none for this container. Equal as long as nobody changes it.</returns>
    public ContainerProfileSpec? Overlay(string podNamespace, string workloadSlug, ContainerType type, string container) =>
        _overlays.GetValueOrDefault(($"{podNamespace}/{workloadSlug}", type, container));

    private static string WorkloadOf(string? podNamespace, string? name) => $"{podNamespace}/{name![OverlayPrefix.Length..]}";

    private static ContainerProfileSpec Flat(ContainerProfileContainer own) => new()
    {
        Architectures = own.Architectures,
        Capabilities = own.Capabilities,
        Execs = own.Execs,
        Opens = own.Opens,
        Syscalls = own.Syscalls,
        SeccompProfile = own.SeccompProfile,
        Endpoints = own.Endpoints,
        RulePolicies = own.RulePolicies,
        Ingress = own.Ingress,
        Egress = own.Egress,
    };

    private void Add(string workload, ContainerType type, IReadOnlyList<ApplicationProfileContainer>? containers)
    {
        foreach (ApplicationProfileContainer one in containers ?? [])
        {
            _overlays[(workload, type, one.Name ?? string.Empty)] = At(workload, type, one.Name) with
            {
                Capabilities = one.Capabilities,
                Execs = one.Execs,
                Opens = one.Opens,
                Syscalls = one.Syscalls,
                Endpoints = one.Endpoints,
                RulePolicies = one.RulePolicies,
            };
        }
    }

    private void Add(string workload, ContainerType type, IReadOnlyList<NetworkNeighborhoodContainer>? containers)
    {
        foreach (NetworkNeighborhoodContainer one in containers ?? [])
        {
            _overlays[(workload, type, one.Name ?? string.Empty)] = At(workload, type, one.Name) with { Ingress = one.Ingress, Egress = one.Egress };
        }
    }

    private ContainerProfileSpec At(string workload, ContainerType type, string? container) =>
        _overlays.GetValueOrDefault((workload, type, container ?? string.Empty)) ?? new ContainerProfileSpec();
}
