// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using NodeAgent.Enrichment.Pods;
using NodeAgent.Events.Identity;
using NodeAgent.Kubernetes.Models;
using NodeAgent.Kubernetes.Owners;

namespace NodeAgent.Cluster;

/// <summary>A pod of the API as enrichment knows it.</summary>
internal static class PodRecords
{
    private const string IdMark = "://";
    private const int ConfigHashLength = 32; // so no uid of another pod
    private const string DigestMark = "@sha256:";

    /// <param name="pod">With name and uid; everything else may be missing.</param>
    public static PodRecord Of(V1Pod pod, OwnerChain owners)
    {
        V1ObjectMeta metadata = pod.Metadata!;
        string ns = metadata.Namespace ?? string.Empty;
        return new PodRecord
        {
            Uid = metadata.Uid!,
            Namespace = ns,
            Name = metadata.Name!,
            ConfigHash = ConfigHashOf(metadata),
            HostNetwork = pod.Spec?.HostNetwork ?? false,
            ServiceAccount = pod.Spec?.ServiceAccountName ?? string.Empty,
            Labels = metadata.Labels ?? (IReadOnlyDictionary<string, string>)ImmutableDictionary<string, string>.Empty,
            Owner = Workload(owners.Direct, ns),
            OwnerAlternateName = TemplateHash.AlternateName(pod, owners.Direct),
            Workload = Workload(owners.Top, ns),
            TemplateHash = TemplateHash.Of(pod, owners.Direct),
            Kinds = KindsOf(pod.Spec),
            Containers = ContainersOf(pod.Status),
        };
    }

    private static WorkloadIdentity Workload(OwnerName owner, string ns) => new(owner.ApiVersion, owner.Kind, ns, owner.Name) { Uid = owner.Uid };

    private static string ConfigHashOf(V1ObjectMeta metadata) =>
        metadata.Annotations?.ContainsKey(KnownAnnotations.Mirror) == true
        && metadata.Annotations.GetValueOrDefault(KnownAnnotations.ConfigHash) is { Length: ConfigHashLength } hash && hash.All(char.IsAsciiHexDigitLower) ? hash : string.Empty;

    private static IReadOnlyDictionary<string, PodContainerKind> KindsOf(V1PodSpec? spec)
    {
        var kinds = new Dictionary<string, PodContainerKind>(StringComparer.Ordinal);
        Add(kinds, spec?.InitContainers, PodContainerKind.InitContainer);
        Add(kinds, spec?.EphemeralContainers, PodContainerKind.EphemeralContainer);
        return kinds.Count == 0 ? ImmutableDictionary<string, PodContainerKind>.Empty : kinds;
    }

    private static void Add(Dictionary<string, PodContainerKind> kinds, List<V1Container>? containers, PodContainerKind kind)
    {
        foreach (V1Container? container in containers ?? [])
        {
            if (container?.Name is { Length: > 0 } name)
            {
                kinds[name] = kind;
            }
        }
    }

    private static Dictionary<string, PodContainer> ContainersOf(V1PodStatus? status)
    {
        var containers = new Dictionary<string, PodContainer>(StringComparer.Ordinal);
        Add(containers, status?.InitContainerStatuses, PodContainerKind.InitContainer);
        Add(containers, status?.ContainerStatuses, PodContainerKind.Container);
        Add(containers, status?.EphemeralContainerStatuses, PodContainerKind.EphemeralContainer);
        return containers;
    }

    private static void Add(Dictionary<string, PodContainer> containers, List<V1ContainerStatus>? statuses, PodContainerKind kind)
    {
        foreach (V1ContainerStatus? status in statuses ?? [])
        {
            if (status is { Name.Length: > 0, ContainerId.Length: > 0 })
            {
                int mark = status.ContainerId.IndexOf(IdMark, StringComparison.Ordinal);
                int digest = status.ImageId?.IndexOf(DigestMark, StringComparison.Ordinal) ?? -1;
                containers[mark < 0 ? status.ContainerId : status.ContainerId[(mark + IdMark.Length)..]] =
                    new PodContainer(status.Name, kind, status.Image ?? string.Empty, digest < 0 ? string.Empty : status.ImageId![(digest + 1)..]);
            }
        }
    }
}
