// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Events.Identity;
using NodeAgent.Events.Net;

namespace NodeAgent.Profiles.Learning;

// Peers: pods by their labels where it is known which they are, all others by address.
public sealed partial class ProfileLearner
{
    private bool IsKnown(LearnedProfile profile, bool egress, NetAddress address, ushort port, TransportProtocol protocol, ulong timeNs) =>
        TryFindPods(egress, address, port, protocol, timeNs, out LearnedPeer peer)
            ? profile.Behavior.Peers.Contains(peer)
            : profile.Behavior.Endpoints.Contains(egress, address, port, protocol);

    private void LearnPeer(
        LearnedProfile profile, EventSubject subject, bool egress, NetAddress address, ushort port, TransportProtocol protocol, ulong timeNs)
    {
        // First who has the address now: that it was met before says nothing where addresses are given to others.
        if (port != 0 && TryFindPods(egress, address, port, protocol, timeNs, out LearnedPeer peer))
        {
            Learned(profile, profile.Behavior.Peers.Add(peer));
            return;
        }

        if (profile.Behavior.Endpoints.Contains(egress, address, port, protocol))
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
        Learned(profile, profile.Behavior.Endpoints.Add(egress, address, port, protocol, name));
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
