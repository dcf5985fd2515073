// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;

namespace NodeAgent.Files;

/// <summary>A piece of an append-only file that tells whether it is whole.</summary>
/// <remarks>Shape: four bytes that name the kind, length of the payload (i32), CRC-32C of the payload (u32), payload; little-endian.</remarks>
public static class Frame
{
    public const int HeaderSize = 12;
    private const int MagicSize = 4;

    /// <param name="header">Room for <see cref="HeaderSize"/> bytes.</param>
    /// <param name="magic">Four bytes.</param>
    public static void WriteHeader(Span<byte> header, ReadOnlySpan<byte> magic, ReadOnlySpan<byte> payload)
    {
        magic[..MagicSize].CopyTo(header);
        BinaryPrimitives.WriteInt32LittleEndian(header[4..], payload.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(header[8..], Crc32C.Of(payload));
    }

    /// <summary>Looks at the frame that begins here.</summary>
    /// <param name="isSound">Whether the payload is what was written.</param>
    /// <returns>False: none is whole from here on.</returns>
    public static bool TryFind(ReadOnlySpan<byte> rest, ReadOnlySpan<byte> magic, int maxPayload, out ReadOnlySpan<byte> payload, out bool isSound)
    {
        payload = default;
        isSound = false;
        if (!TryReadLength(rest, magic, maxPayload, out int length) || rest.Length - HeaderSize < length)
        {
            return false;
        }

        payload = rest.Slice(HeaderSize, length);
        isSound = IsSound(rest, payload);
        return true;
    }

    /// <summary>The same for who reads header and payload one after the other.</summary>
    public static bool TryReadLength(ReadOnlySpan<byte> header, ReadOnlySpan<byte> magic, int maxPayload, out int length)
    {
        length = header.Length >= HeaderSize && header.StartsWith(magic) ? BinaryPrimitives.ReadInt32LittleEndian(header[4..]) : -1;
        return length >= 0 && length <= maxPayload;
    }

    public static bool IsSound(ReadOnlySpan<byte> header, ReadOnlySpan<byte> payload) =>
        BinaryPrimitives.ReadUInt32LittleEndian(header[8..]) == Crc32C.Of(payload);
}
