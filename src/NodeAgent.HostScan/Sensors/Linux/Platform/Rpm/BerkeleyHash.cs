// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;

namespace NodeAgent.HostScan.Sensors.Linux.Platform.Rpm;

/// <summary>Packages in a hash of Berkeley DB, that of older systems. Source: Berkeley DB's dbinc/db_page.h. Of each page only the head is read.</summary>
internal static class BerkeleyHash
{
    private const uint Magic = 0x00061561;
    private const int MetaBytes = 72;
    private const int HeadBytes = 26;
    private const byte UnsortedHashPage = 2;
    private const byte HashPage = 13;

    public static int Count(PagedFile file)
    {
        Span<byte> meta = stackalloc byte[MetaBytes];
        file.Read(0, meta);
        bool isSwapped = Word(meta, 12, false) != Magic;
        uint pageBytes = Word(meta, 20, isSwapped);
        if (Word(meta, 12, isSwapped) != Magic || pageBytes is < 512 or > 65_536)
        {
            throw new FormatException("is no database of rpm");
        }

        long entries = 0;
        Span<byte> head = stackalloc byte[HeadBytes];
        long last = Math.Min(Word(meta, 32, isSwapped), file.SizeBytes / pageBytes - 1);
        for (long page = 1; page <= last; page++)
        {
            file.Read(page * pageBytes, head);
            entries += head[25] is UnsortedHashPage or HashPage ? isSwapped ? BinaryPrimitives.ReverseEndianness(BitConverter.ToUInt16(head[20..])) : BitConverter.ToUInt16(head[20..]) : 0;
        }

        // Keys and values alternate, and the key 0 holds rpm's own counter.
        return (int)Math.Max((entries / 2) - 1, 0);
    }

    private static uint Word(ReadOnlySpan<byte> bytes, int offset, bool isSwapped)
    {
        uint word = BitConverter.ToUInt32(bytes[offset..]);
        return isSwapped ? BinaryPrimitives.ReverseEndianness(word) : word;
    }
}
