// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace NodeAgent.NetworkPolicy;

/// <summary>An address block with its host bits cleared; a single address is a block of its full length.</summary>
internal readonly record struct CidrBlock(UInt128 Network, int PrefixLength, bool IsV6) : IComparable<CidrBlock>
{
    public static readonly CidrBlock AllV4 = new(0, 0, false);
    public static readonly CidrBlock AllV6 = new(0, 0, true);

    private static readonly CidrBlock[] Private =
    [
        .. new[] { "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "169.254.0.0/16", "127.0.0.0/8", "fc00::/7", "fe80::/10", "::1/128" }
            .Select(text => TryParse(text, out CidrBlock block) ? block : throw new FormatException(text)),
    ];

    private int Width => IsV6 ? 128 : 32;

    public bool IsSingleAddress => PrefixLength == Width;

    /// <param name="text">Shape: an address or a block, v4 or v6; a v4-mapped v6 address is the v4 one.</param>
    /// <returns>False for everything else, such as <c>1.2.3</c> (which inet_aton takes), a zone or a prefix that is too long.</returns>
    public static bool TryParse(string? text, out CidrBlock block)
    {
        block = default;
        if (string.IsNullOrEmpty(text) || text.Contains('%', StringComparison.Ordinal))
        {
            return false;
        }

        int slash = text.IndexOf('/', StringComparison.Ordinal);
        string addressText = slash < 0 ? text : text[..slash];
        if (!IPAddress.TryParse(addressText, out IPAddress? address))
        {
            return false;
        }

        bool isV6 = address.AddressFamily == AddressFamily.InterNetworkV6;
        if (!isV6 && address.ToString() != addressText)
        {
            return false;
        }

        if (slash < 0)
        {
            block = Of(address);
            return true;
        }

        int width = isV6 ? 128 : 32;
        if (!int.TryParse(text.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int prefix) || prefix > width)
        {
            return false;
        }

        block = new CidrBlock(Value(address) & Mask(prefix, width), prefix, isV6);
        return true;
    }

    /// <summary>A v4-mapped v6 address is the v4 one.</summary>
    public static CidrBlock Of(IPAddress address)
    {
        IPAddress plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        bool isV6 = plain.AddressFamily == AddressFamily.InterNetworkV6;
        return new CidrBlock(Value(plain), isV6 ? 128 : 32, isV6);
    }

    public bool Contains(CidrBlock other) =>
        IsV6 == other.IsV6 && other.PrefixLength >= PrefixLength && (other.Network & Mask(PrefixLength, Width)) == Network;

    /// <summary>All of it is not routed on the internet: RFC 1918, RFC 6598, RFC 3927, RFC 4193, loopback and link-local.</summary>
    public bool IsPrivate
    {
        get
        {
            foreach (CidrBlock block in Private)
            {
                if (block.Contains(this))
                {
                    return true;
                }
            }

            return false;
        }
    }

    /// <param name="prefixLength">Not longer than its own.</param>
    public CidrBlock Widened(int prefixLength) => new(Network & Mask(prefixLength, Width), prefixLength, IsV6);

    public int CompareTo(CidrBlock other) => string.CompareOrdinal(ToString(), other.ToString());

    /// <returns>Shape: <c>10.0.0.0/8</c>, <c>2001:db8::/32</c> (RFC 5952).</returns>
    public override string ToString()
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, Network);
        return $"{new IPAddress(IsV6 ? bytes : bytes[12..])}/{PrefixLength}";
    }

    private static UInt128 Value(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out int length);
        return length == 16 ? BinaryPrimitives.ReadUInt128BigEndian(bytes) : BinaryPrimitives.ReadUInt32BigEndian(bytes);
    }

    private static UInt128 Mask(int prefix, int width) =>
        prefix == 0 ? UInt128.Zero : (UInt128.MaxValue << (width - prefix)) & (width == 32 ? uint.MaxValue : UInt128.MaxValue);
}
