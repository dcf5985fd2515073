// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;

namespace NodeAgent.Profiles.Learning;

/// <summary>The asked name of a DNS message that answered it.</summary>
/// <remarks>Only the question is read, and a compressed name is refused: nothing stands before it that it could point to.</remarks>
internal static class DnsAnswerName
{
    /// <summary>Units: bytes; RFC 1035's limit of a name.</summary>
    public const int MaxLength = 255;

    private const int HeaderSize = 12;

    /// <param name="message">Shape: from the DNS header on; hostile.</param>
    /// <param name="buffer">At least <see cref="MaxLength"/> bytes.</param>
    /// <param name="length">Bytes of the name: lower-case, no trailing dot, only letters, digits, <c>-</c>, <c>_</c> and <c>.</c>.</param>
    /// <returns>True for a response without error that holds at least one answer to one question for a usable name.</returns>
    public static bool TryRead(ReadOnlySpan<byte> message, Span<byte> buffer, out int length)
    {
        length = 0;
        if (message.Length < HeaderSize)
        {
            return false;
        }

        ushort flags = BinaryPrimitives.ReadUInt16BigEndian(message[2..]);
        bool answered = (flags & 0x8000) != 0 && (flags & 0x000f) == 0 && (flags & 0x7800) == 0
            && BinaryPrimitives.ReadUInt16BigEndian(message[4..]) == 1
            && BinaryPrimitives.ReadUInt16BigEndian(message[6..]) > 0;
        return answered && TryReadName(message[HeaderSize..], buffer, out length);
    }

    private static bool TryReadName(ReadOnlySpan<byte> rest, Span<byte> buffer, out int length)
    {
        length = 0;
        while (!rest.IsEmpty)
        {
            int size = rest[0];
            if (size == 0)
            {
                return length > 0;
            }

            if (size > 63 || rest.Length <= size || length + size + 1 > MaxLength)
            {
                return false;
            }

            if (length > 0)
            {
                buffer[length++] = (byte)'.';
            }

            foreach (byte value in rest.Slice(1, size))
            {
                byte lower = value is >= (byte)'A' and <= (byte)'Z' ? (byte)(value | 0x20) : value;
                if (!(lower is (>= (byte)'a' and <= (byte)'z') or (>= (byte)'0' and <= (byte)'9') or (byte)'-' or (byte)'_'))
                {
                    return false; // also a literal '*' or '.', which would widen a profile
                }

                buffer[length++] = lower;
            }

            rest = rest[(size + 1)..];
        }

        return false;
    }
}
