// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Kubernetes.Models;

/// <summary>What we read of a node. Source: Kubernetes API, core/v1; every field may be missing.</summary>
public sealed record V1Node : IKubernetesObject
{
    public V1ObjectMeta? Metadata { get; init; }

    public V1NodeStatus? Status { get; init; }
}

public sealed record V1NodeStatus
{
    public List<V1NodeAddress>? Addresses { get; init; }

    public V1NodeDaemonEndpoints? DaemonEndpoints { get; init; }
}

public sealed record V1NodeAddress
{
    /// <summary>Shape: InternalIP, ExternalIP, Hostname, InternalDNS or ExternalDNS.</summary>
    public string? Type { get; init; }

    public string? Address { get; init; }
}

public sealed record V1NodeDaemonEndpoints
{
    public V1DaemonEndpoint? KubeletEndpoint { get; init; }
}

public sealed record V1DaemonEndpoint
{
    // The API writes it with a capital letter; reading ignores case.
    [System.Text.Json.Serialization.JsonPropertyName("Port")]
    public int? Port { get; init; }
}
