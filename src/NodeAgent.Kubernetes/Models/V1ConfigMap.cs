// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Kubernetes.Models;

/// <summary>What we read of a config map. Source: Kubernetes API, core/v1.</summary>
public sealed record V1ConfigMap : IKubernetesObject
{
    public V1ObjectMeta? Metadata { get; set; }

    public Dictionary<string, string>? Data { get; set; }
}
