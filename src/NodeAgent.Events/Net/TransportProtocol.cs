// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Events.Net;

/// <summary>The protocols with ports that profiles tell apart. Source: IPPROTO_* of the kernel.</summary>
public enum TransportProtocol : byte
{
    Tcp = 6,
    Udp = 17,
    Sctp = 132,
}
