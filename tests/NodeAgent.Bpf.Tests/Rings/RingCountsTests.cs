// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using NodeAgent.Events.Wire;

namespace NodeAgent.Bpf.Tests.Rings;

public sealed class RingCountsTests
{
    [Fact]
    public void Counts_KnownUnknownAndShortRecords_AddUpToTheRing()
    {
        using var ring = new SyntheticRing();
        ring.Write(Record((ushort)EventKind.Open, 65)); // 8 bytes of header, padded to 8
        ring.Write(Record((ushort)EventKind.Open, 72));
        ring.Write(Record((ushort)EventKind.Limit, 64));
        ring.Write(Record(ushort.MaxValue, 64));
        ring.Write(new byte[63]); // no whole header: what it claims is not looked at
        ring.Write([]);
        ring.Reserve(Record((ushort)EventKind.Exec, 64))(true); // discarded
        while (ring.Ring.Refresh())
        {
            ring.Ring.MoveNext();
        }

        Assert.Equal((2, 80 + 80), (ring.Ring.Counts.RecordsOf(EventKind.Open), ring.Ring.Counts.BytesOf(EventKind.Open)));
        Assert.Equal((4, 72 + 72 + 72 + 8), (ring.Ring.Counts.RecordsOf(EventKind.None), ring.Ring.Counts.BytesOf(EventKind.None)));
        Assert.Equal(0, ring.Ring.Counts.RecordsOf(EventKind.Exec));
    }

    private static byte[] Record(ushort kind, int length)
    {
        byte[] record = new byte[length];
        BinaryPrimitives.WriteUInt16LittleEndian(record.AsSpan(40), kind);
        return record;
    }
}
