// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;
using NodeAgent.Events.Net;

namespace NodeAgent.Profiles.Learning;

/// <summary>A peer of which it may yet be told who it was.</summary>
/// <param name="Port">The port called: the peer's on egress, ours on ingress.</param>
internal readonly record struct UnnamedPeer(NetAddress Address, ushort Port, TransportProtocol Protocol, bool Egress);

/// <summary>When such a peer was met, and the name that DNS gave its address.</summary>
/// <param name="FirstNs">Units: boot ns.</param>
/// <param name="LastNs">Units: boot ns. Between the two the address may have been given to somebody else.</param>
/// <param name="Name">Null = none.</param>
internal readonly record struct Meeting(ulong FirstNs, ulong LastNs, string? Name);

/// <summary>
/// Peers that were met before it was told who has their address. They are no part of a profile yet: a profile only grows, and an address
/// that stood in it would stay beside the name.
/// </summary>
internal sealed class UnnamedPeers(int maxEntries)
{
    private readonly Dictionary<UnnamedPeer, Meeting> _peers = [];

    public int Count => _peers.Count;

    public bool Contains(in UnnamedPeer peer) => _peers.ContainsKey(peer);

    /// <returns>False when there is no room.</returns>
    public bool TryNote(in UnnamedPeer peer, ulong timeNs, string? name)
    {
        if (_peers.Count >= maxEntries && !_peers.ContainsKey(peer))
        {
            return false;
        }

        ref Meeting meeting = ref CollectionsMarshal.GetValueRefOrAddDefault(_peers, peer, out bool known);
        meeting = known ? meeting with { FirstNs = Math.Min(meeting.FirstNs, timeNs), LastNs = Math.Max(meeting.LastNs, timeNs), Name = meeting.Name ?? name } : new Meeting(timeNs, timeNs, name);
        return true;
    }

    /// <summary>Who was met under one profile was met under the other too, as far as there is room.</summary>
    public void CopyTo(UnnamedPeers other)
    {
        foreach ((UnnamedPeer peer, Meeting meeting) in _peers)
        {
            if (other.TryNote(peer, meeting.FirstNs, meeting.Name))
            {
                other.TryNote(peer, meeting.LastNs, null);
            }
        }
    }

    /// <summary>Takes out those about which something is decided.</summary>
    /// <param name="isSettled">True: what it was met as has been learned.</param>
    public void Settle(Func<UnnamedPeer, Meeting, bool> isSettled)
    {
        foreach ((UnnamedPeer peer, Meeting meeting) in _peers)
        {
            if (isSettled(peer, meeting))
            {
                _peers.Remove(peer);
            }
        }
    }
}
