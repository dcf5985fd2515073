// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;

namespace NodeAgent.Events.Dns;

// What the data of the rarer types holds.
public readonly ref partial struct DnsResourceRecord
{
    private const int AuthorityNumbersSize = 20;

    /// <summary>The zone that a SOA record describes: negative answers carry one.</summary>
    /// <param name="primary">The zone's first name server.</param>
    /// <param name="mailbox">Who is responsible, as a name.</param>
    /// <param name="serial">The zone's version.</param>
    /// <returns>False for other types, and when the parts do not fill the data exactly. Source: RFC 1035 3.3.13.</returns>
    public bool TryGetAuthority(out DnsName primary, out DnsName mailbox, out uint serial)
    {
        mailbox = default;
        serial = 0;
        primary = default;
        int end = _dataOffset + _dataLength;
        if (Type != DnsType.Soa
            || DnsName.TryRead(_message, _dataOffset, out primary, out int at) != DnsReadResult.Ok
            || at > end
            || DnsName.TryRead(_message, at, out mailbox, out at) != DnsReadResult.Ok
            || at + AuthorityNumbersSize != end)
        {
            return false;
        }

        serial = BinaryPrimitives.ReadUInt32BigEndian(_message[at..]);
        return true;
    }

    /// <summary>An HTTPS or SVCB record: where a service is, and how it is spoken to.</summary>
    /// <param name="priority">0: target is an alias.</param>
    /// <param name="target">The root stands for the owner's own name.</param>
    /// <param name="parameters">Shape: key, length and value, repeated; hostile. Key 1 is ALPN, 4 and 6 are addresses.</param>
    /// <returns>False for other types and when the name leads out of the data. Source: RFC 9460 2.2.</returns>
    public bool TryGetServiceBinding(out ushort priority, out DnsName target, out ReadOnlySpan<byte> parameters)
    {
        priority = 0;
        target = default;
        parameters = default;
        int end = _dataOffset + _dataLength;
        if (Type is not (DnsType.Https or DnsType.Svcb)
            || _dataLength < 3
            || DnsName.TryRead(_message, _dataOffset + 2, out target, out int at) != DnsReadResult.Ok
            || at > end)
        {
            return false;
        }

        priority = BinaryPrimitives.ReadUInt16BigEndian(Data);
        parameters = _message[at..end];
        return true;
    }

    /// <returns>False when this is no MX record or too short for one.</returns>
    public bool TryGetPreference(out ushort preference)
    {
        bool ok = Type == DnsType.Mx && _dataLength > 2;
        preference = ok ? BinaryPrimitives.ReadUInt16BigEndian(Data) : (ushort)0;
        return ok;
    }

    /// <summary>The OPT record: what the sender can take, and the upper bits of the response code. Source: RFC 6891 6.1.</summary>
    public bool TryGetExtension(out DnsExtension extension)
    {
        extension = new DnsExtension(Class, (byte)(_rawTtl >> 24), (byte)(_rawTtl >> 16), (_rawTtl & 0x8000) != 0);
        return Type == DnsType.Opt && Section == DnsSection.Additional && Name.IsRoot;
    }
}

/// <summary>EDNS: what an OPT record says.</summary>
/// <param name="UdpSizeBytes">The longest datagram that the sender takes.</param>
/// <param name="ExtendedResponseCode">The upper 8 bits above the header's 4.</param>
/// <param name="Version">0 so far.</param>
/// <param name="WantsSignatures">The DO bit.</param>
public readonly record struct DnsExtension(ushort UdpSizeBytes, byte ExtendedResponseCode, byte Version, bool WantsSignatures);
