// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using NodeAgent.Events.Net;

namespace NodeAgent.Enrichment.Peers;

/// <summary>Somebody who has addresses; replaced whole when it changes.</summary>
public sealed record PeerObject
{
    public required PeerKind Kind { get; init; }

    /// <summary>Unique among all objects, whatever their kind.</summary>
    public required string Uid { get; init; }

    /// <summary>Empty for nodes.</summary>
    public string Namespace { get; init; } = string.Empty;

    public required string Name { get; init; }

    /// <summary>Of pods: those by which they may be selected. Of services: those by which they select; empty = by hand.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>Of services and endpoints: where they are called.</summary>
    public ImmutableArray<PeerPort> Ports { get; init; } = [];

    /// <summary>Of services that select no pods: the addresses that they send to.</summary>
    public ImmutableArray<PeerTarget> Targets { get; init; } = [];

    public PeerRoles Roles { get; init; }

    /// <summary>Of nodes: where the kubelet listens; 0 = not known.</summary>
    public ushort KubeletPort { get; init; }

    /// <summary>Of nodes: it is the one that we run on.</summary>
    public bool IsHost { get; init; }

    internal bool TryGetPort(ushort port, TransportProtocol protocol, out PeerPort found)
    {
        foreach (PeerPort candidate in Ports.AsSpan())
        {
            if (candidate.Port == port && candidate.Protocol == protocol)
            {
                found = candidate;
                return true;
            }
        }

        found = default;
        return false;
    }
}

/// <param name="ServicePort">Where the service is called.</param>
/// <param name="Port">Where who answers listens.</param>
public readonly record struct PeerTarget(ushort ServicePort, TransportProtocol Protocol, NetAddress Address, ushort Port);

/// <param name="Port">Where it is called.</param>
/// <param name="TargetPort">Where who answers listens; 0 = not known.</param>
/// <param name="NodePort">Where it is called at each node; 0 = nowhere.</param>
public readonly record struct PeerPort(ushort Port, TransportProtocol Protocol, ushort TargetPort, ushort NodePort);
