// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Events.Identity;

namespace NodeAgent.Enrichment.Containers;

/// <summary>Completes an identity from the annotations that the CRI implementations hand to the OCI runtime.</summary>
internal static class AnnotatedIdentity
{
    private static readonly string[] NameKeys = ["io.kubernetes.cri.container-name", "io.kubernetes.container.name", "nerdctl/name"];
    private static readonly string[] PodNameKeys = ["io.kubernetes.cri.sandbox-name", "io.kubernetes.pod.name"];
    private static readonly string[] PodNamespaceKeys = ["io.kubernetes.cri.sandbox-namespace", "io.kubernetes.pod.namespace"];
    private static readonly string[] PodUidKeys = ["io.kubernetes.cri.sandbox-uid", "io.kubernetes.pod.uid"];
    private static readonly string[] TypeKeys = ["io.kubernetes.cri.container-type", "io.kubernetes.cri-o.ContainerType"];
    private static readonly string[] ImageKeys =
    [
        "io.kubernetes.cri.image-name", "io.kubernetes.cri.podsandbox.image-name", "io.kubernetes.cri-o.ImageName", "org.opencontainers.image.ref.name",
        "org.opencontainers.image.base.name",
    ];

    /// <param name="id">The name that the OCI runtime was given.</param>
    /// <param name="runtime">Taken where the cgroup path does not tell.</param>
    public static ContainerIdentity Complete(ContainerIdentity known, string id, IReadOnlyDictionary<string, string> annotations, string runtime)
    {
        string image = First(annotations, ImageKeys);
        int digest = image.IndexOf("@sha256:", StringComparison.Ordinal);
        string podName = First(annotations, PodNameKeys);
        string podNamespace = First(annotations, PodNamespaceKeys);
        string name = First(annotations, NameKeys);
        if (name.Length == 0)
        {
            name = First(annotations, TypeKeys) == "sandbox" ? "POD" : IsHexId(id) ? known.ContainerName : id;
        }

        return known with
        {
            Kind = UnitKind.Container,
            Runtime = known.Runtime.Length != 0 ? known.Runtime : runtime,
            ContainerId = id,
            ContainerName = name,
            PodName = podName,
            PodNamespace = podNamespace,
            PodUid = known.PodUid.Length != 0 ? known.PodUid : First(annotations, PodUidKeys),
            Image = image,
            ImageDigest = digest >= 0 ? image[(digest + 1)..] : string.Empty,
            Workload = podName.Length != 0 && podNamespace.Length != 0
                ? new WorkloadIdentity("v1", "Pod", podNamespace, podName)
                : ContainerNaming.Standalone(UnitKind.Container, name),
        };
    }

    private static bool IsHexId(string id) => id.Length == 64 && id.All(char.IsAsciiHexDigitLower);

    private static string First(IReadOnlyDictionary<string, string> annotations, string[] keys)
    {
        foreach (string key in keys)
        {
            if (annotations.TryGetValue(key, out string? value) && value.Length != 0)
            {
                return value;
            }
        }

        return string.Empty;
    }
}
