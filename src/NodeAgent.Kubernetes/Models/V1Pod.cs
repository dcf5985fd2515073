// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Serialization;

namespace NodeAgent.Kubernetes.Models;

/// <summary>What we read of a pod. Source: Kubernetes API, core/v1; every field may be missing.</summary>
public sealed record V1Pod : IKubernetesObject
{
    public V1ObjectMeta? Metadata { get; init; }

    public V1PodSpec? Spec { get; init; }

    public V1PodStatus? Status { get; init; }
}

public sealed record V1PodSpec
{
    public string? NodeName { get; init; }

    public bool? HostNetwork { get; init; }

    public string? ServiceAccountName { get; init; }

    public List<V1Container>? Containers { get; init; }

    public List<V1Container>? InitContainers { get; init; }
}

public sealed record V1Container
{
    public string? Name { get; init; }

    public string? Image { get; init; }

    public List<string>? Command { get; init; }

    public List<string>? Args { get; init; }
}

public sealed record V1PodStatus
{
    /// <summary>Shape: Pending, Running, Succeeded, Failed or Unknown.</summary>
    public string? Phase { get; init; }

    [JsonPropertyName("podIP")]
    public string? PodIp { get; init; }

    /// <summary>All of them, <see cref="PodIp"/> included.</summary>
    [JsonPropertyName("podIPs")]
    public List<V1PodIp>? PodIps { get; init; }

    public List<V1ContainerStatus>? ContainerStatuses { get; init; }

    public List<V1ContainerStatus>? InitContainerStatuses { get; init; }

    public List<V1ContainerStatus>? EphemeralContainerStatuses { get; init; }
}

public sealed record V1PodIp
{
    public string? Ip { get; init; }
}

public sealed record V1ContainerStatus
{
    public string? Name { get; init; }

    /// <summary>Shape: the image as it is called on the node.</summary>
    public string? Image { get; init; }

    /// <summary>Shape: <c>docker.io/library/nginx@sha256:…</c>.</summary>
    [JsonPropertyName("imageID")]
    public string? ImageId { get; init; }

    /// <summary>Shape: <c>containerd://64 hex digits</c>; empty until it was made.</summary>
    [JsonPropertyName("containerID")]
    public string? ContainerId { get; init; }
}
