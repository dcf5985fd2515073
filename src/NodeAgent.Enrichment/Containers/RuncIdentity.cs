// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Events.Identity;

namespace NodeAgent.Enrichment.Containers;

/// <summary>Completes an identity from runc's state and from the annotations that the CRI implementations put there.</summary>
internal static class RuncIdentity
{
    private static readonly string[] NameKeys = ["io.kubernetes.cri.container-name", "io.kubernetes.container.name", "nerdctl/name"];
    private static readonly string[] PodNameKeys = ["io.kubernetes.cri.sandbox-name", "io.kubernetes.pod.name"];
    private static readonly string[] PodNamespaceKeys = ["io.kubernetes.cri.sandbox-namespace", "io.kubernetes.pod.namespace"];
    private static readonly string[] PodUidKeys = ["io.kubernetes.cri.sandbox-uid", "io.kubernetes.pod.uid"];
    private static readonly string[] TypeKeys = ["io.kubernetes.cri.container-type", "io.kubernetes.cri-o.ContainerType"];
    private static readonly string[] ImageKeys =
    [
        "io.kubernetes.cri.image-name", "io.kubernetes.cri-o.ImageName", "org.opencontainers.image.ref.name",
        "org.opencontainers.image.base.name",
    ];

    public static ContainerIdentity Complete(ContainerIdentity known, RuncState state, string runtime)
    {
        string image = First(state, ImageKeys);
        int digest = image.IndexOf("@sha256:", StringComparison.Ordinal);
        string podName = First(state, PodNameKeys);
        string podNamespace = First(state, PodNamespaceKeys);
        string name = First(state, NameKeys);
        if (name.Length == 0)
        {
            name = First(state, TypeKeys) == "sandbox" ? "POD" : IsHexId(state.Id) ? known.ContainerName : state.Id;
        }

        return known with
        {
            Kind = UnitKind.Container,
            Runtime = known.Runtime.Length != 0 ? known.Runtime : runtime,
            ContainerId = state.Id,
            ContainerName = name,
            PodName = podName,
            PodNamespace = podNamespace,
            PodUid = known.PodUid.Length != 0 ? known.PodUid : First(state, PodUidKeys),
            Image = image,
            ImageDigest = digest >= 0 ? image[(digest + 1)..] : string.Empty,
            HostNetwork = !state.HasNetworkNamespace,
            Workload = podName.Length != 0 && podNamespace.Length != 0
                ? new WorkloadIdentity("v1", "Pod", podNamespace, podName)
                : ContainerNaming.Standalone(UnitKind.Container, name),
        };
    }

    private static bool IsHexId(string id) => id.Length == 64 && id.All(char.IsAsciiHexDigitLower);

    private static string First(RuncState state, string[] keys)
    {
        foreach (string key in keys)
        {
            if (state.Annotations.TryGetValue(key, out string? value) && value.Length != 0)
            {
                return value;
            }
        }

        return string.Empty;
    }
}
