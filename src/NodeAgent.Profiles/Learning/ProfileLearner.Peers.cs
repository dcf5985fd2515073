// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Events.Identity;
using NodeAgent.Events.Net;

namespace NodeAgent.Profiles.Learning;

// Peers: pods by their labels where it is known which they are, all others by address.
public sealed partial class ProfileLearner
{
    private bool IsKnown(LearnedProfile profile, bool egress, NetAddress address, ushort port, TransportProtocol protocol, ulong timeNs) =>
        TryFindPods(egress, address, port, protocol, timeNs, out LearnedPeer peer)
            ? profile.Behavior.Peers.Contains(peer) || (!profile.IsLearning && profile.Drift.Peers.Contains(peer))
            : HoldsEndpoint(profile, egress, address, port, protocol)
                || profile.Unnamed.Contains(new UnnamedPeer(address, port, protocol, egress));

    private void LearnPeer(
        LearnedProfile profile, EventSubject subject, bool egress, NetAddress address, ushort port, TransportProtocol protocol, ulong timeNs)
    {
        // First who has the address now: that it was met before says nothing where addresses are given to others.
        if (port != 0 && TryFindPods(egress, address, port, protocol, timeNs, out LearnedPeer peer))
        {
            TakePeer(profile, peer);
            return;
        }

        TakeBehind(profile, egress, address, port, protocol, timeNs);
        if (HoldsEndpoint(profile, egress, address, port, protocol))
        {
            _metrics.Known++;
            return;
        }

        if (port == 0 || address.IsLoopback || address.IsUnspecified)
        {
            return;
        }

        string? name = egress && _names.TryGetName(subject.Container, address, out string? found) && found.Length > 0
            ? found.TrimEnd('.').ToLowerInvariant() + "." : null;
        if (_peers is not null && _peers.MayBeToldLater(address, timeNs)
            && profile.Unnamed.TryNote(new UnnamedPeer(address, port, protocol, egress), timeNs, name))
        {
            // Of which peer it is news is not known yet; that there is some must not be lost.
            profile.IsUnsaved |= profile.IsLearning;
            return;
        }

        TakeEndpoint(profile, egress, address, port, protocol, name);
    }

    // Whoever enforces a policy sees either the service's address or those behind it.
    private void TakeBehind(LearnedProfile profile, bool egress, NetAddress address, ushort port, TransportProtocol protocol, ulong timeNs)
    {
        if (!egress || _peers is null)
        {
            return;
        }

        IReadOnlyList<PeerAddress> behind = _peers.AddressesBehind(address, port, protocol, timeNs);
        for (int i = 0; i < behind.Count; i++)
        {
            if (!HoldsEndpoint(profile, true, behind[i].Address, behind[i].Port, protocol))
            {
                TakeEndpoint(profile, true, behind[i].Address, behind[i].Port, protocol, null);
            }
        }
    }

    /// <summary>Learns peers that were told of meanwhile by who they were when they were met, and by their address those that nobody tells of.</summary>
    /// <param name="all">True: nothing that is told later counts any more.</param>
    private void NamePeers(LearnedProfile profile, bool all)
    {
        if (profile.Unnamed.Count > 0)
        {
            profile.Unnamed.Settle((peer, meeting) => IsSettled(profile, peer, meeting, all));
            profile.IsUnsaved |= profile.IsLearning && profile.Unnamed.Count > 0;
        }
    }

    private bool IsSettled(LearnedProfile profile, in UnnamedPeer peer, in Meeting meeting, bool all)
    {
        bool first = TryFindPods(peer.Egress, peer.Address, peer.Port, peer.Protocol, meeting.FirstNs, out LearnedPeer then);
        bool last = TryFindPods(peer.Egress, peer.Address, peer.Port, peer.Protocol, meeting.LastNs, out LearnedPeer later);
        if (!(first && last) && !all && _nowNs < meeting.FirstNs + Ns(_options.PeerPatience))
        {
            return false;
        }

        if (first)
        {
            TakePeer(profile, then);
        }

        if (last)
        {
            TakePeer(profile, later);
        }

        // Who it was for a part of the time says nothing of the rest.
        if (!(first && last))
        {
            TakeEndpoint(profile, peer.Egress, peer.Address, peer.Port, peer.Protocol, meeting.Name);
            TakeBehind(profile, peer.Egress, peer.Address, peer.Port, peer.Protocol, meeting.LastNs);
        }

        return true;
    }

    /// <param name="port">The port called: the peer's on egress, ours on ingress.</param>
    private bool TryFindPods(bool egress, NetAddress address, ushort port, TransportProtocol protocol, ulong timeNs, out LearnedPeer peer)
    {
        if (_peers is not null && _peers.TryFind(address, egress ? port : (ushort)0, protocol, timeNs, out PeerSelector? pods, out ushort target))
        {
            peer = new LearnedPeer(pods, egress && target != 0 ? target : port, protocol, egress);
            return true;
        }

        peer = default;
        return false;
    }
}
