// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Api.SoftwareComposition;

namespace NodeAgent.NetworkPolicy;

/// <summary>How far a policy may go beyond what was seen, and where the cluster's resolver is.</summary>
public sealed record PolicyOptions
{
    public static PolicyOptions Default { get; } = new();

    /// <summary>Single addresses with the same ports in one block, above which the block stands for them; 0 = never.</summary>
    public int AddressGroupThreshold { get; init; }

    /// <summary>The widest block that addresses are collapsed to. Units: bits of an IPv4 prefix; IPv6: <see cref="FloorBitsV6"/>.</summary>
    public int FloorBits { get; init; } = 24;

    public int FloorBitsV6 { get; init; } = 64;

    /// <summary>
    /// Ports of one peer and protocol, none of them below 1024 and each near the next, from which on the whole range is allowed: passive FTP, RPC
    /// and media take another one each time. 0 = never.
    /// </summary>
    public int PortSpread { get; init; } = 16;

    /// <summary>Pods that resolve names for the whole cluster.</summary>
    public string DnsNamespace { get; init; } = "kube-system";

    public string DnsLabel { get; init; } = "k8s-app";

    public string DnsLabelValue { get; init; } = "kube-dns";

    /// <summary>Shape: address of the node-local cache, of the link: it belongs to no pod, and the same one is on every node.</summary>
    public string NodeLocalDns { get; init; } = "169.254.20.10";

    /// <param name="configuration">Null = there is none. What makes no sense in it is the default.</param>
    public static PolicyOptions Of(CollapseConfiguration? configuration) => Default with
    {
        AddressGroupThreshold = Math.Max(configuration?.Spec?.NetworkIpGroupThreshold ?? 0, 0),
        FloorBits = configuration?.Spec?.NetworkCidrFloorBits is > 0 and <= 32 and var bits ? bits : Default.FloorBits,
    };
}
