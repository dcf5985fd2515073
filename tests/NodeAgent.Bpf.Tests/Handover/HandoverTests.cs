// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using NodeAgent.Bpf.Decoding;
using NodeAgent.Bpf.Handover;
using NodeAgent.Bpf.Loading;
using NodeAgent.Bpf.Losses;
using NodeAgent.Bpf.Tests.Loading;
using NodeAgent.Bpf.Tests.Rings;
using NodeAgent.Events.Wire;

namespace NodeAgent.Bpf.Tests.Handover;

/// <summary>An agent ends and the next one comes, with real programs in this kernel.</summary>
[Collection(KernelCollection.Name)]
public sealed class HandoverTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly BpfMount _mount;
    private RecordingHandler _handler = new();

    public HandoverTests()
    {
        Kernel.Require();
        _mount = new BpfMount();
    }

    public void Dispose() => _mount.Dispose();

    [Fact]
    public void Start_EmptyPinPath_PinsMapsLinksAndManifest()
    {
        using KernelEventSource source = Start();
        Assert.Equal(
            ["gen_1", "gen_1/ledger", "gen_1/link_sender-na_sender", "gen_1/manifest", "gen_1/map_data_agent", "gen_1/map_na_containers", "gen_1/map_na_cut", "gen_1/map_na_egress_progs", "gen_1/map_na_entrants", "gen_1/map_na_exit_programs",
                "gen_1/map_na_filter_settings", "gen_1/map_na_ingress_progs", "gen_1/map_na_lost", "gen_1/map_na_lost_by_cgroup",
                "gen_1/map_na_ring_process", "gen_1/map_na_rings", "gen_1/map_na_seen_counts", "gen_1/map_na_seen_sets", "gen_1/map_na_sent",
                "gen_1/map_na_shard_0", "gen_1/map_na_untold", "gen_1/map_na_waiting", "gen_1/map_na_wakeup", "gen_1/map_na_watched_files"],
            _mount.Entries().Where(entry => !entry.StartsWith("gen_1/map_na_shard_", StringComparison.Ordinal) || entry.EndsWith("_0", StringComparison.Ordinal)));
        Assert.False(source.Handover!.IsTakenOver);
        Assert.Equal((1, 0, 0), (source.Handover.Generation, source.Handover.SensorsTakenOver, source.Handover.OlderGenerations));
        Assert.Empty(source.Handover.Problems);
    }

    [Fact]
    public void Start_SameObjectsAndSettings_ReadsWhatWasRecordedMeanwhile()
    {
        Start().Dispose();
        Kernel.StartThreads(300);

        using KernelEventSource source = Start();

        Assert.True(source.Handover!.IsTakenOver);
        Assert.Equal((1, 1, 0), (source.Handover.Generation, source.Handover.SensorsTakenOver, source.Handover.OlderGenerations));
        Assert.Equal((SensorState.Active, "raw_tp", string.Empty), (source.Sensors[0].State, source.Sensors[0].Variant, source.Sensors[0].Reason));
        ulong sent = source.SentCount;
        Assert.True(sent >= 600, $"{sent} records for 300 threads");
        ReadUntil(source, () => (ulong)_handler.Headers.Count >= sent);
        Assert.Equal(_handler.Headers.Select(header => header.TimeNs).Order(), _handler.Headers.Select(header => header.TimeNs));
        Assert.Empty(source.ReadLosses());
    }

    [Fact]
    public void Start_SameObjectsAndSettings_GoesOnWhereTheReaderWas()
    {
        ulong sent;
        using (KernelEventSource first = Start())
        {
            Kernel.StartThreads(50);
            sent = first.SentCount;
            ReadUntil(first, () => (ulong)_handler.Headers.Count >= sent);
        }

        using KernelEventSource second = Start();
        Kernel.StartThreads(50);
        sent = second.SentCount;
        ReadUntil(second, () => (ulong)_handler.Headers.Count >= sent);
        Assert.Equal(sent, (ulong)_handler.Headers.Count);
        Assert.Equal(_handler.Headers.Count, _handler.Headers.Select(header => (header.TimeNs, header.Kind)).Count());
    }

    [Fact]
    public void Start_RingsFullMeanwhile_TellsWhatWasLostOnceAndWhose()
    {
        BpfOptions Small() => new() { ProcessRingBytes = 4096, ShardRingBytes = 4096 };
        ulong before;
        using (KernelEventSource first = Start(Small()))
        {
            Kernel.StartThreads(200);
            before = Sum(first.ReadLosses());
            Assert.Equal(first.LostCount, before);
            Assert.NotEqual(0ul, before);
        }

        ulong from = Interop.Platform.BootClock.NowNs;
        Kernel.StartThreads(200);

        using KernelEventSource second = Start(Small());
        Assert.InRange(second.Handover!.LastReadNs, 1ul, from);
        IReadOnlyList<LossDelta> losses = second.ReadLosses();
        Assert.Equal(second.LostCount - before, Sum(losses));
        Assert.NotEqual(0ul, Sum(losses));
        Assert.Contains(losses, loss => loss.CgroupId != 0 && loss.Kind == EventKind.Exit);
    }

    [Fact]
    public void Start_OtherSettings_ReadsTheOlderRingsThenRemovesThem()
    {
        Start().Dispose();
        Kernel.StartThreads(100);

        using KernelEventSource source = Start(new BpfOptions { ShardRingBytes = 1 << 20 });

        Assert.Equal((2, 0, 1), (source.Handover!.Generation, source.Handover.SensorsTakenOver, source.Handover.OlderGenerations));
        Assert.True(source.Handover.IsTakenOver);
        Assert.DoesNotContain("gen_1/link_sender-na_sender", _mount.Entries());
        Kernel.StartThreads(100);
        ReadUntil(source, () => _handler.Headers.Count >= 400);
        DrainOlder(source);
        Assert.DoesNotContain(_mount.Entries(), entry => entry.StartsWith("gen_1", StringComparison.Ordinal));
        AssertEachThreadOnce();
    }

    [Fact]
    public async Task Start_OtherSettingsWhileEventsFlow_MissesNoneAndTellsNoneTwice()
    {
        using (KernelEventSource first = Start())
        {
            ReadUntil(first, () => true);
        }

        int started = 0;
        bool stop = false;
        Task flow = Task.Run(() =>
        {
            while (!Volatile.Read(ref stop))
            {
                Kernel.StartThreads(1);
                if (++started > 2000)
                {
                    // A slow machine: what flows within the patience fits into the rings.
                    SpinWait.SpinUntil(() => Volatile.Read(ref stop), 1);
                }
            }
        });
        await Eventually(() => Volatile.Read(ref started) > 50);
        using KernelEventSource source = Start(new BpfOptions { ProcessRingBytes = 8 << 20 });
        int atStart = Volatile.Read(ref started);
        await Eventually(() => Volatile.Read(ref started) > atStart + 50);
        Volatile.Write(ref stop, true);
        await flow;
        ReadUntil(source, () => _handler.Headers.Count >= 2 * started);
        DrainOlder(source);
        while (source.Read(ref _handler, 100_000) > 0)
        {
        }

        // Other threads of this process may have started as well, so each time at least; and no record stands there twice.
        Assert.Equal(0ul, source.LostCount);
        Assert.True(_handler.Headers.Count >= 2 * started, $"{_handler.Headers.Count} records for {started} threads");
        Assert.True(_handler.Headers.Count <= (2 * started) + 200, $"{_handler.Headers.Count} records for {started} threads");
    }

    [Fact]
    public void Start_SecondAgentOnTheSamePins_IsRefused()
    {
        using KernelEventSource first = Start();
        PinException refused = Assert.Throws<PinException>(() => Start());
        Assert.Equal($"{_mount.Path} is in use by another node-agent (pid {Environment.ProcessId})", refused.Message);
    }

    [Fact]
    public void Start_TwentyTimes_LeavesOneSetOfObjects()
    {
        Start().Dispose();
        string[] entries = _mount.Entries();
        int held = Kernel.CountDescriptors();
        for (int round = 0; round < 20; round++)
        {
            // Every fourth one is another build.
            using KernelEventSource source = Start(new BpfOptions { ShardRingBytes = round % 4 == 3 ? 1 << 18 : 4 << 20 });
            Kernel.StartThreads(1);
            DrainOlder(source);
        }

        Start().Dispose();
        using (KernelEventSource last = Start())
        {
            DrainOlder(last);
        }

        Assert.Equal(held, Kernel.CountDescriptors());
        Assert.Equal(entries.Select(entry => entry[(entry.IndexOf('/', StringComparison.Ordinal) + 1)..]).Skip(1),
            _mount.Entries().Select(entry => entry[(entry.IndexOf('/', StringComparison.Ordinal) + 1)..]).Skip(1));
    }

    private static ulong Sum(IEnumerable<LossDelta> losses) => losses.Aggregate(0ul, (sum, loss) => sum + loss.Count);

    private static async Task Eventually(Func<bool> condition)
    {
        var watch = Stopwatch.StartNew();
        while (!condition())
        {
            Assert.True(watch.Elapsed < Patience, "the condition did not come true");
            await Task.Delay(1);
        }
    }

    private void AssertEachThreadOnce()
    {
        // Each thread makes one record for the process ring and one for a shard, at two times.
        Assert.Equal(_handler.Headers.Count, _handler.Headers.Select(header => header.TimeNs).Distinct().Count());
    }

    private void DrainOlder(KernelEventSource source) => ReadUntil(source, () =>
    {
        source.ReadLosses();
        return Directory.GetDirectories(_mount.Path).Length == 1;
    });

    private KernelEventSource Start(BpfOptions? options = null)
    {
        options ??= new BpfOptions();
        options.PinPath = _mount.Path;
        return KernelEventSource.StartWith(options, NullLoggerFactory.Instance, [new SensorDefinition("sender", "raw_tp", "raw_tp sched_process_fork")], Kernel.OpenFixture);
    }

    private void ReadUntil(KernelEventSource source, Func<bool> done)
    {
        long began = Stopwatch.GetTimestamp();
        while (!done())
        {
            if (source.Read(ref _handler, 100) == 0)
            {
                source.Wait(TimeSpan.FromMilliseconds(10));
            }

            Assert.True(Stopwatch.GetElapsedTime(began) < Patience, $"the condition did not come true; {_handler.Headers.Count} records, {source.LostCount} lost");
        }
    }
}
