// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using NodeAgent.Api.Meta;
using NodeAgent.Api.SoftwareComposition;

namespace NodeAgent.NetworkPolicy;

/// <summary>A policy before it is written as one kind or another.</summary>
/// <param name="Annotations">Of the policy.</param>
internal sealed record PolicyModel(
    string? Namespace,
    string Name,
    IReadOnlyDictionary<string, string> Labels,
    IReadOnlyDictionary<string, string> Annotations,
    LabelSelector Pods,
    IReadOnlyList<PolicyRule> Ingress,
    IReadOnlyList<PolicyRule> Egress,
    IReadOnlyList<PolicyRef> Refs);

/// <summary>One allowance: these peers on these ports. A peer stands in one rule of its direction only.</summary>
/// <param name="Peers">Never empty: an empty list would allow everybody.</param>
/// <param name="Ports">Sorted. Empty = every port; only when the neighbour names none.</param>
internal sealed record PolicyRule(IReadOnlyList<RulePeer> Peers, IReadOnlyList<PortRange> Ports);

/// <summary>Either an address block or selectors.</summary>
/// <param name="Block">Null = selectors.</param>
/// <param name="Text">Unique among peers; of a block its CIDR.</param>
internal sealed record RulePeer(CidrBlock? Block, string Text, LabelSelector? Pods, LabelSelector? Namespaces)
{
    /// <summary>Of a single address: the names under which it was called. Sorted, lower case, without the dot at the end.</summary>
    public IReadOnlyList<string> Names { get; init; } = [];
}

/// <param name="Protocol">Shape: <c>TCP</c>, <c>UDP</c>, <c>SCTP</c>.</param>
internal readonly record struct PortRange(int First, int Last, string Protocol) : IComparable<PortRange>
{
    public int CompareTo(PortRange other) =>
        (First, Last) == (other.First, other.Last) ? string.CompareOrdinal(Protocol, other.Protocol) : (First, Last).CompareTo((other.First, other.Last));

    /// <summary>For messages, and to tell sets of ports apart.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Protocol}-{First}-{Last}");
}
