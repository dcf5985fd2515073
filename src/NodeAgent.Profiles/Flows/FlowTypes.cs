// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Events.Net;
using NodeAgent.Profiles.Learning;

namespace NodeAgent.Profiles.Flows;

/// <summary>What the other end of a flow was. The values stand in files: append-only.</summary>
public enum FlowPeerKind : byte
{
    /// <summary>Nobody told of it, or nobody whom a policy could select: its address is all there is.</summary>
    Address = 1,

    Pods = 2,

    /// <summary>A node, and whatever shares its network.</summary>
    Node = 3,

    /// <summary>The machine that the workload ran on.</summary>
    OwnNode = 4,
}

/// <summary>The other end of a flow, as it was known then.</summary>
/// <param name="Address">Of pods: unspecified, since theirs come and go; the last one stands in <see cref="FlowTotal"/>.</param>
/// <param name="Pods">Only of <see cref="FlowPeerKind.Pods"/>.</param>
public readonly record struct FlowPeer(FlowPeerKind Kind, NetAddress Address, PeerSelector? Pods)
{
    public static FlowPeer Of(PeerSelector pods) => new(FlowPeerKind.Pods, default, pods);

    public static FlowPeer Of(NetAddress address, FlowPeerKind kind = FlowPeerKind.Address) => new(kind, address, null);
}

/// <summary>Who had the flows: one object for each in a <see cref="FlowHistory"/>, the newest labels in it.</summary>
/// <param name="name">The workload's slug: unique in its namespace.</param>
public sealed class FlowWorkload(string workloadNamespace, string name)
{
    public string Namespace { get; } = workloadNamespace;

    public string Name { get; } = name;

    /// <summary>Sorted by key; those of its pods that stay when they are replaced.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Labels { get; internal set; } = [];

    /// <summary>It has the network of its node: no policy selects it.</summary>
    public bool IsOnHostNetwork { get; internal set; }
}

/// <summary>What a flow is, apart from how often and when.</summary>
/// <param name="Port">That of the end that was called.</param>
/// <param name="Egress">True: the workload called; false: it was called.</param>
public readonly record struct FlowId(FlowWorkload Workload, FlowPeer Peer, ushort Port, TransportProtocol Protocol, bool Egress);

/// <summary>How often and when a flow was seen.</summary>
/// <param name="Count">Connections; of datagrams, sockets that used it. 0 = only the end of one.</param>
/// <param name="FirstUnix">Units: s since 1970, as is the next.</param>
/// <param name="LastAddress">The peer's when it was seen last.</param>
/// <param name="Name">That DNS gave the address; null = none.</param>
public readonly record struct FlowTotal(long Count, long FirstUnix, long LastUnix, NetAddress LastAddress, string? Name)
{
    internal FlowTotal Add(in FlowTotal other)
    {
        long count = Count + other.Count;
        bool isNewer = other.LastUnix >= LastUnix;
        return new FlowTotal(
            count < Count ? long.MaxValue : count,
            Math.Min(FirstUnix, other.FirstUnix),
            Math.Max(LastUnix, other.LastUnix),
            isNewer ? other.LastAddress : LastAddress,
            isNewer ? other.Name ?? Name : Name ?? other.Name);
    }
}

/// <summary>What is missing in a history.</summary>
/// <param name="TooOld">Flows that were dropped since they were last seen too long ago.</param>
/// <param name="NoRoom">Flows that were dropped, the longest unseen first, to keep the history in its size.</param>
public readonly record struct FlowDrops(long TooOld, long NoRoom);
