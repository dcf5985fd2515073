// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Text;
using NodeAgent.Events.Net;

namespace NodeAgent.Rules.Expressions;

/// <summary>Addresses as UTF-8 without allocation. Source: RFC 5952 for IPv6.</summary>
internal static class AddressText
{
    /// <summary>Units: bytes of the longest text.</summary>
    public const int MaxLength = 39;

    private const int Groups = 8;

    /// <returns>Units: bytes that were written.</returns>
    public static int Write(NetAddress address, Span<byte> to) => address.IsV6 ? WriteV6(address.Value, to) : WriteV4((uint)address.Value, to);

    private static int WriteV4(uint value, Span<byte> to)
    {
        int at = 0;
        for (int shift = 24; shift >= 0; shift -= 8)
        {
            _ = Utf8Formatter.TryFormat((byte)(value >> shift), to[at..], out int written);
            at += written;
            if (shift > 0)
            {
                to[at++] = (byte)'.';
            }
        }

        return at;
    }

    private static int WriteV6(UInt128 value, Span<byte> to)
    {
        (int zerosFrom, int zeros) = LongestZeros(value);
        int at = 0;
        for (int group = 0; group < Groups; group++)
        {
            if (group == zerosFrom && zeros > 1)
            {
                to[at++] = (byte)':';
                group += zeros - 1;
                if (group == Groups - 1)
                {
                    to[at++] = (byte)':';
                }

                continue;
            }

            if (group > 0)
            {
                to[at++] = (byte)':';
            }

            _ = Utf8Formatter.TryFormat(GroupOf(value, group), to[at..], out int written, 'x');
            at += written;
        }

        return at;
    }

    private static ushort GroupOf(UInt128 value, int group) => (ushort)(value >> ((Groups - 1 - group) * 16));

    // The first of the longest rows.
    private static (int From, int Length) LongestZeros(UInt128 value)
    {
        (int bestFrom, int best) = (-1, 0);
        for (int from = 0; from < Groups; from++)
        {
            int length = 0;
            while (from + length < Groups && GroupOf(value, from + length) == 0)
            {
                length++;
            }

            (bestFrom, best) = length > best ? (from, length) : (bestFrom, best);
            from += length;
        }

        return (bestFrom, best);
    }
}
