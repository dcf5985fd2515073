// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Api.Meta;
using NodeAgent.Kubernetes.Models;

namespace NodeAgent.StorageHost.Cluster;

/// <summary>What is kept of a pod.</summary>
/// <param name="TemplateHash">Empty when the pod carries none.</param>
/// <param name="Digests">Of the images of its containers.</param>
internal sealed record LivePod(OwnerReference? Owner, string TemplateHash, IReadOnlyList<string> Digests)
{
    private const string Algorithm = "sha256:";
    private const int DigestLength = 64;

    public static LivePod Of(V1Pod pod)
    {
        V1PodStatus? status = pod.Status;
        IEnumerable<V1ContainerStatus> containers = (status?.ContainerStatuses ?? []).Concat(status?.InitContainerStatuses ?? []).Concat(status?.EphemeralContainerStatuses ?? []);
        Dictionary<string, string>? labels = pod.Metadata!.Labels;
        return new LivePod(
            pod.Metadata.OwnerReferences?.Find(owner => owner.Controller == true),
            labels?.GetValueOrDefault("pod-template-hash") ?? labels?.GetValueOrDefault("controller-revision-hash") ?? string.Empty,
            [.. containers.Select(container => DigestOf(container.ImageId ?? string.Empty)).OfType<string>().Distinct()]);
    }

    /// <returns>Null: the text holds none.</returns>
    public static string? DigestOf(string image)
    {
        int at = image.LastIndexOf(Algorithm, StringComparison.Ordinal);
        string digest = at < 0 ? string.Empty : image[(at + Algorithm.Length)..];
        return digest.Length == DigestLength && digest.All(char.IsAsciiHexDigit) ? digest.ToLowerInvariant() : null;
    }
}
