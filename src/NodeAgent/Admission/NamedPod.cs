// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Enrichment.Pods;
using NodeAgent.Events.Identity;

namespace NodeAgent.Admission;

/// <summary>The pod that a request names, as rules, bindings and exceptions see containers.</summary>
internal static class NamedPod
{
    /// <param name="container">As the request says; empty: the only one that the pod has.</param>
    public static ContainerIdentity Of(PodRecord pod, string container) => PodIdentity.Complete(
        new ContainerIdentity { Kind = UnitKind.Container, Source = IdentitySource.Runtime, ContainerId = IdOf(pod, container), ContainerName = container }, pod);

    /// <summary>When nobody knows more than the request says.</summary>
    /// <param name="pod">Empty: the request is about something else.</param>
    public static ContainerIdentity Of(string podNamespace, string pod, string container) => new()
    {
        Kind = UnitKind.Container,
        PodName = pod,
        PodNamespace = podNamespace,
        ContainerName = container,
    };

    private static string IdOf(PodRecord pod, string container) =>
        container.Length > 0 ? pod.Containers.FirstOrDefault(one => one.Value.Name == container).Key ?? string.Empty
        : pod.Containers.Count == 1 ? pod.Containers.Keys.Single()
        : string.Empty;
}
