// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;

namespace NodeAgent.HostScan.Sensors.Linux.Platform.Rpm;

/// <summary>Packages in rpm's own format, that of SUSE. Source: rpm's lib/backend/ndb/rpmpkg.c: a header of two slots, then slots of 16 bytes in the first pages.</summary>
internal static class NdbSlots
{
    private const int PageBytes = 4096;
    private const int SlotBytes = 16;
    private const int HeaderSlots = 2;
    private const uint MaxSlotPages = 4096;
    private const uint FileMagic = 0x506D7052;
    private const uint SlotMagic = 0x746F6C53;

    public static int Count(PagedFile file)
    {
        Span<byte> page = stackalloc byte[PageBytes];
        file.Read(0, page);
        uint pages = Word(page, 12);
        if (Word(page, 0) != FileMagic || pages is 0 or > MaxSlotPages)
        {
            throw new FormatException("is no database of rpm");
        }

        int count = 0;
        for (uint number = 0; number < pages; number++)
        {
            file.Read((long)number * PageBytes, page);
            for (int slot = number == 0 ? HeaderSlots : 0; slot < PageBytes / SlotBytes; slot++)
            {
                ReadOnlySpan<byte> one = page[(slot * SlotBytes)..];

                // A free one has no block.
                count += Word(one, 0) == SlotMagic && Word(one, 4) != 0 && Word(one, 8) != 0 ? 1 : 0;
            }
        }

        return count;
    }

    private static uint Word(ReadOnlySpan<byte> bytes, int offset) => BinaryPrimitives.ReadUInt32LittleEndian(bytes[offset..]);
}
