// SPDX-License-Identifier: Apache-2.0
using FsCheck;
using FsCheck.Fluent;
using NodeAgent.Bpf.Decoding;
using NodeAgent.Bpf.Rings;
using NodeAgent.TestSupport.Wire;

namespace NodeAgent.Bpf.Tests.Rings;

public sealed class RingSetTests
{
    private readonly EventDecoder _decoder = new();
    private RecordingHandler _handler = new();

    [Fact]
    public void Read_SeveralRings_MergesByTime()
    {
        using var first = new SyntheticRing();
        using var second = new SyntheticRing();
        using var third = new SyntheticRing();
        Write(first, 1, 4, 5, 9);
        Write(second, 2, 3, 10);
        Write(third, 6, 7, 8);
        var set = new RingSet([first.Ring, second.Ring, third.Ring], 0, () => 100);
        Assert.Equal(10, set.Read(_decoder, ref _handler, 1000));
        Assert.Equal(Enumerable.Range(1, 10).Select(time => (ulong)time), Times());
        Assert.Equal(0, set.PendingBytes);
    }

    [Fact]
    public void Read_AnyInterleaving_IsTheSortedUnion()
    {
        Prop.ForAll<byte[], byte[], byte[]>((one, two, three) =>
        {
            using var first = new SyntheticRing(1 << 15);
            using var second = new SyntheticRing(1 << 15);
            using var third = new SyntheticRing(1 << 15);
            Write(first, Sorted(one));
            Write(second, Sorted(two));
            Write(third, Sorted(three));
            _handler = new RecordingHandler();
            var set = new RingSet([first.Ring, second.Ring, third.Ring], 0, () => 1000);
            while (set.Read(_decoder, ref _handler, 3) > 0)
            {
            }

            return Times().SequenceEqual(Sorted([.. one, .. two, .. three]));
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Read_RecordYoungerThanTheWindow_WaitsForIt()
    {
        using var ring = new SyntheticRing();
        Write(ring, 100, 150);
        ulong now = 149;
        var set = new RingSet([ring.Ring], 50, () => now);
        Assert.Equal(0, set.Read(_decoder, ref _handler, 10));
        Assert.True(set.HasPending);
        now = 150;
        Assert.Equal(1, set.Read(_decoder, ref _handler, 10));
        Assert.True(set.PendingBytes > 0);
        now = 200;
        Assert.Equal(1, set.Read(_decoder, ref _handler, 10));
        Assert.Equal([100ul, 150ul], Times());
    }

    [Fact]
    public void Read_RecordUnfinished_HoldsWhatIsYoungerElsewhere()
    {
        using var stalled = new SyntheticRing();
        using var other = new SyntheticRing();
        Write(stalled, 10);
        Action<bool> finish = stalled.Reserve(RecordBuilder.Exit(1, timeNs: 20));
        Write(stalled, 30);
        Write(other, 5, 40);
        var set = new RingSet([stalled.Ring, other.Ring], 0, () => 100);
        Assert.Equal(2, set.Read(_decoder, ref _handler, 10));
        Assert.Equal(0, set.Read(_decoder, ref _handler, 10));

        finish(false);

        Assert.Equal(3, set.Read(_decoder, ref _handler, 10));
        Assert.Equal([5ul, 10ul, 20ul, 30ul, 40ul], Times());
    }

    [Fact]
    public void Read_RecordUnfinishedForLong_HoldsTheOthersNoMore()
    {
        using var stalled = new SyntheticRing();
        using var other = new SyntheticRing();
        Action<bool> finish = stalled.Reserve(RecordBuilder.Exit(1, timeNs: 20));
        Write(other, 40);
        ulong now = 100;
        var set = new RingSet([stalled.Ring, other.Ring], 0, () => now);
        Assert.Equal(0, set.Read(_decoder, ref _handler, 10));
        now += 100_000_000;
        Assert.Equal(1, set.Read(_decoder, ref _handler, 10));

        // The next one is given as long.
        finish(true);
        stalled.Reserve(RecordBuilder.Exit(1, timeNs: now));
        Write(other, now);
        Assert.Equal(0, set.Read(_decoder, ref _handler, 10));
        now += 100_000_000;
        Assert.Equal(1, set.Read(_decoder, ref _handler, 10));
    }

    [Fact]
    public void Read_RecordFromTheFarFuture_DoesNotStopItsRing()
    {
        using var ring = new SyntheticRing();
        Write(ring, 1, ulong.MaxValue, 2);
        var set = new RingSet([ring.Ring], 0, () => 100);
        Assert.Equal(3, set.Read(_decoder, ref _handler, 10));
        Assert.Equal([1ul, ulong.MaxValue, 2ul], Times());
    }

    [Fact]
    public void Read_MoreThanTheMaximum_StopsAndGoesOnLater()
    {
        using var ring = new SyntheticRing();
        Write(ring, 1, 2, 3, 4, 5);
        var set = new RingSet([ring.Ring], 0, () => 100);
        Assert.Equal(3, set.Read(_decoder, ref _handler, 3));
        Assert.Equal(2, set.Read(_decoder, ref _handler, 3));
        Assert.Equal(0, set.Read(_decoder, ref _handler, 3));
        Assert.Equal(ring.ProducerPosition, ring.ConsumerPosition);
    }

    [Fact]
    public void Read_MalformedRecordBetween_CountsItAndGoesOn()
    {
        using var ring = new SyntheticRing();
        Write(ring, 1);
        ring.Write([1, 2, 3]);
        Write(ring, 2);
        var set = new RingSet([ring.Ring], 0, () => 100);
        Assert.Equal(3, set.Read(_decoder, ref _handler, 10));
        Assert.Equal([1ul, 2ul], Times());
        Assert.Equal(1, _decoder.Counters[DecodeResult.TooShort]);
        Assert.Equal(1, _decoder.Counters.Malformed);
    }

    [Fact]
    public void Read_Warm_AllocatesNothing()
    {
        using var ring = new SyntheticRing(1 << 16);
        byte[] record = RecordBuilder.Open("/etc/passwd");
        var set = new RingSet([ring.Ring], 0, () => 100);
        var handler = new CountingHandler();
        long allocated = 0;
        for (int round = 0; round < 20; round++)
        {
            while (ring.TryWrite(record))
            {
            }

            long before = GC.GetAllocatedBytesForCurrentThread();
            set.Read(_decoder, ref handler, int.MaxValue);
            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        }

        Assert.Equal(0, allocated);
        Assert.True(handler.Count > 1000);
    }

    private static void Write(SyntheticRing ring, params ulong[] times)
    {
        foreach (ulong time in times)
        {
            ring.Write(RecordBuilder.Exit(1, timeNs: time));
        }
    }

    private static ulong[] Sorted(byte[] times) => [.. times.Select(time => (ulong)time).Order()];

    private IEnumerable<ulong> Times() => _handler.Headers.Select(header => header.TimeNs);
}
