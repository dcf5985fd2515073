// SPDX-License-Identifier: Apache-2.0
using System.Net.NetworkInformation;
using NodeAgent.Enrichment.Peers;
using NodeAgent.Events.Net;
using NodeAgent.Profiles.Flows;

namespace NodeAgent.Pipeline;

/// <summary>Which addresses are nodes': of this machine by its interfaces, of all by what the cluster tells. For one thread.</summary>
/// <param name="directory">Null = there is no cluster to ask.</param>
internal sealed class NodeAddresses(IPeerDirectory? directory, TimeProvider time) : INodeLookup
{
    private static readonly TimeSpan Reread = TimeSpan.FromSeconds(30);

    private HashSet<NetAddress> _own = [];
    private long? _read;

    public FlowPeerKind Find(NetAddress address, ulong timeNs)
    {
        PeerKind kind = directory?.Find(address, 0, TransportProtocol.Tcp, timeNs).Kind ?? PeerKind.Unknown;
        return kind == PeerKind.Host || (kind is not PeerKind.Pod && Own().Contains(address)) ? FlowPeerKind.OwnNode
            : kind == PeerKind.Node ? FlowPeerKind.Node
            : FlowPeerKind.Address;
    }

    private HashSet<NetAddress> Own()
    {
        if (_read is not { } read || time.GetElapsedTime(read) >= Reread)
        {
            _read = time.GetTimestamp();
            try
            {
                _own = [.. NetworkInterface.GetAllNetworkInterfaces().SelectMany(one => one.GetIPProperties().UnicastAddresses)
                    .Where(own => NetAddress.TryFromBytes(own.Address.GetAddressBytes(), out _))
                    .Select(own => NetAddress.TryFromBytes(own.Address.GetAddressBytes(), out NetAddress address) ? address : default)];
            }
            catch (NetworkInformationException)
            {
                // Those that were read before are better than none.
            }
        }

        return _own;
    }
}
