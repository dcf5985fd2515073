// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Events.Net;

namespace NodeAgent.Profiles.Learning;

/// <summary>Pods that were talked with.</summary>
/// <param name="Port">The port called: the pods' on egress, ours on ingress.</param>
/// <param name="Egress">True: we called them; false: they called us.</param>
internal readonly record struct LearnedPeer(PeerSelector Pods, ushort Port, TransportProtocol Protocol, bool Egress);

/// <summary>A bounded set of pods by their labels. There are few workloads in a cluster: what is over the bound is dropped and counted.</summary>
internal sealed class PeerSet(int maxEntries)
{
    private readonly HashSet<LearnedPeer> _peers = [];

    public int Count => _peers.Count;

    public long Dropped { get; private set; }

    public bool Contains(in LearnedPeer peer) => _peers.Contains(peer);

    /// <returns>True when it was new.</returns>
    public bool Add(in LearnedPeer peer)
    {
        if (_peers.Contains(peer))
        {
            return false;
        }

        if (_peers.Count >= maxEntries)
        {
            Dropped++;
            return true;
        }

        return _peers.Add(peer);
    }

    public LearnedPeer[] ToArray() => [.. _peers];
}
