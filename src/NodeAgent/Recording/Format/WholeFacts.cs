// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using NodeAgent.Enrichment.Pods;
using NodeAgent.Events.Identity;

namespace NodeAgent.Recording.Format;

/// <summary>What was read from JSON, with its holes filled: a member that is missing is null there, whatever its type says.</summary>
/// <remarks>An older agent did not write what a newer one knows, and a file may come from anywhere.</remarks>
internal static class WholeFacts
{
    private static readonly ImmutableDictionary<string, string> NoTexts = ImmutableDictionary<string, string>.Empty;

    public static RecordingHeader Of(RecordingHeader header) => header with
    {
        Agent = Of(header.Agent),
        Kernel = Of(header.Kernel),
        Architecture = Of(header.Architecture),
        Node = Of(header.Node),
        Host = Of(header.Host),
        Cluster = Of(header.Cluster),
        Containers = Of(header.Containers),
        Sensors = Of(header.Sensors),
        Wire = Of(header.Wire),
    };

    public static ContainerIdentity Of(ContainerIdentity identity) => identity with
    {
        Runtime = Of(identity.Runtime),
        ContainerId = Of(identity.ContainerId),
        ContainerName = Of(identity.ContainerName),
        PodName = Of(identity.PodName),
        PodNamespace = Of(identity.PodNamespace),
        PodUid = Of(identity.PodUid),
        Image = Of(identity.Image),
        ImageDigest = Of(identity.ImageDigest),
        PodLabels = Of(identity.PodLabels),
        Workload = Of(identity.Workload),
        Owner = Of(identity.Owner),
        OwnerAlternateName = Of(identity.OwnerAlternateName),
        TemplateHash = Of(identity.TemplateHash),
        ServiceAccount = Of(identity.ServiceAccount),
        Configuration = identity.Configuration is { } configuration ? Of(configuration) : null,
    };

    public static PodFact Of(PodFact fact) => new(Of(fact.Key), fact.IsNews, fact.Pod is { } pod ? Of(pod) : null);

    private static PodRecord Of(PodRecord pod) => pod with
    {
        Uid = Of(pod.Uid),
        Namespace = Of(pod.Namespace),
        Name = Of(pod.Name),
        ConfigHash = Of(pod.ConfigHash),
        ServiceAccount = Of(pod.ServiceAccount),
        Labels = Of(pod.Labels),
        Owner = Of(pod.Owner),
        OwnerAlternateName = Of(pod.OwnerAlternateName),
        Workload = Of(pod.Workload),
        TemplateHash = Of(pod.TemplateHash),
        Kinds = pod.Kinds ?? ImmutableDictionary<string, PodContainerKind>.Empty,
        Containers = pod.Containers is null
            ? ImmutableDictionary<string, PodContainer>.Empty
            : pod.Containers.Where(one => one.Value is not null).ToImmutableDictionary(
                one => one.Key, one => new PodContainer(Of(one.Value.Name), one.Value.Kind, Of(one.Value.Image), Of(one.Value.ImageDigest)), StringComparer.Ordinal),
    };

    private static ContainerConfiguration Of(ContainerConfiguration configuration) => configuration with
    {
        Mounts = configuration.Mounts is null ? [] : [.. configuration.Mounts.Where(mount => mount is not null)
            .Select(mount => new ContainerMount(Of(mount.Destination), Of(mount.Source), Of(mount.Type), mount.ReadOnly))],
        EnvironmentNames = Of(configuration.EnvironmentNames),
        Args = Of(configuration.Args),
        Capabilities = Of(configuration.Capabilities),
        SeccompDefaultAction = Of(configuration.SeccompDefaultAction),
        AppArmorProfile = Of(configuration.AppArmorProfile),
        SelinuxLabel = Of(configuration.SelinuxLabel),
    };

    private static WorkloadIdentity Of(WorkloadIdentity workload) => workload is null
        ? WorkloadIdentity.Unknown
        : new WorkloadIdentity(Of(workload.ApiVersion), Of(workload.Kind), Of(workload.Namespace), Of(workload.Name)) { Uid = Of(workload.Uid) };

    private static string Of(string text) => text ?? string.Empty;

    private static IReadOnlyList<string> Of(IReadOnlyList<string> texts) => texts is null ? [] : texts.Contains(null!) ? [.. texts.Where(text => text is not null)] : texts;

    private static IReadOnlyDictionary<string, string> Of(IReadOnlyDictionary<string, string> texts) =>
        texts is null ? NoTexts : texts.Values.Contains(null!) ? texts.Where(one => one.Value is not null).ToImmutableDictionary(StringComparer.Ordinal) : texts;
}
