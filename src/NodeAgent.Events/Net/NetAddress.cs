// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using System.Net;
using NodeAgent.Events.Wire;

namespace NodeAgent.Events.Net;

/// <summary>An IPv4 or IPv6 address as a value: no allocation, usable as a key.</summary>
/// <remarks>Shape: the address's bytes in network order, read as one big-endian number (IPv4 in the low 32 bits).</remarks>
public readonly record struct NetAddress(UInt128 Value, bool IsV6) : IComparable<NetAddress>
{
    private const ushort FamilyV6 = 10;
    private const ulong MappedPrefix = 0xffff;
    private const int MaxV4TextLength = 15;

    public static NetAddress FromWire(ushort family, in Bytes16 bytes)
    {
        ReadOnlySpan<byte> span = bytes;
        if (family != FamilyV6)
        {
            return new NetAddress(BinaryPrimitives.ReadUInt32BigEndian(span), false);
        }

        // A v4-mapped address is its IPv4 address, so that one peer has one key whichever socket was used.
        UInt128 value = BinaryPrimitives.ReadUInt128BigEndian(span);
        return value >> 32 == MappedPrefix ? new NetAddress((uint)value, false) : new NetAddress(value, true);
    }

    /// <param name="bytes">Shape: 4 or 16 bytes in network order.</param>
    /// <param name="address">The address.</param>
    /// <returns>False for any other length.</returns>
    public static bool TryFromBytes(ReadOnlySpan<byte> bytes, out NetAddress address)
    {
        address = bytes.Length switch
        {
            4 => new NetAddress(BinaryPrimitives.ReadUInt32BigEndian(bytes), false),
            16 => new NetAddress(BinaryPrimitives.ReadUInt128BigEndian(bytes), true),
            _ => default,
        };
        return bytes.Length is 4 or 16;
    }

    /// <param name="text">Shape: a dotted quad without leading zeros, or RFC 4291 text; no brackets, port or zone.</param>
    /// <param name="address">The address.</param>
    /// <remarks>IPAddress alone also takes <c>1</c>, <c>0x7f.1</c>, <c>010.0.0.1</c> (octal) and <c>[::1]:80</c>.</remarks>
    public static bool TryParse(ReadOnlySpan<char> text, out NetAddress address)
    {
        address = default;
        bool plain = text.Contains(':') ? text.IndexOfAny('[', ']', '%') < 0 : IsDottedQuad(text);
        if (!plain || !IPAddress.TryParse(text, out IPAddress? parsed))
        {
            return false;
        }

        Span<byte> bytes = stackalloc byte[16];
        return parsed.TryWriteBytes(bytes, out int length) && TryFromBytes(bytes[..length], out address);
    }

    private static bool IsDottedQuad(ReadOnlySpan<char> text)
    {
        if (text.Length > MaxV4TextLength)
        {
            return false;
        }

        int parts = 0;
        foreach (Range range in text.Split('.'))
        {
            ReadOnlySpan<char> part = text[range];
            bool number = part.Length is >= 1 and <= 3 && !part.ContainsAnyExceptInRange('0', '9');
            if (!number || (part.Length > 1 && part[0] == '0'))
            {
                return false;
            }

            parts++;
        }

        return parts == 4;
    }

    /// <summary>127.0.0.0/8 or ::1.</summary>
    public bool IsLoopback => IsV6 ? Value == UInt128.One : (uint)Value >> 24 == 127;

    /// <summary>0.0.0.0 or ::.</summary>
    public bool IsUnspecified => Value == UInt128.Zero;

    /// <summary>RFC 1918, RFC 6598, RFC 3927 and RFC 4193 ranges, link-local, and loopback: not routed on the internet.</summary>
    public bool IsPrivate
    {
        get
        {
            if (IsV6)
            {
                int top = (int)(Value >> 112);
                return (top & 0xfe00) == 0xfc00 || (top & 0xffc0) == 0xfe80 || IsLoopback;
            }

            uint v4 = (uint)Value;
            return v4 >> 24 is 10 or 127
                || v4 >> 20 == 0xac1
                || v4 >> 16 is 0xc0a8 or 0xa9fe
                || v4 >> 22 == (100u << 24 | 64u << 16) >> 22;
        }
    }

    public IPAddress ToIPAddress()
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, Value);
        return new IPAddress(IsV6 ? bytes : bytes[12..]);
    }

    public int CompareTo(NetAddress other) =>
        IsV6 == other.IsV6 ? Value.CompareTo(other.Value) : IsV6.CompareTo(other.IsV6);

    public static bool operator <(NetAddress left, NetAddress right) => left.CompareTo(right) < 0;

    public static bool operator >(NetAddress left, NetAddress right) => left.CompareTo(right) > 0;

    public static bool operator <=(NetAddress left, NetAddress right) => left.CompareTo(right) <= 0;

    public static bool operator >=(NetAddress left, NetAddress right) => left.CompareTo(right) >= 0;

    /// <returns>The canonical text (RFC 5952 for IPv6).</returns>
    public override string ToString() => ToIPAddress().ToString();
}
