// SPDX-License-Identifier: Apache-2.0
using System.Text;

namespace NodeAgent.Events.Dns;

/// <summary>A name inside a message, as a view: valid while the message is.</summary>
/// <remarks>
/// Only <see cref="TryRead"/> makes one, and it walks the name to its end first, so walking it again neither fails nor loops.
/// Text shape: lower case, each label followed by a dot (<c>example.com.</c>, the root is <c>.</c>); a dot or backslash inside a
/// label becomes <c>\.</c> or <c>\\</c>, bytes outside 0x21-0x7E become <c>\DDD</c> (RFC 4343 2.1).
/// </remarks>
public readonly ref struct DnsName
{
    /// <summary>Units: bytes of text; 255 on the wire hold at most 250 bytes of labels, of up to 4 characters each, and their dots.</summary>
    public const int MaxTextLength = 1024;

    private const int MaxWireLength = 255;
    private const int PointerBits = 0xc0;

    // A name has at most 127 labels and a sane compressor writes a label between two pointers.
    private const int MaxPointers = 127;

    private readonly ReadOnlySpan<byte> _message;
    private readonly int _offset;

    private DnsName(ReadOnlySpan<byte> message, int offset)
    {
        _message = message;
        _offset = offset;
    }

    /// <summary>True for the root, and for a default value.</summary>
    public bool IsRoot => _message.IsEmpty || _message[LabelAt(_offset)] == 0;

    /// <param name="message">The whole message, since names point backwards in it.</param>
    /// <param name="offset">Where the name begins.</param>
    /// <param name="name">The name, when the result is Ok.</param>
    /// <param name="end">Offset of the byte after the name where it stands (not where a pointer leads).</param>
    internal static DnsReadResult TryRead(ReadOnlySpan<byte> message, int offset, out DnsName name, out int end)
    {
        name = default;
        end = -1;
        int at = offset;
        int segment = offset;
        int wireLength = 1;
        int pointers = 0;
        while ((uint)at < (uint)message.Length)
        {
            int length = message[at];
            switch (length & PointerBits)
            {
                case 0 when length == 0:
                    end = end < 0 ? at + 1 : end;
                    name = new DnsName(message, offset);
                    return DnsReadResult.Ok;
                case 0:
                    wireLength += length + 1;
                    if (wireLength > MaxWireLength)
                    {
                        return DnsReadResult.NameTooLong;
                    }

                    at += length + 1;
                    break;
                case PointerBits:
                    if (at + 1 >= message.Length)
                    {
                        return DnsReadResult.Truncated;
                    }

                    end = end < 0 ? at + 2 : end;
                    int target = Target(message, at);

                    // Before the segment that is being read, not only before the pointer: so no byte is read twice.
                    if (target >= segment || ++pointers > MaxPointers)
                    {
                        return DnsReadResult.BadPointer;
                    }

                    at = segment = target;
                    break;
                default:
                    return DnsReadResult.BadLabel;
            }
        }

        return DnsReadResult.Truncated;
    }

    /// <summary>Writes the text as ASCII bytes.</summary>
    /// <param name="destination">Where to; <see cref="MaxTextLength"/> bytes always suffice.</param>
    /// <param name="written">Units: bytes; 0 when the destination is too short.</param>
    public bool TryFormat(Span<byte> destination, out int written)
    {
        written = 0;
        if (IsRoot)
        {
            return Append(destination, ref written, (byte)'.');
        }

        int length;
        for (int at = LabelAt(_offset); (length = _message[at]) != 0; at = LabelAt(at + 1 + length))
        {
            foreach (byte value in _message.Slice(at + 1, length))
            {
                if (!AppendEscaped(destination, ref written, value))
                {
                    written = 0;
                    return false;
                }
            }

            if (!Append(destination, ref written, (byte)'.'))
            {
                written = 0;
                return false;
            }
        }

        return true;
    }

    /// <summary>Equality of names, ASCII case ignored (RFC 4343 3).</summary>
    public bool SameAs(DnsName other)
    {
        if (IsRoot || other.IsRoot)
        {
            return IsRoot && other.IsRoot;
        }

        int left = LabelAt(_offset);
        int right = other.LabelAt(other._offset);
        while (true)
        {
            int length = _message[left];
            if (length != other._message[right])
            {
                return false;
            }

            if (length == 0)
            {
                return true;
            }

            if (!EqualIgnoringCase(_message.Slice(left + 1, length), other._message.Slice(right + 1, length)))
            {
                return false;
            }

            left = LabelAt(left + 1 + length);
            right = other.LabelAt(right + 1 + length);
        }
    }

    public override string ToString()
    {
        Span<byte> text = stackalloc byte[MaxTextLength];
        TryFormat(text, out int written);
        return Encoding.ASCII.GetString(text[..written]);
    }

    private static int Target(ReadOnlySpan<byte> message, int at) => (message[at] & ~PointerBits) << 8 | message[at + 1];

    /// <summary>Follows pointers to the next length byte.</summary>
    private int LabelAt(int at)
    {
        while ((_message[at] & PointerBits) == PointerBits)
        {
            at = Target(_message, at);
        }

        return at;
    }

    private static byte Lower(byte value) => value is >= (byte)'A' and <= (byte)'Z' ? (byte)(value | 0x20) : value;

    private static bool EqualIgnoringCase(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        for (int i = 0; i < left.Length; i++)
        {
            if (Lower(left[i]) != Lower(right[i]))
            {
                return false;
            }
        }

        return true;
    }

    private static bool AppendEscaped(Span<byte> destination, ref int written, byte value) => value switch
    {
        (byte)'.' or (byte)'\\' => Append(destination, ref written, (byte)'\\') && Append(destination, ref written, value),
        >= 0x21 and <= 0x7e => Append(destination, ref written, Lower(value)),
        _ => Append(destination, ref written, (byte)'\\')
            && Append(destination, ref written, (byte)('0' + value / 100))
            && Append(destination, ref written, (byte)('0' + value / 10 % 10))
            && Append(destination, ref written, (byte)('0' + value % 10)),
    };

    private static bool Append(Span<byte> destination, ref int written, byte value)
    {
        if (written >= destination.Length)
        {
            return false;
        }

        destination[written++] = value;
        return true;
    }
}
