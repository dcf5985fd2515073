// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using NodeAgent.Bpf.Decoding;
using NodeAgent.Bpf.Loading;
using NodeAgent.Bpf.Losses;
using NodeAgent.Bpf.Tests.Loading;
using NodeAgent.Bpf.Tests.Rings;
using NodeAgent.Events.Wire;

namespace NodeAgent.Bpf.Tests;

[Collection(KernelCollection.Name)]
public sealed class KernelEventSourceTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private RecordingHandler _handler = new();

    [Fact]
    public void Read_RealRings_GivesEachRecordOnceInOrder()
    {
        Kernel.Require();
        using KernelEventSource source = Start(new BpfOptions());
        Kernel.StartThreads(500);
        ulong sent = source.SentCount;
        ReadUntil(source, () => (ulong)_handler.Headers.Count >= sent);
        Assert.True(sent >= 1000, $"{sent} records for 500 forks");
        Assert.Equal(0ul, source.LostCount);
        Assert.Equal(_handler.Headers.Count, source.Counters[DecodeResult.Ok]);
        Assert.Equal(0, source.Counters.Malformed);
        ulong[] times = [.. _handler.Headers.Select(header => header.TimeNs)];
        Assert.Equal(times.Order(), times);
        Assert.All(_handler.Headers, header => Assert.Equal((uint)Environment.ProcessId, header.Pid));
    }

    [Fact]
    public void Wait_NothingHappens_ReturnsAfterItsTime()
    {
        Kernel.Require();
        using KernelEventSource source = Start(new BpfOptions());
        ReadUntil(source, () => source.Read(ref _handler, 1000) == 0);
        source.Wait(TimeSpan.FromMilliseconds(20));
        source.Wait(TimeSpan.Zero);
    }

    [Fact]
    public void Wait_RecordComesWhileBlocked_WakesLongBeforeItsTime()
    {
        Kernel.Require();
        using KernelEventSource source = Start(new BpfOptions());
        Kernel.StartThreads(1);
        for (int round = 0; round < 20; round++)
        {
            while (source.Read(ref _handler, 1000) > 0 || source.PendingBytes > 0)
            {
                source.Wait(TimeSpan.FromMilliseconds(1));
            }

            int before = _handler.Headers.Count;
            long began = Stopwatch.GetTimestamp();
            var starter = new Timer(_ => Kernel.StartThreads(1), null, 5, Timeout.Infinite);
            while (_handler.Headers.Count == before)
            {
                source.Wait(TimeSpan.FromSeconds(30));
                source.Read(ref _handler, 1000);
                Assert.True(Stopwatch.GetElapsedTime(began) < Patience, "the wake-up did not come: the wait ended by itself");
            }

            starter.Dispose();
        }
    }

    [Fact]
    public void ReadLosses_RingsFull_AccountsForEachLostRecord()
    {
        Kernel.Require();
        using KernelEventSource source = Start(new BpfOptions { ProcessRingBytes = 4096, ShardRingBytes = 4096 });
        Assert.Empty(source.ReadLosses());
        Kernel.StartThreads(400);
        IReadOnlyList<LossDelta> first = source.ReadLosses();
        Assert.All(first, delta => Assert.Equal(EventKind.Exit, delta.Kind));
        Assert.Contains(first, delta => delta.CgroupId != 0 && delta.Count > 0);
        Kernel.StartThreads(400);
        IReadOnlyList<LossDelta> second = source.ReadLosses();
        Assert.NotEmpty(second);
        long reported = Sum([.. first, .. second]);
        ReadUntil(source, () =>
        {
            // Threads of others end meanwhile.
            bool isAccounted = (ulong)reported == source.LostCount;
            reported += Sum(source.ReadLosses());
            return isAccounted;
        });
        ReadUntil(source, () => (ulong)_handler.Headers.Count >= source.SentCount - source.LostCount || source.PendingBytes == 0);
    }

    [Fact]
    public void Dispose_WhileRecordsWait_LeavesNothing()
    {
        Kernel.Require();
        int before = Kernel.CountDescriptors();
        using (KernelEventSource source = Start(new BpfOptions()))
        {
            Kernel.StartThreads(10);
            Assert.Equal(SensorState.Active, Assert.Single(source.Sensors).State);
            Assert.True(source.RingBytes > 0);
        }

        Assert.Equal(before, Kernel.CountDescriptors());
        Assert.DoesNotContain("na_shard", File.ReadAllText("/proc/self/maps"), StringComparison.Ordinal);
    }

    [Fact]
    public void ReadSnapshot_NoIterator_SaysSoAndGivesNone()
    {
        Kernel.Require();
        using KernelEventSource source = Start(new BpfOptions());
        Assert.Equal(0, source.ReadSnapshot(ref _handler));
    }

    private static long Sum(IReadOnlyList<LossDelta> deltas) => deltas.Sum(delta => (long)delta.Count);

    private static KernelEventSource Start(BpfOptions options) =>
        KernelEventSource.StartWith(options, NullLoggerFactory.Instance, [new SensorDefinition("sender", "raw", "raw_tp")], Kernel.OpenFixture);

    private void ReadUntil(KernelEventSource source, Func<bool> done)
    {
        long began = Stopwatch.GetTimestamp();
        while (!done())
        {
            if (source.Read(ref _handler, 100) == 0)
            {
                source.Wait(TimeSpan.FromMilliseconds(10));
            }

            Assert.True(Stopwatch.GetElapsedTime(began) < Patience, "the condition did not come true");
        }
    }
}
