// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using NodeAgent.Events.Net;
using NodeAgent.Files;
using NodeAgent.Profiles.Learning;

namespace NodeAgent.Profiles.Flows;

/// <summary>The frames of a flow history.</summary>
/// <remarks>
/// Shape of the file: "NAFH", version (u16), 0 (u16), then frames (<see cref="Frame"/>) "FLOW".
/// Little-endian; numbers in a payload are LEB128. Each frame stands alone: texts, workloads and peers of its flows come before them. A flow
/// that stands in several frames is their sum, so what is new is appended and nothing is written over.
/// </remarks>
internal static class FlowFrames
{
    public const ushort Version = 1;
    public const int FileHeaderSize = 8;
    public const int FrameHeaderSize = Frame.HeaderSize;

    /// <summary>Flows of one frame, so that one damaged place costs no more than them.</summary>
    public const int FlowsPerFrame = 4096;

    private const int MaxPayload = 16 << 20;

    public static ReadOnlySpan<byte> FileMagic => "NAFH"u8;

    public static ReadOnlySpan<byte> FrameMagic => "FLOW"u8;

    public static byte[] FileHeader()
    {
        byte[] header = new byte[FileHeaderSize];
        FileMagic.CopyTo(header);
        BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(4), Version);
        return header;
    }

    /// <returns>Frames one after the other; none for no flows and no drops.</returns>
    public static IEnumerable<byte[]> Write(IEnumerable<KeyValuePair<FlowId, FlowTotal>> flows, FlowDrops drops)
    {
        FlowDrops rest = drops;
        foreach (KeyValuePair<FlowId, FlowTotal>[] part in flows.Chunk(FlowsPerFrame))
        {
            yield return new FlowFrameWriter().Write(part, rest);
            rest = default;
        }

        if (rest != default)
        {
            yield return new FlowFrameWriter().Write([], rest);
        }
    }

    /// <inheritdoc cref="Frame.TryFind"/>
    public static bool TryFind(ReadOnlySpan<byte> rest, out ReadOnlySpan<byte> payload, out bool isSound) =>
        Frame.TryFind(rest, FrameMagic, MaxPayload, out payload, out isSound);

    /// <summary>What else a flow carries.</summary>
    [Flags]
    internal enum FlowBits : byte
    {
        None = 0,
        Udp = 1,
        Sctp = 2,
        Egress = 4,
        HasName = 8,
        HasAddress = 16,
        AddressIsV6 = 32,
    }

    internal static FlowBits BitsOf(in FlowId id, in FlowTotal total)
    {
        FlowBits bits = id.Protocol switch { TransportProtocol.Udp => FlowBits.Udp, TransportProtocol.Sctp => FlowBits.Sctp, _ => FlowBits.None };
        bits |= id.Egress ? FlowBits.Egress : FlowBits.None;
        bits |= total.Name is null ? FlowBits.None : FlowBits.HasName;

        // Of an address the peer has it already.
        return id.Peer.Kind != FlowPeerKind.Pods || total.LastAddress.IsUnspecified ? bits
            : bits | FlowBits.HasAddress | (total.LastAddress.IsV6 ? FlowBits.AddressIsV6 : FlowBits.None);
    }
}
