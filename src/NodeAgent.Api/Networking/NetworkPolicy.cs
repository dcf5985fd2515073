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
    /// <summary>Whom it selects, in its own namespace; absent or empty = every pod.</summary>
    public LabelSelector? PodSelector { get; init; }

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

/// <summary>A port, or a range of them; without <see cref="Port"/> all of the protocol.</summary>
public sealed record NetworkPolicyPort
{
    /// <summary>Shape: <c>TCP</c>, <c>UDP</c>, <c>SCTP</c>; absent = TCP.</summary>
    public string? Protocol { get; init; }

    /// <summary>A name is that of a container port of the pod that is connected to.</summary>
    public IntOrString? Port { get; init; }

    /// <summary>The last of a range; only beside a number.</summary>
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
