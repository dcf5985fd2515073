// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Events.Net;

namespace NodeAgent.Enrichment.Peers;

/// <summary>Who had an address at a time. Fed by the agent's own watches, or by a service for the whole cluster.</summary>
public interface IPeerDirectory
{
    /// <summary>Any thread; no waiting, no allocation.</summary>
    /// <param name="port">The port that the peer was called at; 0 when it called us, since its own then says nothing.</param>
    /// <param name="timeNs">Units: boot ns of the event.</param>
    PeerMatch Find(NetAddress address, ushort port, TransportProtocol protocol, ulong timeNs);
}
