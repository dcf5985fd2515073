// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Events.Tests.Dns;

/// <summary>Messages in hex, spaces and line ends ignored.</summary>
internal static class DnsMessages
{
    /// <summary>dig @… example.com A: one address, an OPT record.</summary>
    public const string AnswerA = """
        1c5a 8180 0001 0001 0000 0001
        07 6578616d706c65 03 636f6d 00 0001 0001
        c00c 0001 0001 00000e10 0004 5db8d822
        00 0029 04d0 00000000 0000
        """;

    /// <summary>WWW.Example.COM AAAA: an alias, then its address; mixed case; the alias's target points into the question.</summary>
    public const string AnswerAlias = """
        0001 8180 0001 0002 0000 0000
        03 575757 07 4578616d706c65 03 434f4d 00 001c 0001
        c00c 0005 0001 0000003c 0007 04 65646765 c010
        c02d 001c 0001 0000001e 0010 20010db8000000000000000000000001
        """;

    /// <summary>nope.test A: NXDOMAIN with the zone's SOA.</summary>
    public const string NameError = """
        abcd 8583 0001 0000 0001 0000
        04 6e6f7065 04 74657374 00 0001 0001
        c011 0006 0001 00000384 0016 026e73 c011 00 00000001 00000002 00000003 00000004 00
        """;

    /// <summary>MX, SRV, NS, PTR and TXT in one answer for x.test.</summary>
    public const string AnswerMany = """
        0002 8180 0001 0005 0000 0000
        01 78 04 74657374 00 00ff 0001
        c00c 000f 0001 00000001 0007 000a 02 6d78 c00e
        c00c 0021 0001 00000002 000b 0001 0002 1f90 02 7376 c00e
        c00c 0002 0001 00000003 0005 02 6e73 c00e
        c00c 000c 0001 00000004 0002 c00e
        c00c 0010 0001 80000000 0007 02 6869 03 00ff22
        """;

    /// <summary>x.test HTTPS: the service itself with ALPN h2, then an SVCB alias; a type nobody knows; an OPT with DO and a large size.</summary>
    public const string AnswerService = """
        0003 8180 0001 0003 0000 0001
        01 78 04 74657374 00 0041 0001
        c00c 0041 0001 0000003c 000a 0001 00 0001 0003 02 6832
        c00c 0040 0001 0000003c 0006 0000 01 61 c00e
        c00c fe01 0001 0000003c 0003 aabbcc
        00 0029 1000 05008000 0000
        """;

    public static readonly string[] All = [AnswerA, AnswerAlias, NameError, AnswerMany, AnswerService];

    public static byte[] Bytes(string hex) =>
        Convert.FromHexString(string.Concat(hex.Where(char.IsAsciiHexDigit)));
}
