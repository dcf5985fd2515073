// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using NodeAgent.Events.Net;

namespace NodeAgent.Events.Dns;

/// <summary>One question; a view into the message.</summary>
public readonly ref struct DnsQuestion(DnsName name, DnsType type, ushort recordClass)
{
    public DnsName Name { get; } = name;

    public DnsType Type { get; } = type;

    /// <summary>Shape: 1 = IN; the top bit is mDNS's.</summary>
    public ushort Class { get; } = recordClass;
}

/// <summary>One resource record; a view into the message. Its data is parsed on demand, so bad data spoils only this record.</summary>
public readonly ref partial struct DnsResourceRecord
{
    private readonly ReadOnlySpan<byte> _message;
    private readonly int _dataOffset;
    private readonly int _dataLength;
    private readonly uint _rawTtl;

    internal DnsResourceRecord(
        ReadOnlySpan<byte> message,
        DnsName name,
        DnsSection section,
        DnsType type,
        ushort recordClass,
        uint ttl,
        int dataOffset,
        int dataLength)
    {
        _message = message;
        Name = name;
        Section = section;
        Type = type;
        Class = recordClass;

        _rawTtl = ttl;
        _dataOffset = dataOffset;
        _dataLength = dataLength;
    }

    /// <summary>Whose record it is.</summary>
    public DnsName Name { get; }

    public DnsSection Section { get; }

    public DnsType Type { get; }

    /// <summary>Shape: 1 = IN; OPT records keep a buffer size here.</summary>
    public ushort Class { get; }

    /// <summary>RFC 2181 8: a TTL with the top bit set counts as zero.</summary>
    public uint TtlSeconds => _rawTtl > int.MaxValue ? 0 : _rawTtl;

    /// <summary>Shape: the record's data as it stands; names in it may be compressed. TXT: length-prefixed strings.</summary>
    public ReadOnlySpan<byte> Data => _message.Slice(_dataOffset, _dataLength);

    /// <returns>False when this is no A or AAAA record, or its data has the wrong length.</returns>
    public bool TryGetAddress(out NetAddress address)
    {
        address = default;
        int expected = Type switch { DnsType.A => 4, DnsType.Aaaa => 16, _ => -1 };
        return _dataLength == expected && NetAddress.TryFromBytes(Data, out address);
    }

    /// <summary>The name that a CNAME, NS, PTR, MX or SRV record points at.</summary>
    /// <returns>False for other types, and when the name does not fill the data exactly.</returns>
    public bool TryGetTarget(out DnsName target)
    {
        target = default;
        int prefix = Type switch
        {
            DnsType.Cname or DnsType.Ns or DnsType.Ptr => 0,
            DnsType.Mx => 2,
            DnsType.Srv => 6,
            _ => -1,
        };
        return prefix >= 0
            && _dataLength > prefix
            && DnsName.TryRead(_message, _dataOffset + prefix, out target, out int end) == DnsReadResult.Ok
            && end == _dataOffset + _dataLength;
    }

    /// <returns>False when this is no SRV record or too short for one.</returns>
    public bool TryGetService(out ushort priority, out ushort weight, out ushort port)
    {
        bool ok = Type == DnsType.Srv && _dataLength > 6;
        priority = ok ? BinaryPrimitives.ReadUInt16BigEndian(Data) : (ushort)0;
        weight = ok ? BinaryPrimitives.ReadUInt16BigEndian(Data[2..]) : (ushort)0;
        port = ok ? BinaryPrimitives.ReadUInt16BigEndian(Data[4..]) : (ushort)0;
        return ok;
    }

    /// <summary>The strings of a TXT record, one after the other.</summary>
    /// <param name="position">0 at first; moved on by each call.</param>
    /// <param name="text">Shape: any bytes.</param>
    /// <returns>False at the end, for other types, and at a length that leads out of the data.</returns>
    public bool TryReadText(ref int position, out ReadOnlySpan<byte> text)
    {
        text = default;
        if (Type != DnsType.Txt || (uint)position >= (uint)_dataLength)
        {
            return false;
        }

        int length = Data[position];
        if (position + 1 + length > _dataLength)
        {
            return false;
        }

        text = Data.Slice(position + 1, length);
        position += 1 + length;
        return true;
    }
}
