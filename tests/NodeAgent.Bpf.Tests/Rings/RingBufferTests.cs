// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;

namespace NodeAgent.Bpf.Tests.Rings;

public sealed class RingBufferTests
{
    [Fact]
    public void Refresh_EmptyRing_HasNothing()
    {
        using var ring = new SyntheticRing();
        Assert.False(ring.Ring.Refresh());
        Assert.False(ring.Ring.HasPending);
    }

    [Fact]
    public void MoveNext_ManyRecordsOfAllLengths_ReadsEachOnceAcrossTheWrap()
    {
        using var ring = new SyntheticRing();
        for (int length = 0; length < 1500; length++)
        {
            byte[] record = new byte[length % 700];
            record.AsSpan().Fill((byte)length);
            ring.Write(record);
            Assert.True(ring.Ring.Refresh());
            Assert.Equal(record, ring.Ring.Current.ToArray());
            ring.Ring.MoveNext();
            Assert.False(ring.Ring.HasCurrent);
            ring.Ring.Publish();
            Assert.Equal(ring.ProducerPosition, ring.ConsumerPosition);
        }
    }

    [Fact]
    public void Refresh_BusyRecord_WaitsUntilItIsFinished()
    {
        using var ring = new SyntheticRing();
        Action<bool> finish = ring.Reserve([1, 2, 3, 4, 5, 6, 7, 8]);
        ring.Write([9, 9, 9, 9, 9, 9, 9, 9]);
        Assert.False(ring.Ring.Refresh());
        Assert.True(ring.Ring.HasPending);
        finish(false);
        Assert.True(ring.Ring.Refresh());
        Assert.Equal(1, ring.Ring.Current[0]);
    }

    [Fact]
    public void Refresh_DiscardedRecord_SkipsIt()
    {
        using var ring = new SyntheticRing();
        ring.Reserve(new byte[40])(true);
        ring.Write([9, 0, 0, 0, 0, 0, 0, 0]);
        Assert.True(ring.Ring.Refresh());
        Assert.Equal(9ul, ring.Ring.CurrentTimeNs);
    }

    [Fact]
    public void Refresh_OnlyDiscardedRecords_GivesTheirSpaceBack()
    {
        using var ring = new SyntheticRing();
        ring.Reserve(new byte[8])(true);
        Assert.False(ring.Ring.Refresh());
        Assert.False(ring.Ring.HasPending);
        ring.Ring.Publish();
        Assert.Equal(ring.ProducerPosition, ring.ConsumerPosition);
    }

    [Fact]
    public void MoveNext_QuarterOfTheRingRead_PublishesBeforeTheBatchEnds()
    {
        using var ring = new SyntheticRing();
        byte[] record = new byte[120];
        for (int count = 0; count < 32; count++)
        {
            ring.Write(record);
        }

        Assert.False(ring.TryWrite(record));
        Assert.True(ring.Ring.Refresh());
        for (int count = 0; count < 7; count++)
        {
            ring.Ring.MoveNext();
        }

        Assert.Equal(0ul, ring.ConsumerPosition);
        ring.Ring.MoveNext();
        Assert.Equal(1024ul, ring.ConsumerPosition);
        Assert.True(ring.TryWrite(record));
    }

    [Theory]
    [InlineData(17u)]
    [InlineData(4096u)]
    [InlineData(0x3fffffffu)]
    public void Refresh_RecordLongerThanTheRingHolds_CountsAndGoesOn(uint claimed)
    {
        using var ring = new SyntheticRing();
        ring.WriteLie(claimed);
        Assert.False(ring.Ring.Refresh());
        Assert.Equal(1, ring.Ring.CorruptCount);
        byte[] record = new byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(record, 5);
        ring.Write(record);
        Assert.True(ring.Ring.Refresh());
        Assert.Equal(5ul, ring.Ring.CurrentTimeNs);
    }

    [Fact]
    public void Refresh_RecordWithoutTime_ComesFirst()
    {
        using var ring = new SyntheticRing();
        ring.Write([1, 2, 3]);
        Assert.True(ring.Ring.Refresh());
        Assert.Equal(0ul, ring.Ring.CurrentTimeNs);
        Assert.Equal(3, ring.Ring.Current.Length);
    }

    [Fact]
    public void Read_ProducerOnAnotherThread_GetsEveryRecordInOrder()
    {
        using var ring = new SyntheticRing(1 << 14);
        const int Count = 200_000;
        var producer = new Thread(() =>
        {
            byte[] record = new byte[48];
            for (long number = 0; number < Count; number++)
            {
                BinaryPrimitives.WriteInt64LittleEndian(record, number);
                while (!ring.TryWrite(record.AsSpan(0, 8 + (int)(number % 40))))
                {
                    Thread.Yield();
                }
            }
        });
        producer.Start();
        for (long expected = 0; expected < Count;)
        {
            if (!ring.Ring.Refresh())
            {
                ring.Ring.Publish();
                Thread.Yield();
                continue;
            }

            Assert.Equal((ulong)expected, ring.Ring.CurrentTimeNs);
            Assert.Equal(8 + (int)(expected % 40), ring.Ring.Current.Length);
            expected++;
            ring.Ring.MoveNext();
        }

        producer.Join();
        Assert.False(ring.Ring.HasPending);
    }
}
