// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Api.Meta;

namespace NodeAgent.Api.SoftwareComposition;

/// <summary>One peer of a workload and the ports used with it.</summary>
public sealed record NetworkNeighbor
{
    /// <summary>Shape: 64 hex digits, <see cref="Names.NeighborIdentifier"/>.</summary>
    public string? Identifier { get; init; }

    /// <summary>Shape: <c>internal</c> or <c>external</c>.</summary>
    public string? Type { get; init; }

    /// <summary>Shape: FQDN with its trailing dot. Deprecated upstream for <see cref="DnsNames"/>, both are written.</summary>
    public string? Dns { get; init; }

    public IReadOnlyList<string>? DnsNames { get; init; }

    public IReadOnlyList<NetworkPort>? Ports { get; init; }

    public LabelSelector? PodSelector { get; init; }

    public LabelSelector? NamespaceSelector { get; init; }

    /// <summary>Shape: an address. Deprecated upstream for <see cref="IpAddresses"/>.</summary>
    public string? IpAddress { get; init; }

    /// <summary>Shape: addresses, CIDR blocks or <c>*</c>.</summary>
    public IReadOnlyList<string>? IpAddresses { get; init; }
}

/// <summary>One port of a neighbour.</summary>
public sealed record NetworkPort
{
    /// <summary>Shape: <c>TCP-443</c>.</summary>
    public string? Name { get; init; }

    /// <summary>Shape: <c>TCP</c>, <c>UDP</c> or <c>SCTP</c>.</summary>
    public string? Protocol { get; init; }

    public int? Port { get; init; }
}
