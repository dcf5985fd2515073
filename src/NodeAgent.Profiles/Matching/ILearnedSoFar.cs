// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Events.Net;
using NodeAgent.Profiles.Learning;

namespace NodeAgent.Profiles.Matching;

/// <summary>What a profile that still learns has seen, literally. Event loop's thread: each answer is that of the moment. No allocation on the common path.</summary>
public interface ILearnedSoFar
{
    /// <param name="path">Shape: raw bytes as the kernel gave them.</param>
    bool WasExecuted(ReadOnlySpan<byte> path);

    /// <param name="path">Shape: raw bytes as the kernel gave them.</param>
    bool WasOpened(ReadOnlySpan<byte> path);

    /// <param name="name">Shape: lower-case ASCII, with or without the final dot.</param>
    bool IsDomainInEgress(ReadOnlySpan<byte> name);

    /// <param name="port">The port that is called.</param>
    bool IsAddressInEgress(NetAddress address, ushort port, TransportProtocol protocol);

    /// <param name="number">Of this machine's table.</param>
    bool HasSyscall(int number);

    /// <param name="capability">Shape: its number.</param>
    bool HasCapability(int capability);

    /// <param name="port">Where the pods listen.</param>
    bool IsPeerInEgress(PeerSelector peer, ushort port, TransportProtocol protocol);
}
