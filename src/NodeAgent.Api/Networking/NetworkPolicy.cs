// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Api.Meta;

namespace NodeAgent.Api.Networking;

/// <summary>Source: Kubernetes API, networking.k8s.io/v1 NetworkPolicy.</summary>
public sealed record NetworkPolicy
{
    public string? ApiVersion { get; init; } = "networking.k8s.io/v1";

    public string? Kind { get; init; } = "NetworkPolicy";

    public ObjectMeta Metadata { get; init; } = new();

    public NetworkPolicySpec? Spec { get; init; }
}

/// <summary>A type that is listed and has no rule denies everything of that direction.</summary>
public sealed record NetworkPolicySpec
{
    public LabelSelector PodSelector { get; init; } = new();

    /// <summary>Shape: <c>Ingress</c>, <c>Egress</c>.</summary>
    public IReadOnlyList<string>? PolicyTypes { get; init; }

    public IReadOnlyList<NetworkPolicyIngressRule>? Ingress { get; init; }

    public IReadOnlyList<NetworkPolicyEgressRule>? Egress { get; init; }
}

/// <summary>Beware: an absent or empty <see cref="From"/> allows every peer, an absent or empty <see cref="Ports"/> every port.</summary>
public sealed record NetworkPolicyIngressRule
{
    public IReadOnlyList<NetworkPolicyPort>? Ports { get; init; }

    public IReadOnlyList<NetworkPolicyPeer>? From { get; init; }
}

/// <summary>Beware: an absent or empty <see cref="To"/> allows every peer, an absent or empty <see cref="Ports"/> every port.</summary>
public sealed record NetworkPolicyEgressRule
{
    public IReadOnlyList<NetworkPolicyPort>? Ports { get; init; }

    public IReadOnlyList<NetworkPolicyPeer>? To { get; init; }
}

/// <summary>Named ports are not modelled: the generator never makes one.</summary>
public sealed record NetworkPolicyPort
{
    public string? Protocol { get; init; }

    public int? Port { get; init; }

    public int? EndPort { get; init; }
}

/// <summary>Either selectors (both set: pods of those namespaces), or an address block.</summary>
public sealed record NetworkPolicyPeer
{
    public LabelSelector? PodSelector { get; init; }

    public LabelSelector? NamespaceSelector { get; init; }

    public IpBlock? IpBlock { get; init; }
}

public sealed record IpBlock
{
    public string? Cidr { get; init; }

    public IReadOnlyList<string>? Except { get; init; }
}
