// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Events.Identity;

namespace NodeAgent.Enrichment.Pods;

/// <summary>Completes an identity by what the API server says of its pod.</summary>
public static class PodIdentity
{
    internal static ContainerIdentity Complete(ContainerIdentity known, IPodLookup? pods) =>
        pods is not null && known.PodUid.Length != 0 && pods.TryFind(known.PodUid, out PodRecord? pod) ? Complete(known, pod) : known;

    /// <summary>The API server's word goes before the runtime's: a runtime knows what a pod was when it was made.</summary>
    public static ContainerIdentity Complete(ContainerIdentity known, PodRecord pod)
    {
        ArgumentNullException.ThrowIfNull(known);
        ArgumentNullException.ThrowIfNull(pod);
        if (known.Kind != UnitKind.Container)
        {
            return known; // The pod's own cgroup, which has no processes but for a moment.
        }

        if (known.PodName.Length != 0 && (known.PodName != pod.Name || known.PodNamespace != pod.Namespace))
        {
            return known; // A pod that only claims this one's cgroups: the runtime has the name from the kubelet.
        }

        // By its id from the pod's status, which comes when the container has begun; until then by the name that the runtime knows.
        PodContainer? container = pod.Containers.GetValueOrDefault(known.ContainerId);
        PodContainerKind kind = container?.Kind ?? (pod.Kinds.TryGetValue(known.ContainerName, out PodContainerKind named) ? named : known.ContainerKind);
        return known with
        {
            // The runtime knows images and how a container was set up: it is asked though the API server was faster.
            Source = known.Source == IdentitySource.Runtime ? IdentitySource.ApiServer : known.Source,
            PodUid = pod.Uid, // Of a pod from the kubelet's files the path has the kubelet's own name.
            PodName = pod.Name,
            PodNamespace = pod.Namespace,
            PodLabels = pod.Labels,
            HostNetwork = pod.HostNetwork,
            ServiceAccount = pod.ServiceAccount,
            Workload = pod.Workload,
            Owner = pod.Owner,
            OwnerAlternateName = pod.OwnerAlternateName,
            TemplateHash = pod.TemplateHash,
            ContainerName = container?.Name ?? known.ContainerName,
            ContainerKind = kind,
            Image = known.Image.Length != 0 ? known.Image : container?.Image ?? string.Empty,
            ImageDigest = known.ImageDigest.Length != 0 ? known.ImageDigest : container?.ImageDigest ?? string.Empty,
        };
    }
}
