// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Kubernetes.Models;

/// <summary>What we read of an endpoint slice. Source: Kubernetes API, discovery.k8s.io/v1; every field may be missing.</summary>
public sealed record V1EndpointSlice : IKubernetesObject
{
    /// <summary>The label that names the service.</summary>
    public const string ServiceNameLabel = "kubernetes.io/service-name";

    public V1ObjectMeta? Metadata { get; set; }

    /// <summary>Shape: IPv4, IPv6 or FQDN.</summary>
    public string? AddressType { get; set; }

    public List<V1Endpoint>? Endpoints { get; set; }

    public List<V1EndpointPort>? Ports { get; set; }
}

public sealed record V1Endpoint
{
    public List<string>? Addresses { get; set; }

    public V1ObjectReference? TargetRef { get; set; }
}

public sealed record V1ObjectReference
{
    public string? Kind { get; set; }

    public string? Namespace { get; set; }

    public string? Name { get; set; }
}

public sealed record V1EndpointPort
{
    /// <summary>The name of the service's port.</summary>
    public string? Name { get; set; }

    public string? Protocol { get; set; }

    /// <summary>The number that the target listens at.</summary>
    public int? Port { get; set; }
}
