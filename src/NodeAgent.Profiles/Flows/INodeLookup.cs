// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Events.Net;

namespace NodeAgent.Profiles.Flows;

/// <summary>Which addresses are those of nodes; the agent adapts what it knows to it.</summary>
public interface INodeLookup
{
    /// <summary>Called in the background.</summary>
    /// <param name="timeNs">Units: boot ns of the flow.</param>
    /// <returns><see cref="FlowPeerKind.OwnNode"/>, <see cref="FlowPeerKind.Node"/>, or <see cref="FlowPeerKind.Address"/> for what is none.</returns>
    FlowPeerKind Find(NetAddress address, ulong timeNs);
}
