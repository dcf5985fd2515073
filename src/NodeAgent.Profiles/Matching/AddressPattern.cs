// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using NodeAgent.Events.Net;

namespace NodeAgent.Profiles.Matching;

/// <summary>An address entry of a profile: an address, a CIDR block, or <c>*</c>.</summary>
public readonly record struct AddressPattern
{
    private const ulong MappedPrefix = 0xffff;
    private const int MappedLength = 96;

    private readonly NetAddress _network;
    private readonly int _prefixLength;
    private readonly bool _any;

    private AddressPattern(NetAddress network, int prefixLength, bool any) => (_network, _prefixLength, _any) = (network, prefixLength, any);

    /// <returns>False when the text is none of the three.</returns>
    public static bool TryParse(ReadOnlySpan<char> text, out AddressPattern pattern)
    {
        pattern = default;
        if (text is "*")
        {
            pattern = new AddressPattern(default, 0, true);
            return true;
        }

        int slash = text.IndexOf('/');
        if (!NetAddress.TryParse(slash < 0 ? text : text[..slash], out NetAddress network))
        {
            return false;
        }

        int width = network.IsV6 ? 128 : 32;
        int length = width;
        if (slash >= 0 && (!int.TryParse(text[(slash + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out length) || length > width))
        {
            return false;
        }

        // Peers come as IPv4 whichever socket was used, so a v4-mapped entry means its IPv4 address too.
        if (network.IsV6 && network.Value >> 32 == MappedPrefix && length >= MappedLength)
        {
            network = new NetAddress((uint)network.Value, false);
            length -= MappedLength;
        }

        pattern = new AddressPattern(network.Masked(length), length, false);
        return true;
    }

    public bool Matches(NetAddress address) => _any || (address.IsV6 == _network.IsV6 && address.Masked(_prefixLength) == _network);

    /// <summary>Whether it matches all that the other one matches.</summary>
    internal bool Covers(AddressPattern other) =>
        _any || (!other._any && other._prefixLength >= _prefixLength && Matches(other._network));

    internal bool IsSingle(out NetAddress address)
    {
        address = _network;
        return !_any && _prefixLength == (_network.IsV6 ? 128 : 32);
    }
}

internal static class NetAddressMask
{
    /// <returns>The address with its host bits cleared.</returns>
    public static NetAddress Masked(this NetAddress address, int prefixLength)
    {
        int host = (address.IsV6 ? 128 : 32) - prefixLength;
        return host >= 128 || (host == 32 && !address.IsV6) ? address with { Value = 0 } : address with { Value = address.Value >> host << host };
    }
}
