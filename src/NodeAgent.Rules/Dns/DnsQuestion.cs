// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;

namespace NodeAgent.Rules.Dns;

/// <summary>Reads the name that a DNS query asks for, without allocating. The message is hostile.</summary>
/// <remarks>Source: RFC 1035 sections 4.1.1, 4.1.2 and 5.1; RFC 4343 for the lower case.</remarks>
internal static class DnsQuestion
{
    /// <summary>Each of the at most 255 bytes of a name may become <c>\DDD</c>.</summary>
    public const int MaxNameLength = 255 * 4;

    private const int HeaderSize = 12;
    private const int MaxWireNameLength = 255;
    private const int MaxLabelLength = 63;
    private const byte ResponseBit = 0x80;

    /// <param name="message">Shape: from the DNS header on.</param>
    /// <param name="name">Room for the name: <see cref="MaxNameLength"/> bytes.</param>
    /// <param name="length">Bytes of the name; it ends with a dot and is in lower case.</param>
    /// <returns>False for an answer, for a message without a question and for one that is malformed.</returns>
    public static bool TryRead(ReadOnlySpan<byte> message, Span<byte> name, out int length)
    {
        length = 0;
        if (message.Length < HeaderSize + 1
            || (message[2] & ResponseBit) != 0
            || BinaryPrimitives.ReadUInt16BigEndian(message[4..]) == 0)
        {
            return false;
        }

        int at = HeaderSize;
        while (at < message.Length && at - HeaderSize < MaxWireNameLength)
        {
            int labelLength = message[at++];
            if (labelLength == 0)
            {
                if (length == 0)
                {
                    name[length++] = (byte)'.';
                }

                return true;
            }

            // A question's name is the first of its message, so a compression pointer has nothing to point to.
            if (labelLength > MaxLabelLength || at + labelLength > message.Length
                || at + labelLength - HeaderSize > MaxWireNameLength)
            {
                return false;
            }

            length += WriteLabel(message.Slice(at, labelLength), name[length..]);
            at += labelLength;
        }

        return false;
    }

    private static int WriteLabel(ReadOnlySpan<byte> label, Span<byte> output)
    {
        int written = 0;
        foreach (byte value in label)
        {
            if (value is (byte)'.' or (byte)'\\')
            {
                output[written++] = (byte)'\\';
                output[written++] = value;
            }
            else if (value is > 0x20 and < 0x7f)
            {
                output[written++] = value is >= (byte)'A' and <= (byte)'Z' ? (byte)(value | 0x20) : value;
            }
            else
            {
                output[written++] = (byte)'\\';
                output[written++] = (byte)('0' + (value / 100));
                output[written++] = (byte)('0' + (value / 10 % 10));
                output[written++] = (byte)('0' + (value % 10));
            }
        }

        output[written++] = (byte)'.';
        return written;
    }
}
