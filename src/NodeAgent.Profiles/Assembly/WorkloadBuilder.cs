// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Api.Meta;
using NodeAgent.Api.Names;
using NodeAgent.Api.SoftwareComposition;
using NodeAgent.Profiles.Learning;

namespace NodeAgent.Profiles.Assembly;

/// <summary>Unites the container profiles of one workload into its application profile and its network neighbourhood.</summary>
public static class WorkloadBuilder
{
    /// <param name="name">The workload slug.</param>
    /// <param name="profiles">At least one, all of the same workload, flat.</param>
    public static (ApplicationProfile Application, NetworkNeighborhood Network) Build(string name, IReadOnlyList<ContainerProfile> profiles)
    {
        ArgumentNullException.ThrowIfNull(profiles);
        ContainerProfile[] sorted = [.. profiles.OrderBy(p => p.Metadata.Name, StringComparer.Ordinal)];
        ObjectMeta metadata = Metadata(name, sorted);
        var application = new ApplicationProfile
        {
            Metadata = metadata,
            Spec = new ApplicationProfileSpec
            {
                Architectures = [.. sorted.SelectMany(p => p.Spec?.Architectures ?? []).Distinct().Order(StringComparer.Ordinal)],
                Containers = Of(sorted, ContainerType.Container, Application),
                InitContainers = Of(sorted, ContainerType.InitContainer, Application),
                EphemeralContainers = Of(sorted, ContainerType.EphemeralContainer, Application),
            },
        };
        var network = new NetworkNeighborhood
        {
            Metadata = metadata,
            Spec = new NetworkNeighborhoodSpec
            {
                MatchLabels = sorted[0].Spec?.MatchLabels,
                MatchExpressions = sorted[0].Spec?.MatchExpressions,
                Containers = Of(sorted, ContainerType.Container, Network),
                InitContainers = Of(sorted, ContainerType.InitContainer, Network),
                EphemeralContainers = Of(sorted, ContainerType.EphemeralContainer, Network),
            },
        };
        return (application, network);
    }

    private static ApplicationProfileContainer Application(ContainerProfile profile) => new()
    {
        Name = ContainerName(profile),
        Capabilities = profile.Spec?.Capabilities,
        Execs = profile.Spec?.Execs,
        Opens = profile.Spec?.Opens,
        Syscalls = profile.Spec?.Syscalls,
        SeccompProfile = profile.Spec?.SeccompProfile,
        Endpoints = profile.Spec?.Endpoints,
        ImageID = profile.Spec?.ImageID,
        ImageTag = profile.Spec?.ImageTag,
        RulePolicies = profile.Spec?.RulePolicies,
        IdentifiedCallStacks = profile.Spec?.IdentifiedCallStacks,
    };

    private static NetworkNeighborhoodContainer Network(ContainerProfile profile) =>
        new() { Name = ContainerName(profile), Ingress = profile.Spec?.Ingress, Egress = profile.Spec?.Egress };

    private static List<T>? Of<T>(ContainerProfile[] profiles, ContainerType type, Func<ContainerProfile, T> convert)
    {
        string field = type.ToFieldName();
        List<T> containers = [.. profiles.Where(p => (p.Metadata.Annotations?.GetValueOrDefault(KubescapeAnnotations.ContainerType) ?? "containers") == field).Select(convert)];
        return containers.Count == 0 ? null : containers;
    }

    private static ObjectMeta Metadata(string name, ContainerProfile[] profiles)
    {
        var labels = new SortedDictionary<string, string>((profiles[0].Metadata.Labels ?? new Dictionary<string, string>()).ToDictionary(), StringComparer.Ordinal);
        labels.Remove(KubescapeLabels.ContainerName);
        string[] statuses = [.. profiles.Select(p => Annotation(p, KubescapeAnnotations.Status))];
        string[] reasons = [.. profiles.SelectMany(p => Annotation(p, KubescapeAnnotations.PartialReason).Split(',', StringSplitOptions.RemoveEmptyEntries)).Distinct().Order(StringComparer.Ordinal)];
        var annotations = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            [KubescapeAnnotations.Status] = statuses.All(s => s == ProfileStatus.Completed) ? ProfileStatus.Completed
                : statuses.All(s => s == ProfileStatus.Initializing) ? ProfileStatus.Initializing : ProfileStatus.Ready,
            [KubescapeAnnotations.Completion] = profiles.All(p => Annotation(p, KubescapeAnnotations.Completion) == ProfileCompletion.Complete)
                ? ProfileCompletion.Complete : ProfileCompletion.Partial,
            [KubescapeAnnotations.Wlid] = Annotation(profiles[0], KubescapeAnnotations.Wlid),
        };
        if (reasons.Length > 0)
        {
            annotations[KubescapeAnnotations.PartialReason] = string.Join(',', reasons);
        }

        WallInterval? missed = null;
        foreach (ContainerProfile profile in profiles)
        {
            missed = WallInterval.TryParse(Annotation(profile, KubescapeAnnotations.PartialWindow), out WallInterval? one) ? WallInterval.Unite(missed, one) : missed;
        }

        if (missed is { } window)
        {
            annotations[KubescapeAnnotations.PartialWindow] = window.ToString();
        }

        return new ObjectMeta { Name = name, Namespace = profiles[0].Metadata.Namespace, Labels = labels, Annotations = annotations };
    }

    private static string ContainerName(ContainerProfile profile) =>
        InstanceId.TryParse(Annotation(profile, KubescapeAnnotations.InstanceId), out InstanceId? id)
            ? id.ContainerName
            : profile.Metadata.Labels?.GetValueOrDefault(KubescapeLabels.ContainerName) ?? string.Empty;

    private static string Annotation(ContainerProfile profile, string key) => profile.Metadata.Annotations?.GetValueOrDefault(key) ?? string.Empty;
}
