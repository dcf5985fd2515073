// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Api.Alerts;
using NodeAgent.Events.Net;

namespace NodeAgent.Rules.Alerts;

/// <summary>Names the other end of a connection; asked for each alert that has one, on the event loop's thread.</summary>
public interface IPeerNames
{
    /// <param name="port">The port that it was called at.</param>
    /// <param name="timeNs">Units: boot ns of the event.</param>
    /// <returns>Null: nothing is known of it.</returns>
    AlertPeer? Find(NetAddress address, ushort port, TransportProtocol protocol, ulong timeNs);

    /// <summary>Whether it may yet be told whose the address was then: whoever has it may be told of later than it begins to talk.</summary>
    /// <param name="timeNs">Units: boot ns of the event.</param>
    bool MayBeToldLater(NetAddress address, ulong timeNs) => false;

    /// <summary>Whether the cluster's API server was asked at the address then.</summary>
    /// <param name="timeNs">Units: boot ns of the event.</param>
    bool IsApiServer(NetAddress address, ulong timeNs) => false;
}
