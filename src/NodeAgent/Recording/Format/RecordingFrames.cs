// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using System.IO.Compression;
using NodeAgent.Files;

namespace NodeAgent.Recording.Format;

/// <summary>The frames of a recording: <see cref="Frame"/> with a payload that is compressed.</summary>
/// <remarks>
/// <para>Shape of a file (version 1): a frame <c>NREC</c> with the <see cref="RecordingHeader"/>, any number of frames <c>NBLK</c> with entries, a frame
/// <c>NEND</c> with the <see cref="RecordingEnd"/>; a file without the last was cut off. Payload of each: length when unpacked (u32), then Brotli (RFC 7932).
/// Header and end are JSON. An entry is its <see cref="EntryType"/> (u8), length (u32) and bytes; none is split between blocks.</para>
/// <para>All lengths are bounded, and what is unpacked may have no other length than is said before it: a file of any origin costs a block's memory.</para>
/// </remarks>
internal static class RecordingFrames
{
    /// <summary>Units: bytes of a block when unpacked.</summary>
    public const int MaxBlockBytes = 1 << 20;

    /// <summary>Units: bytes of an entry with its head.</summary>
    public const int MaxEntryBytes = MaxBlockBytes;

    /// <summary>Units: bytes of a frame's payload.</summary>
    public const int MaxPayloadBytes = MaxBlockBytes + (MaxBlockBytes / 4);

    public const int EntryHeadSize = 5;
    public const int LengthSize = 4;

    // A recording of a machine must keep up with it; one of a container, which fits into a block, is kept.
    private const int FastQuality = 4;
    private const int SmallQuality = 9;
    private const int SmallBytes = 64 << 10;
    private const int Window = 20;

    public static ReadOnlySpan<byte> HeaderMagic => "NREC"u8;

    public static ReadOnlySpan<byte> BlockMagic => "NBLK"u8;

    public static ReadOnlySpan<byte> EndMagic => "NEND"u8;

    /// <returns>The whole frame.</returns>
    public static byte[] Pack(ReadOnlySpan<byte> magic, ReadOnlySpan<byte> content)
    {
        byte[] frame = new byte[Frame.HeaderSize + LengthSize + BrotliEncoder.GetMaxCompressedLength(content.Length)];
        Span<byte> payload = frame.AsSpan(Frame.HeaderSize);
        BinaryPrimitives.WriteUInt32LittleEndian(payload, (uint)content.Length);
        if (!BrotliEncoder.TryCompress(content, payload[LengthSize..], out int written, content.Length <= SmallBytes ? SmallQuality : FastQuality, Window))
        {
            throw new InvalidOperationException("the longest that Brotli needs was not enough");
        }

        payload = payload[..(LengthSize + written)];
        Frame.WriteHeader(frame, magic, payload);
        return frame[..(Frame.HeaderSize + payload.Length)];
    }

    /// <param name="content">Room for <see cref="MaxBlockBytes"/>.</param>
    /// <returns>False: it is not what a recorder writes.</returns>
    public static bool TryUnpack(ReadOnlySpan<byte> payload, Span<byte> content, out int length)
    {
        length = 0;
        if (payload.Length < LengthSize)
        {
            return false;
        }

        uint said = BinaryPrimitives.ReadUInt32LittleEndian(payload);
        if (said > MaxBlockBytes)
        {
            return false;
        }

        length = (int)said;
        return BrotliDecoder.TryDecompress(payload[LengthSize..], content[..length], out int written) && written == length;
    }
}
