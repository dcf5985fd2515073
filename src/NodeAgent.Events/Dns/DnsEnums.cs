// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Events.Dns;

/// <summary>Outcome of one step of reading a message.</summary>
public enum DnsReadResult
{
    Ok,

    /// <summary>No more entries of that sort, as the header's counts say.</summary>
    End,

    /// <summary>The bytes end before the entry does, or before as many entries as the header promises.</summary>
    Truncated,

    /// <summary>A label of a reserved type (RFC 1035 4.1.4: top bits 01 or 10).</summary>
    BadLabel,

    /// <summary>A compression pointer that does not go backwards, or too many of them.</summary>
    BadPointer,

    /// <summary>A name of more than 255 bytes (RFC 1035 2.3.4).</summary>
    NameTooLong,
}

/// <summary>Source: RFC 1035 3.2.2 and IANA's list; other values occur.</summary>
public enum DnsType : ushort
{
    None = 0,
    A = 1,
    Ns = 2,
    Cname = 5,
    Soa = 6,
    Ptr = 12,
    Mx = 15,
    Txt = 16,
    Aaaa = 28,
    Srv = 33,
    Opt = 41,
    Svcb = 64,
    Https = 65,
    Any = 255,
}

/// <summary>Source: RFC 1035 4.1.1 and RFC 6895; other values occur.</summary>
public enum DnsResponseCode : byte
{
    NoError = 0,
    FormatError = 1,
    ServerFailure = 2,
    NameError = 3,
    NotImplemented = 4,
    Refused = 5,
}

/// <summary>The part of a message that a record stands in.</summary>
public enum DnsSection
{
    Answer,
    Authority,
    Additional,
}
