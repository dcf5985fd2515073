// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;
using FsCheck;
using FsCheck.Fluent;
using NodeAgent.Bpf.Decoding;
using NodeAgent.Bpf.Tests.Rings;
using NodeAgent.Events.Wire;
using NodeAgent.TestSupport.Wire;

namespace NodeAgent.Bpf.Tests.Decoding;

public sealed class EventDecoderTests
{
    private readonly EventDecoder _decoder = new();
    private RecordingHandler _handler = new();

    public static TheoryData<EventKind> Kinds => [.. RecordBuilder.OneOfEach().Keys];

    // Offsets of the fields that the tests break, from bpf/include/event.h.
    private const int KindAt = 40;
    private const int TailSizeAt = 44;

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Decode_ValidRecord_CallsTheHandler(EventKind kind)
    {
        Assert.Equal(DecodeResult.Ok, Decode(RecordBuilder.OneOfEach()[kind]));
        Assert.Equal(kind, Assert.Single(_handler.Headers).Kind);
        Assert.Equal(1, _decoder.Counters[DecodeResult.Ok]);
        Assert.Equal(0, _decoder.Counters.Malformed);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Decode_RecordCutAnywhere_IsRefusedAndCounted(EventKind kind)
    {
        byte[] record = RecordBuilder.OneOfEach()[kind];
        for (int length = 0; length < record.Length; length++)
        {
            DecodeResult result = Decode(record.AsSpan(0, length));
            Assert.True(result is DecodeResult.TooShort or DecodeResult.BadTail, $"{kind} cut to {length}: {result}");
        }

        Assert.Empty(_handler.Headers);
        Assert.Equal(record.Length, _decoder.Counters.Malformed);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Decode_RecordLongerThanItsTail_IsRead(EventKind kind)
    {
        byte[] record = [.. RecordBuilder.OneOfEach()[kind], .. new byte[100]];
        Assert.Equal(DecodeResult.Ok, Decode(record));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Decode_OddAlignment_IsRead(EventKind kind)
    {
        byte[] record = RecordBuilder.OneOfEach()[kind];
        for (int shift = 1; shift < 8; shift++)
        {
            byte[] shifted = [.. new byte[shift], .. record];
            Assert.Equal(DecodeResult.Ok, Decode(shifted.AsSpan(shift)));
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData((int)EventKind.Limit)]
    [InlineData((int)EventKind.Limit + 1)]
    [InlineData(0xffff)]
    public void Decode_UnknownKind_IsCounted(int kind)
    {
        byte[] record = RecordBuilder.Open("/etc/passwd");
        Put(record, KindAt, (ushort)kind);
        Assert.Equal(DecodeResult.UnknownKind, Decode(record));
    }

    [Theory]
    [InlineData(12u)]
    [InlineData(4096u)]
    [InlineData(0x7fffffffu)]
    [InlineData(0x80000000u)]
    [InlineData(0xffffffffu)]
    public void Decode_TailPastTheRecord_IsRefused(uint tailSize)
    {
        byte[] record = RecordBuilder.Open("/etc/passwd");
        Put(record, TailSizeAt, tailSize);
        Assert.Equal(DecodeResult.BadTail, Decode(record));
    }

    /// <summary>Each kind with each of its members of the type named.</summary>
    public static IEnumerable<TheoryDataRow<EventKind, string>> Members(string typeOrName) =>
        from kind in RecordBuilder.OneOfEach().Keys
        from field in WireTypes.Of(kind).GetFields()
        where field.FieldType.Name == typeOrName || field.Name == typeOrName
        select new TheoryDataRow<EventKind, string>(kind, field.Name);

    [Theory]
    [MemberData(nameof(Members), nameof(WireString))]
    public void Decode_StringPastTheTail_IsRefused(EventKind kind, string member)
    {
        byte[] valid = RecordBuilder.OneOfEach()[kind];
        int stringAt = (int)Marshal.OffsetOf(WireTypes.Of(kind), member);
        foreach ((ushort offset, ushort length) in new (ushort, ushort)[] { (0, 0xffff), (0xffff, 0xffff), (0xffff, 0), (1, 0xffff) })
        {
            byte[] record = [.. valid];
            Put(record, stringAt, offset);
            Put(record, stringAt + 2, length);
            Assert.Equal(DecodeResult.BadString, Decode(record));
        }

        Assert.Empty(_handler.Headers);
    }

    [Theory]
    [MemberData(nameof(Members), nameof(TcpRecord.Family))]
    public void Decode_UnknownFamily_IsRefused(EventKind kind, string member)
    {
        // A socket may be of any family; those without IP addresses have none to decode.
        DecodeResult expected = kind == EventKind.Socket ? DecodeResult.Ok : DecodeResult.BadFamily;
        byte[] record = RecordBuilder.OneOfEach()[kind];
        Put(record, (int)Marshal.OffsetOf(WireTypes.Of(kind), member), (ushort)1);
        Assert.Equal(expected, Decode(record));
    }

    [Fact]
    public void Decode_Exec_GivesEachString()
    {
        Assert.Equal(DecodeResult.Ok, Decode(RecordBuilder.Exec("/usr/bin/env", ["env", "-i"], "/root", flags: ExecFlags.Memfd)));
        Assert.Equal("/usr/bin/env", Assert.Single(_handler.Texts));
    }

    [Fact]
    public void Decode_RandomBytes_NeverThrows() =>
        Prop.ForAll<byte[]>(bytes =>
        {
            Decode(bytes);
        }).QuickCheckThrowOnFailure();

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Decode_RandomBytesBehindAValidKind_NeverThrowsAndCountsEach(EventKind kind)
    {
        var random = new Random((int)kind);
        const int Rounds = 20_000;
        for (int round = 0; round < Rounds; round++)
        {
            byte[] record = new byte[random.Next(64, 400)];
            random.NextBytes(record);
            Put(record, KindAt, (ushort)kind);
            if (random.Next(2) == 0)
            {
                Put(record, TailSizeAt, (uint)random.Next(300));
            }

            Decode(record);
        }

        Assert.Equal(Rounds, _decoder.Counters.Malformed + _decoder.Counters[DecodeResult.Ok]);
        Assert.Equal(_decoder.Counters[DecodeResult.Ok], _handler.Headers.Count);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Decode_OneByteChanged_NeverThrows(EventKind kind)
    {
        byte[] valid = RecordBuilder.OneOfEach()[kind];
        for (int at = 0; at < valid.Length; at++)
        {
            foreach (byte value in new byte[] { 0, 1, 0x7f, 0x80, 0xff })
            {
                byte[] record = [.. valid];
                record[at] = value;
                Decode(record);
            }
        }

        Assert.Equal(valid.Length * 5, _decoder.Counters.Malformed + _decoder.Counters[DecodeResult.Ok]);
    }

    private DecodeResult Decode(ReadOnlySpan<byte> record) => _decoder.Decode(record, ref _handler);

    private static void Put<T>(byte[] record, int at, T value)
        where T : unmanaged => MemoryMarshal.Write(record.AsSpan(at), in value);
}
