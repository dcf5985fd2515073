// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Serialization;
using NodeAgent.Api.Meta;

namespace NodeAgent.Kubernetes.Models;

/// <summary>What we read of a service. Source: Kubernetes API, core/v1; every field may be missing.</summary>
public sealed record V1Service : IKubernetesObject
{
    public V1ObjectMeta? Metadata { get; set; }

    public V1ServiceSpec? Spec { get; set; }

    public V1ServiceStatus? Status { get; set; }
}

public sealed record V1ServiceSpec
{
    /// <summary>Shape: ClusterIP, NodePort, LoadBalancer or ExternalName.</summary>
    public string? Type { get; set; }

    /// <summary>Shape: an address, <c>None</c> for a headless service, or empty.</summary>
    [JsonPropertyName("clusterIP")]
    public string? ClusterIp { get; set; }

    [JsonPropertyName("clusterIPs")]
    public List<string>? ClusterIps { get; set; }

    [JsonPropertyName("externalIPs")]
    public List<string>? ExternalIps { get; set; }

    [JsonPropertyName("loadBalancerIP")]
    public string? LoadBalancerIp { get; set; }

    public Dictionary<string, string>? Selector { get; set; }

    public List<V1ServicePort>? Ports { get; set; }
}

public sealed record V1ServicePort
{
    public string? Name { get; set; }

    /// <summary>Shape: TCP, UDP or SCTP; missing = TCP.</summary>
    public string? Protocol { get; set; }

    public int? Port { get; set; }

    public IntOrString? TargetPort { get; set; }

    public int? NodePort { get; set; }
}

public sealed record V1ServiceStatus
{
    public V1LoadBalancerStatus? LoadBalancer { get; set; }
}

public sealed record V1LoadBalancerStatus
{
    public List<V1LoadBalancerIngress>? Ingress { get; set; }
}

public sealed record V1LoadBalancerIngress
{
    public string? Ip { get; set; }
}
