// SPDX-License-Identifier: Apache-2.0
using System.Text;
using NodeAgent.Events.Dns;
using NodeAgent.Events.Net;
using NodeAgent.TestSupport;

namespace NodeAgent.Events.Tests.Dns;

public sealed class DnsMessageReaderTests
{
    [Fact]
    public void ReadHeader_RealAnswer_GivesIdFlagsAndCounts()
    {
        var reader = new DnsMessageReader(DnsMessages.Bytes(DnsMessages.AnswerA));

        Assert.Equal(DnsReadResult.Ok, reader.ReadHeader(out DnsHeader header));

        Assert.Equal(new DnsHeader(0x1c5a, 0x8180, 1, 1, 0, 1), header);
        Assert.True(header.IsResponse);
        Assert.False(header.IsTruncated);
        Assert.Equal(0, header.Opcode);
        Assert.Equal(DnsResponseCode.NoError, header.ResponseCode);
    }

    [Fact]
    public void ReadRecord_AddressAnswer_GivesOwnerAddressAndTtl()
    {
        var reader = new DnsMessageReader(DnsMessages.Bytes(DnsMessages.AnswerA));
        reader.ReadHeader(out _);

        Assert.Equal(DnsReadResult.Ok, reader.ReadQuestion(out DnsQuestion question));
        Assert.Equal("example.com.", question.Name.ToString());
        Assert.Equal((DnsType.A, (ushort)1), (question.Type, question.Class));
        Assert.Equal(DnsReadResult.End, reader.ReadQuestion(out _));

        Assert.Equal(DnsReadResult.Ok, reader.ReadRecord(out DnsResourceRecord record));
        Assert.Equal("example.com.", record.Name.ToString());
        Assert.Equal((DnsSection.Answer, 3600u), (record.Section, record.TtlSeconds));
        Assert.True(record.TryGetAddress(out NetAddress address));
        Assert.Equal("93.184.216.34", address.ToString());
        Assert.False(record.TryGetTarget(out _));

        Assert.Equal(DnsReadResult.Ok, reader.ReadRecord(out record));
        Assert.Equal((DnsSection.Additional, DnsType.Opt), (record.Section, record.Type));
        Assert.True(record.Name.IsRoot);
        Assert.Equal(".", record.Name.ToString());
        Assert.Equal(DnsReadResult.End, reader.ReadRecord(out _));
    }

    [Fact]
    public void ReadRecord_AliasWithCompressedTarget_IsFollowedAndLowerCased()
    {
        var reader = new DnsMessageReader(DnsMessages.Bytes(DnsMessages.AnswerAlias));
        reader.ReadHeader(out _);
        reader.ReadQuestion(out DnsQuestion question);
        Assert.Equal("www.example.com.", question.Name.ToString());

        Assert.Equal(DnsReadResult.Ok, reader.ReadRecord(out DnsResourceRecord alias));
        Assert.True(alias.TryGetTarget(out DnsName target));
        Assert.Equal("edge.example.com.", target.ToString());
        Assert.True(alias.Name.SameAs(question.Name));
        Assert.False(alias.Name.SameAs(target));

        Assert.Equal(DnsReadResult.Ok, reader.ReadRecord(out DnsResourceRecord record));
        Assert.True(record.Name.SameAs(target));
        Assert.True(record.TryGetAddress(out NetAddress address));
        Assert.Equal("2001:db8::1", address.ToString());
    }

    [Fact]
    public void ReadRecord_NameError_GivesTheAuthoritySection()
    {
        var reader = new DnsMessageReader(DnsMessages.Bytes(DnsMessages.NameError));
        reader.ReadHeader(out DnsHeader header);

        Assert.Equal(DnsResponseCode.NameError, header.ResponseCode);
        Assert.Equal(DnsReadResult.Ok, reader.ReadRecord(out DnsResourceRecord record));
        Assert.Equal((DnsSection.Authority, DnsType.Soa), (record.Section, record.Type));
        Assert.Equal("test.", record.Name.ToString());
    }

    [Fact]
    public void ReadRecord_TypesWithTargets_GiveTheirParts()
    {
        var reader = new DnsMessageReader(DnsMessages.Bytes(DnsMessages.AnswerMany));
        reader.ReadHeader(out _);
        string[] targets = ["mx.test.", "sv.test.", "ns.test.", "test."];
        foreach (string expected in targets)
        {
            Assert.Equal(DnsReadResult.Ok, reader.ReadRecord(out DnsResourceRecord record));
            Assert.True(record.TryGetTarget(out DnsName target));
            Assert.Equal(expected, target.ToString());
            Assert.Equal(expected == "sv.test.", record.TryGetService(out ushort priority, out ushort weight, out ushort port));
            Assert.Equal(expected == "sv.test." ? (1, 2, 8080) : (0, 0, 0), (priority, weight, port));
        }

        Assert.Equal(DnsReadResult.Ok, reader.ReadRecord(out DnsResourceRecord text));
        int position = 0;
        Assert.True(text.TryReadText(ref position, out ReadOnlySpan<byte> first));
        Assert.Equal("hi"u8.ToArray(), first.ToArray());
        Assert.True(text.TryReadText(ref position, out ReadOnlySpan<byte> second));
        Assert.Equal(new byte[] { 0, 0xff, 0x22 }, second.ToArray());
        Assert.False(text.TryReadText(ref position, out _));
        Assert.Equal(0u, text.TtlSeconds); // the top bit of the TTL is set: RFC 2181 8
    }

    [Fact]
    public void TryFormat_UnprintableBytesDotsAndBackslashes_AreEscaped()
    {
        // One label: 'a' '.' '\' space 0x00 0xff 'Z'
        byte[] message = DnsMessages.Bytes("0000 0000 0001 0000 0000 0000 07 61 2e 5c 20 00 ff 5a 00 0001 0001");
        var reader = new DnsMessageReader(message);
        reader.ReadHeader(out _);

        Assert.Equal(DnsReadResult.Ok, reader.ReadQuestion(out DnsQuestion question));

        Assert.Equal(@"a\.\\\032\000\255z.", question.Name.ToString());
        Assert.False(question.Name.TryFormat(new byte[5], out int written));
        Assert.Equal(0, written);
    }

    [Fact]
    public void TryFormat_LongestName_FitsTheDeclaredBound()
    {
        byte[] label = [63, .. Enumerable.Repeat((byte)0xff, 63)];
        byte[] last = [61, .. Enumerable.Repeat((byte)0xff, 61)];
        byte[] message = [.. DnsMessages.Bytes("0000 0000 0001 0000 0000 0000"), .. label, .. label, .. label, .. last, 0, 0, 1, 0, 1];
        var reader = new DnsMessageReader(message);
        reader.ReadHeader(out _);
        Assert.Equal(DnsReadResult.Ok, reader.ReadQuestion(out DnsQuestion question));

        Span<byte> text = stackalloc byte[DnsName.MaxTextLength];
        Assert.True(question.Name.TryFormat(text, out int written));
        Assert.Equal(4 * 250 + 4, written);
        Assert.EndsWith("\\255.", Encoding.ASCII.GetString(text[..written]));
    }

    [Theory]
    [InlineData("", DnsReadResult.Truncated)]
    [InlineData("0001 8180 0001 0001 0000 00", DnsReadResult.Truncated)] // eleven bytes of header
    [InlineData("0001 8180 0001 0000 0000 0000", DnsReadResult.Truncated)] // no question though one is promised
    [InlineData("0001 8180 0001 0000 0000 0000 03 6162", DnsReadResult.Truncated)] // label runs out
    [InlineData("0001 8180 0001 0000 0000 0000 01 61 00 0001 00", DnsReadResult.Truncated)] // class cut
    [InlineData("0001 8180 0001 0000 0000 0000 c0", DnsReadResult.Truncated)] // half a pointer
    [InlineData("0001 8180 0001 0000 0000 0000 c00c 0001 0001", DnsReadResult.BadPointer)] // to itself
    [InlineData("0001 8180 0001 0000 0000 0000 c00e c00c 0001 0001", DnsReadResult.BadPointer)] // forwards
    [InlineData("0001 8180 0001 0000 0000 0000 c3ff 0001 0001", DnsReadResult.BadPointer)] // out of the message
    [InlineData("0001 8180 0001 0000 0000 0000 01 61 c00c 0001 0001", DnsReadResult.BadPointer)] // back to its own start
    [InlineData("0001 8180 0001 0000 0000 0000 40 6162 0001 0001", DnsReadResult.BadLabel)] // reserved 01
    [InlineData("0001 8180 0001 0000 0000 0000 80 6162 0001 0001", DnsReadResult.BadLabel)] // reserved 10
    [InlineData("0001 8180 ffff ffff ffff ffff 00 0001 0001", DnsReadResult.Truncated)] // counts lie
    [InlineData("0001 8180 0000 0001 0000 0000 00 0001 0001 00000000 0005 01020304", DnsReadResult.Truncated)] // data length lies
    [InlineData("0001 8180 0000 0001 0000 0000 00 0001 0001 000000", DnsReadResult.Truncated)] // ttl cut
    public void ReadRecord_MalformedMessage_FailsAndStaysFailed(string hex, DnsReadResult expected)
    {
        var reader = new DnsMessageReader(DnsMessages.Bytes(hex));

        DnsReadResult result = reader.ReadHeader(out _);
        while (result == DnsReadResult.Ok)
        {
            result = reader.ReadRecord(out _);
        }

        Assert.Equal(expected, result);
        Assert.Equal(expected, reader.ReadRecord(out _));
        Assert.Equal(expected, reader.ReadQuestion(out _));
    }

    [Fact]
    public void ReadQuestion_NameOf256Bytes_IsTooLong()
    {
        byte[] label = [63, .. new byte[63]];
        byte[] last = [62, .. new byte[62]];
        byte[] message = [.. DnsMessages.Bytes("0000 0000 0001 0000 0000 0000"), .. label, .. label, .. label, .. last, 0, 0, 1, 0, 1];
        var reader = new DnsMessageReader(message);
        reader.ReadHeader(out _);

        Assert.Equal(DnsReadResult.NameTooLong, reader.ReadQuestion(out _));
    }

    [Fact]
    public void ReadQuestion_ChainOfPointersOnly_IsCutOff()
    {
        // A root label, then pointers each to the one before: all go backwards, none brings a label.
        byte[] chain = new byte[1 + 2 * 200];
        for (int i = 0; i < 200; i++)
        {
            int target = i == 0 ? 12 : 13 + 2 * (i - 1);
            chain[1 + 2 * i] = (byte)(0xc0 | target >> 8);
            chain[2 + 2 * i] = (byte)target;
        }

        byte[] questions = [.. chain[1..], 0, 1, 0, 1];
        byte[] message = [.. DnsMessages.Bytes("0000 0000 0000 0001 0000 0000"), 0, .. questions];
        Assert.Equal(DnsReadResult.BadPointer, DnsName.TryRead(message, 13 + 2 * 199, out _, out _));
        Assert.Equal(DnsReadResult.Ok, DnsName.TryRead(message, 13 + 2 * 100, out DnsName name, out int end));
        Assert.True(name.IsRoot);
        Assert.Equal(13 + 2 * 101, end);
    }

    [Theory]
    [InlineData("0001 8180 0000 0002 0000 0000 00 0001 0001 00000000 0003 010203 00 0001 0001 00000000 0004 01020304")]
    [InlineData("0001 8180 0000 0002 0000 0000 00 0005 0001 00000000 0003 05 6161 00 0001 0001 00000000 0004 01020304 deadbeef")]
    public void ReadRecord_BadDataOfOneRecord_SpoilsOnlyThatRecord(string hex)
    {
        var reader = new DnsMessageReader(DnsMessages.Bytes(hex));
        reader.ReadHeader(out _);

        Assert.Equal(DnsReadResult.Ok, reader.ReadRecord(out DnsResourceRecord bad));
        Assert.False(bad.TryGetAddress(out _));
        Assert.False(bad.TryGetTarget(out _));
        Assert.Equal(DnsReadResult.Ok, reader.ReadRecord(out DnsResourceRecord good));
        Assert.True(good.TryGetAddress(out NetAddress address));
        Assert.Equal("1.2.3.4", address.ToString());
        Assert.Equal(DnsReadResult.End, reader.ReadRecord(out _));
    }

    [Fact]
    public void ReadRecord_BeforeTheHeader_Fails()
    {
        var reader = new DnsMessageReader(DnsMessages.Bytes(DnsMessages.AnswerA));

        Assert.Equal(DnsReadResult.Truncated, reader.ReadRecord(out _));
    }

    [Fact]
    public void Reading_WholeMessage_AllocatesNothing()
    {
        byte[] message = DnsMessages.Bytes(DnsMessages.AnswerMany);
        DnsWalk.Walk(message);

        int entries = 0;
        Assert.Equal(0, Allocations.Least(() => entries = DnsWalk.Walk(message)));
        Assert.Equal(6, entries);
    }
}
