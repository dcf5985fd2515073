// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Events.Identity;
using NodeAgent.Events.Net;

namespace NodeAgent.Profiles.Flows;

/// <summary>A flow as the event loop tells flows apart.</summary>
/// <param name="Port">That of the end that was called.</param>
internal readonly record struct LiveFlow(ulong CgroupId, NetAddress Address, ushort Port, TransportProtocol Protocol, bool Egress);

/// <summary>What became of one flow since the last batch.</summary>
/// <param name="FirstNs">Units: boot ns, as is the next.</param>
/// <param name="Name">That DNS gave the address; null = none.</param>
internal readonly record struct FlowNews(LiveFlow Flow, ContainerInfo Container, long Count, ulong FirstNs, ulong LastNs, string? Name);

/// <param name="NowNs">Units: boot ns.</param>
internal sealed record FlowBatch(FlowNews[] News, ulong NowNs);
