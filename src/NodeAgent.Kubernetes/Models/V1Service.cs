// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Serialization;
using NodeAgent.Api.Meta;

namespace NodeAgent.Kubernetes.Models;

/// <summary>What we read of a service. Source: Kubernetes API, core/v1; every field may be missing.</summary>
public sealed record V1Service : IKubernetesObject
{
    public V1ObjectMeta? Metadata { get; init; }

    public V1ServiceSpec? Spec { get; init; }

    public V1ServiceStatus? Status { get; init; }
}

public sealed record V1ServiceSpec
{
    /// <summary>Shape: ClusterIP, NodePort, LoadBalancer or ExternalName.</summary>
    public string? Type { get; init; }

    /// <summary>Shape: an address, <c>None</c> for a headless service, or empty.</summary>
    [JsonPropertyName("clusterIP")]
    public string? ClusterIp { get; init; }

    [JsonPropertyName("clusterIPs")]
    public List<string>? ClusterIps { get; init; }

    [JsonPropertyName("externalIPs")]
    public List<string>? ExternalIps { get; init; }

    [JsonPropertyName("loadBalancerIP")]
    public string? LoadBalancerIp { get; init; }

    public Dictionary<string, string>? Selector { get; init; }

    public List<V1ServicePort>? Ports { get; init; }
}

public sealed record V1ServicePort
{
    public string? Name { get; init; }

    /// <summary>Shape: TCP, UDP or SCTP; missing = TCP.</summary>
    public string? Protocol { get; init; }

    public int? Port { get; init; }

    public IntOrString? TargetPort { get; init; }

    public int? NodePort { get; init; }
}

public sealed record V1ServiceStatus
{
    public V1LoadBalancerStatus? LoadBalancer { get; init; }
}

public sealed record V1LoadBalancerStatus
{
    public List<V1LoadBalancerIngress>? Ingress { get; init; }
}

public sealed record V1LoadBalancerIngress
{
    public string? Ip { get; init; }
}
