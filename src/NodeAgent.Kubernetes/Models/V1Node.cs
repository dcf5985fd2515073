// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Kubernetes.Models;

/// <summary>What we read of a node. Source: Kubernetes API, core/v1; every field may be missing.</summary>
public sealed record V1Node : IKubernetesObject
{
    public V1ObjectMeta? Metadata { get; set; }

    public V1NodeStatus? Status { get; set; }
}

public sealed record V1NodeStatus
{
    public List<V1NodeAddress>? Addresses { get; set; }

    public V1NodeDaemonEndpoints? DaemonEndpoints { get; set; }
}

public sealed record V1NodeAddress
{
    /// <summary>Shape: InternalIP, ExternalIP, Hostname, InternalDNS or ExternalDNS.</summary>
    public string? Type { get; set; }

    public string? Address { get; set; }
}

public sealed record V1NodeDaemonEndpoints
{
    public V1DaemonEndpoint? KubeletEndpoint { get; set; }
}

public sealed record V1DaemonEndpoint
{
    // The API writes it with a capital letter; reading ignores case.
    [System.Text.Json.Serialization.JsonPropertyName("Port")]
    public int? Port { get; set; }
}
