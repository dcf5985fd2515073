// SPDX-License-Identifier: Apache-2.0
using System.Net;

namespace NodeAgent.NetworkPolicy.Evaluation;

/// <summary>Seen from the pod whose policies are asked.</summary>
public enum FlowDirection
{
    Ingress,
    Egress,
}

/// <summary>A port of a container that has a name.</summary>
/// <param name="Protocol">Shape: <c>TCP</c>, <c>UDP</c>, <c>SCTP</c>.</param>
public sealed record NamedPort(string Name, string Protocol, int Port);

/// <summary>One end of a flow, as policies see it. One object for each, since policies remember what they worked out of it.</summary>
public sealed class FlowEnd
{
    private static readonly Dictionary<string, string> None = [];

    private CidrBlock? _block;
    private KeyValuePair<string, string>[]? _labels;

    /// <summary>Null = nobody knows it; then no address block holds it.</summary>
    public IPAddress? Address { get; init; }

    /// <summary>Of the pod; null = it is none, or one in the network of its node, which selectors do not see.</summary>
    public string? Namespace { get; init; }

    public IReadOnlyDictionary<string, string> NamespaceLabels { get; init; } = None;

    public IReadOnlyDictionary<string, string> Labels { get; init; } = None;

    public IReadOnlyList<NamedPort> Ports { get; init; } = [];

    // Worked out once for all flows of the end.
    internal CidrBlock? Block => Address is null ? null : _block ??= CidrBlock.Of(Address);

    internal ReadOnlySpan<KeyValuePair<string, string>> LabelPairs => _labels ??= [.. Labels];
}

/// <summary>Traffic that was seen: connections, or packets where there are none.</summary>
/// <param name="Pod">Whose policies decide.</param>
/// <param name="Port">That of the end that was connected to.</param>
/// <param name="Protocol">Shape: <c>TCP</c>, <c>UDP</c>, <c>SCTP</c>.</param>
/// <param name="Count">How often it was seen.</param>
public readonly record struct ObservedFlow(FlowDirection Direction, FlowEnd Pod, FlowEnd Peer, string Protocol, int Port, long Count = 1)
{
    /// <summary>The peer is the node that the pod runs on: its kubelet may always ask (probes).</summary>
    public bool IsFromOwnNode { get; init; }
}
