// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Kubernetes.Models;

/// <summary>What we read of an endpoint slice. Source: Kubernetes API, discovery.k8s.io/v1; every field may be missing.</summary>
public sealed record V1EndpointSlice : IKubernetesObject
{
    /// <summary>The label that names the service.</summary>
    public const string ServiceNameLabel = "kubernetes.io/service-name";

    public V1ObjectMeta? Metadata { get; init; }

    /// <summary>Shape: IPv4, IPv6 or FQDN.</summary>
    public string? AddressType { get; init; }

    public List<V1Endpoint>? Endpoints { get; init; }

    public List<V1EndpointPort>? Ports { get; init; }
}

public sealed record V1Endpoint
{
    public List<string>? Addresses { get; init; }

    public V1ObjectReference? TargetRef { get; init; }
}

public sealed record V1ObjectReference
{
    public string? Kind { get; init; }

    public string? Namespace { get; init; }

    public string? Name { get; init; }
}

public sealed record V1EndpointPort
{
    /// <summary>The name of the service's port.</summary>
    public string? Name { get; init; }

    public string? Protocol { get; init; }

    /// <summary>The number that the target listens at.</summary>
    public int? Port { get; init; }
}
