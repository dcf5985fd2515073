// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Enrichment.Containers.Cri.Messages;
using NodeAgent.Events.Identity;

namespace NodeAgent.Enrichment.Containers.Cri;

/// <summary>Completes an identity from what a runtime said.</summary>
internal static class CriIdentity
{
    /// <summary>The name that Kubernetes' tools give to the container which only holds the pod's namespaces.</summary>
    private const string PauseName = "POD";

    private const string DigestMark = "@sha256:";

    /// <param name="sandbox">Null when it is gone already: the kubelet's labels on the container name the pod too.</param>
    /// <param name="image">Asked for where the container's own reference holds no digest.</param>
    public static ContainerIdentity OfContainer(
        ContainerIdentity known, Container container, PodSandboxStatus? sandbox, Image? image, string runtime)
    {
        string reference = container.Image?.UserSpecifiedImage is { Length: > 0 } specified ? specified : container.Image?.Image ?? string.Empty;
        if (reference.Length == 0 || reference.StartsWith("sha256:", StringComparison.Ordinal))
        {
            reference = image?.RepoTags.FirstOrDefault() ?? reference;
        }

        return OfPod(known, sandbox, runtime, container.Labels) with
        {
            ContainerName = container.Metadata?.Name is { Length: > 0 } name ? name : known.ContainerName,
            Image = reference,
            ImageDigest = Digest(container.ImageRef, image),
        };
    }

    public static ContainerIdentity OfSandbox(ContainerIdentity known, PodSandboxStatus sandbox, string runtime) =>
        OfPod(known, sandbox, runtime, sandbox.Labels) with { ContainerName = PauseName };

    /// <returns>Empty when it does not tell.</returns>
    public static string PodUidOf(Container? container, PodSandboxStatus? sandbox) =>
        sandbox?.Metadata?.Uid ?? container?.Labels.GetValueOrDefault("io.kubernetes.pod.uid") ?? string.Empty;

    private static ContainerIdentity OfPod(
        ContainerIdentity known, PodSandboxStatus? sandbox, string runtime, IReadOnlyDictionary<string, string> labels)
    {
        string podName = sandbox?.Metadata?.Name ?? labels.GetValueOrDefault("io.kubernetes.pod.name", string.Empty);
        string podNamespace = sandbox?.Metadata?.Namespace ?? labels.GetValueOrDefault("io.kubernetes.pod.namespace", string.Empty);
        string podUid = sandbox?.Metadata?.Uid ?? labels.GetValueOrDefault("io.kubernetes.pod.uid", string.Empty);
        return known with
        {
            Kind = UnitKind.Container,
            Runtime = known.Runtime.Length != 0 ? known.Runtime : runtime,
            PodName = podName,
            PodNamespace = podNamespace,
            PodUid = known.PodUid.Length != 0 ? known.PodUid : podUid,
            HostNetwork = sandbox?.Linux?.Namespaces?.Options?.Network == NamespaceMode.Node,
            PodLabels = PodLabels(sandbox),
            Workload = podName.Length != 0 && podNamespace.Length != 0
                ? new WorkloadIdentity("v1", "Pod", podNamespace, podName)
                : known.Workload,
        };
    }

    // The kubelet adds its own to the pod's.
    private static Dictionary<string, string> PodLabels(PodSandboxStatus? sandbox) =>
        (sandbox?.Labels ?? []).Where(label => !label.Key.StartsWith("io.kubernetes.", StringComparison.Ordinal))
            .ToDictionary(label => label.Key, label => label.Value, StringComparer.Ordinal);

    private static string Digest(string reference, Image? image)
    {
        foreach (string candidate in (IEnumerable<string>)[reference, .. image?.RepoDigests ?? []])
        {
            int at = candidate.IndexOf(DigestMark, StringComparison.Ordinal);
            if (at >= 0)
            {
                return candidate[(at + 1)..];
            }
        }

        // An image that was loaded and never pulled has only the id of its configuration.
        return reference.StartsWith("sha256:", StringComparison.Ordinal) ? reference : image?.Id ?? string.Empty;
    }
}
