// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Serialization;

namespace NodeAgent.Kubernetes.Models;

/// <summary>What we read of a pod. Source: Kubernetes API, core/v1; every field may be missing.</summary>
public sealed record V1Pod : IKubernetesObject
{
    public V1ObjectMeta? Metadata { get; set; }

    public V1PodSpec? Spec { get; set; }

    public V1PodStatus? Status { get; set; }
}

public sealed record V1PodSpec
{
    public string? NodeName { get; set; }

    public bool? HostNetwork { get; set; }

    public string? ServiceAccountName { get; set; }

    public List<V1Container>? Containers { get; set; }

    public List<V1Container>? InitContainers { get; set; }

    /// <summary>What <c>kubectl debug</c> adds to a running pod.</summary>
    public List<V1Container>? EphemeralContainers { get; set; }
}

public sealed record V1Container
{
    public string? Name { get; set; }

    public string? Image { get; set; }

    public List<string>? Command { get; set; }

    public List<string>? Args { get; set; }
}

public sealed record V1PodStatus
{
    /// <summary>Shape: Pending, Running, Succeeded, Failed or Unknown.</summary>
    public string? Phase { get; set; }

    [JsonPropertyName("podIP")]
    public string? PodIp { get; set; }

    /// <summary>All of them, <see cref="PodIp"/> included.</summary>
    [JsonPropertyName("podIPs")]
    public List<V1PodIp>? PodIps { get; set; }

    public List<V1ContainerStatus>? ContainerStatuses { get; set; }

    public List<V1ContainerStatus>? InitContainerStatuses { get; set; }

    public List<V1ContainerStatus>? EphemeralContainerStatuses { get; set; }
}

public sealed record V1PodIp
{
    public string? Ip { get; set; }
}

public sealed record V1ContainerStatus
{
    public string? Name { get; set; }

    /// <summary>Shape: the image as it is called on the node.</summary>
    public string? Image { get; set; }

    /// <summary>Shape: <c>docker.io/library/nginx@sha256:…</c>.</summary>
    [JsonPropertyName("imageID")]
    public string? ImageId { get; set; }

    /// <summary>Shape: <c>containerd://64 hex digits</c>; empty until it was made.</summary>
    [JsonPropertyName("containerID")]
    public string? ContainerId { get; set; }
}
