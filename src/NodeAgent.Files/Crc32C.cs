// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using System.Numerics;

namespace NodeAgent.Files;

/// <summary>The checksum of frames and of small files.</summary>
public static class Crc32C
{
    /// <returns>Shape: CRC-32C as iSCSI has it (initial value and result inverted).</returns>
    public static uint Of(ReadOnlySpan<byte> bytes)
    {
        uint sum = ~0u;
        while (bytes.Length >= sizeof(ulong))
        {
            sum = BitOperations.Crc32C(sum, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
            bytes = bytes[sizeof(ulong)..];
        }

        foreach (byte one in bytes)
        {
            sum = BitOperations.Crc32C(sum, one);
        }

        return ~sum;
    }
}
