// SPDX-License-Identifier: Apache-2.0
using System.Buffers;
using System.IO.Compression;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Text.Json;
using NodeAgent.Storage.Json;

namespace NodeAgent.Storage.Sqlite;

/// <summary>All of a document that follows its metadata, as the file holds it: packed where that is worth it. No revision stands in it, so it is made before the write's turn.</summary>
/// <param name="Stored">Shape: Brotli when it is shorter than <paramref name="Length"/>, else the bytes themselves.</param>
/// <param name="Length">Units: bytes, unpacked.</param>
internal sealed record PackedBody(byte[] Stored, int Length)
{
    // A page's worth: what is smaller saves no page.
    private const int MinPackedLength = 4096;

    // The cheapest that still finds what profiles repeat, which is nearly all of them.
    private const int Quality = 1;

    /// <summary>CRC-32C of what is stored.</summary>
    public uint Sum { get; } = Crc(Stored);

    /// <param name="document">Shape: JSON; its metadata may lack the revision.</param>
    public static PackedBody Of(ReadOnlySpan<byte> document)
    {
        ReadOnlySpan<byte> rest = document[HeadLength(document)..];
        return (rest.Length >= MinPackedLength ? TryPack(rest) : null) ?? new PackedBody(rest.ToArray(), rest.Length);
    }

    /// <summary>Writes the bytes that were given to <see cref="Of"/>.</summary>
    /// <param name="into">Exactly as long as they are.</param>
    /// <returns>False: it is damaged.</returns>
    public static bool TryUnpack(ReadOnlySpan<byte> stored, Span<byte> into)
    {
        if (stored.Length == into.Length)
        {
            stored.CopyTo(into);
            return true;
        }

        return BrotliDecoder.TryDecompress(stored, into, out int written) && written == into.Length;
    }

    /// <summary>CRC-32C, which processors compute.</summary>
    public static uint Crc(ReadOnlySpan<byte> bytes)
    {
        uint crc = uint.MaxValue;
        foreach (ulong word in MemoryMarshal.Cast<byte, ulong>(bytes))
        {
            crc = BitOperations.Crc32C(crc, word);
        }

        foreach (byte one in bytes[(bytes.Length & ~7)..])
        {
            crc = BitOperations.Crc32C(crc, one);
        }

        return ~crc;
    }

    private static PackedBody? TryPack(ReadOnlySpan<byte> rest)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(rest.Length);
        try
        {
            // What a quarter is not saved of is not worth unpacking.
            Span<byte> room = buffer.AsSpan(0, rest.Length / 4 * 3);
            int window = Math.Clamp(BitOperations.Log2((uint)rest.Length) + 1, 10, 22);
            return BrotliEncoder.TryCompress(rest, room, out int written, Quality, window) ? new PackedBody(room[..written].ToArray(), rest.Length) : null;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    // Up to the end of the metadata; 0: it has none, and all of it is the rest.
    private static int HeadLength(ReadOnlySpan<byte> document)
    {
        try
        {
            return ObjectHeader.RangeOfMetadata(document).End.Value;
        }
        catch (JsonException)
        {
            return 0;
        }
    }
}
