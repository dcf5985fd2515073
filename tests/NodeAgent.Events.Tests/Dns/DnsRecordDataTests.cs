// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Events.Dns;

namespace NodeAgent.Events.Tests.Dns;

public sealed class DnsRecordDataTests
{
    [Fact]
    public void Authority_OfANegativeAnswer_IsRead()
    {
        DnsResourceRecord soa = Record(DnsMessages.Bytes(DnsMessages.NameError), 0);
        Assert.Equal((DnsType.Soa, DnsSection.Authority), (soa.Type, soa.Section));
        Assert.False(soa.TryGetAuthority(out _, out _, out _)); // one byte too many behind the numbers
        byte[] whole = DnsMessages.Bytes(DnsMessages.NameError.Replace("0016 026e73 c011 00 00000001 00000002 00000003 00000004 00", "001a 026e73 c011 00 00000001 00000002 00000003 00000004 00000005", StringComparison.Ordinal));
        Assert.True(Record(whole, 0).TryGetAuthority(out DnsName primary, out DnsName mailbox, out uint serial));
        Assert.Equal(("ns.test.", ".", 1u), (primary.ToString(), mailbox.ToString(), serial));
    }

    [Fact]
    public void ServiceBinding_HttpsAndSvcb_GiveTargetAndParameters()
    {
        byte[] message = DnsMessages.Bytes(DnsMessages.AnswerService);
        DnsResourceRecord https = Record(message, 0);
        Assert.True(https.TryGetServiceBinding(out ushort priority, out DnsName target, out ReadOnlySpan<byte> parameters));
        Assert.Equal((1, ".", 7), (priority, target.ToString(), parameters.Length));
        Assert.True(Record(message, 1).TryGetServiceBinding(out priority, out target, out parameters));
        Assert.Equal((0, "a.test.", 0), (priority, target.ToString(), parameters.Length));
        Assert.False(Record(message, 2).TryGetServiceBinding(out _, out _, out _));
    }

    [Fact]
    public void UnknownType_KeepsNumberAndData()
    {
        DnsResourceRecord unknown = Record(DnsMessages.Bytes(DnsMessages.AnswerService), 2);
        Assert.Equal((0xfe01, 3), ((int)unknown.Type, unknown.Data.Length));
    }

    [Fact]
    public void Extension_OfOpt_IsRead()
    {
        Assert.True(Record(DnsMessages.Bytes(DnsMessages.AnswerService), 3).TryGetExtension(out DnsExtension extension));
        Assert.Equal(new DnsExtension(4096, 5, 0, true), extension);
        Assert.False(Record(DnsMessages.Bytes(DnsMessages.AnswerMany), 0).TryGetExtension(out _));
    }

    [Fact]
    public void Preference_OfMx_IsRead()
    {
        Assert.True(Record(DnsMessages.Bytes(DnsMessages.AnswerMany), 0).TryGetPreference(out ushort preference));
        Assert.Equal(10, preference);
        Assert.False(Record(DnsMessages.Bytes(DnsMessages.AnswerMany), 1).TryGetPreference(out _));
    }

    [Fact]
    public void PeekQuestionName_CutBehindTheName_IsStillRead()
    {
        byte[] message = DnsMessages.Bytes(DnsMessages.AnswerA)[..(12 + 13)];
        var reader = new DnsMessageReader(message);
        Assert.Equal(DnsReadResult.Truncated, reader.PeekQuestionName(out _)); // no header yet
        reader.ReadHeader(out _);
        Assert.Equal(DnsReadResult.Ok, reader.PeekQuestionName(out DnsName name));
        Assert.Equal("example.com.", name.ToString());
        Assert.Equal(DnsReadResult.Truncated, reader.ReadQuestion(out _));
    }

    private static DnsResourceRecord Record(byte[] message, int index)
    {
        var reader = new DnsMessageReader(message);
        reader.ReadHeader(out _);
        DnsResourceRecord record = default;
        for (int at = 0; at <= index; at++)
        {
            Assert.Equal(DnsReadResult.Ok, reader.ReadRecord(out record));
        }

        return record;
    }
}
