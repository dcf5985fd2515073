// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.CodeAnalysis;
using NodeAgent.Events.Net;

namespace NodeAgent.Profiles.Learning;

public readonly record struct PeerAddress(NetAddress Address, ushort Port);

/// <summary>Which pods are behind an address; the agent adapts what it knows of the cluster to it.</summary>
public interface IPeerLookup
{
    /// <summary>Called on the event loop's thread for each event of a connection: no waiting, and no allocation for a peer that was met before.</summary>
    /// <param name="port">The port that the peer was called at; 0 when it called us.</param>
    /// <param name="timeNs">Units: boot ns of the event.</param>
    /// <param name="targetPort">Where the pods behind a service listen; 0 = not known, or no service.</param>
    /// <returns>False: no pods, or it is not known which; the address itself is what can be learned.</returns>
    bool TryFind(NetAddress address, ushort port, TransportProtocol protocol, ulong timeNs, [NotNullWhen(true)] out PeerSelector? peer, out ushort targetPort);

    /// <summary>Where a service sends to that selects no pods, such as the API server's: who enforces a policy behind the translation sees these. As <see cref="TryFind"/>.</summary>
    /// <returns>Empty = it is no such service, or nobody knows.</returns>
    IReadOnlyList<PeerAddress> AddressesBehind(NetAddress address, ushort port, TransportProtocol protocol, ulong timeNs) => [];

    /// <summary>Whether it may yet be told whose the address was then: whoever has it may be told of later than it begins to talk.</summary>
    /// <param name="timeNs">Units: boot ns of the event.</param>
    bool MayBeToldLater(NetAddress address, ulong timeNs);
}
