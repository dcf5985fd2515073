// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Api.Names;

/// <summary>Label keys of Kubernetes' own.</summary>
public static class KubernetesLabels
{
    /// <summary>On each namespace: its name, so that selectors can mean it.</summary>
    public const string NamespaceName = "kubernetes.io/metadata.name";
}
