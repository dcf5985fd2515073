// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.Metrics;
using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using NodeAgent.Bpf.Loading;
using NodeAgent.Bpf.Rings;
using NodeAgent.Bpf.Statistics;
using NodeAgent.Bpf.Tests.Loading;
using NodeAgent.Bpf.Tests.Rings;
using NodeAgent.Interop.Maps;
using NodeAgent.Interop.Platform;

namespace NodeAgent.Bpf.Tests.Statistics;

/// <summary>What the kernel tells about the real probes, and how it reaches the metrics.</summary>
[Collection(KernelCollection.Name)]
public sealed class KernelInventoryTests
{
    [Fact]
    public void ReadPrograms_StatisticsOn_CountsRunsAndTime()
    {
        Kernel.Require();
        using KernelEventSource source = Start();
        ProgramStatus before = Fork(source);
        using (RunStatistics.Enable())
        {
            Kernel.StartThreads(100);
        }

        ProgramStatus after = Fork(source);
        Assert.True(after.Info.RunCount >= before.Info.RunCount + 100, $"{after.Info.RunCount} runs, {before.Info.RunCount} before");
        Assert.True(after.Info.RunTimeNs > before.Info.RunTimeNs, "no time was counted");
    }

    [Fact]
    public void ReadPrograms_EachSensor_HasItsPrograms()
    {
        Kernel.Require();
        using KernelEventSource source = Start();
        IReadOnlyList<ProgramStatus> programs = source.ReadPrograms();
        Assert.All(source.Sensors.Where(sensor => sensor.State == SensorState.Active), sensor =>
            Assert.Contains(programs, program => program.Sensor == sensor.Name));
        Assert.All(programs, program => Assert.True(program.LockedBytes > 0 && program.Info.Id > 0, program.ToString()));
        Assert.Equal(programs.Count, programs.Select(program => program.Info.Id).Distinct().Count());
    }

    [Fact]
    public void ReadMaps_SharedAndOwn_EachOnceWithItsSize()
    {
        Kernel.Require();
        using KernelEventSource source = Start();
        IReadOnlyList<MapStatus> maps = source.ReadMaps();
        MapStatus ring = Assert.Single(maps, map => map.Name == "na_ring_process");
        Assert.Equal(("shared", MapType.RingBuffer), (ring.Sensor, ring.Type));
        Assert.Equal(source.Rings[0], ("process", ring.MaxEntries));
        Assert.True(ring.LockedBytes >= ring.MaxEntries);
        MapStatus losses = Assert.Single(maps, map => map.Name == "na_lost_by_cgroup");
        Assert.Equal(MapCapacities.For(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes).Of(MapType.LruHash, 4096), losses.MaxEntries);
        Assert.NotNull(losses.Entries);
        Assert.Null(ring.Entries);
    }

    [Fact]
    public void Metrics_AfterEvents_TellRingsMapsAndPrograms()
    {
        Kernel.Require();
        using RunStatistics always = RunStatistics.Enable(); // the sampler's second may be over before anything runs
        using KernelEventSource source = Start(statistics: true);
        System.Diagnostics.Process.Start("/bin/true").WaitForExit();
        var handler = new RecordingHandler();
        while (!handler.Headers.Exists(static header => header.Kind == Events.Wire.EventKind.Exec))
        {
            if (source.Read(ref handler, 1000) == 0)
            {
                source.Wait(TimeSpan.FromMilliseconds(10));
            }
        }

        Dictionary<string, double> values = Collect();
        Assert.Equal(handler.Headers.Count(header => header.Kind == Events.Wire.EventKind.Exec), values["node_agent_ring_records_total ring=process kind=Exec"]);
        Assert.True(values["node_agent_ring_bytes_total ring=process kind=Exec"] >= 64);
        Assert.Equal(source.Rings.Count, values.Keys.Count(key => key.StartsWith("node_agent_ring_size_bytes ", StringComparison.Ordinal)));
        Assert.True(values["node_agent_bpf_program_memory_bytes program=na_process_exec sensor=process hook=tp_btf/sched_process_exec"] > 0);
        Assert.Contains("node_agent_bpf_program_recursion_misses_total program=na_process_exec sensor=process hook=tp_btf/sched_process_exec", values.Keys);
        Assert.True(values["node_agent_bpf_program_runs_total program=na_process_exec sensor=process hook=tp_btf/sched_process_exec"] > 0);
        Assert.True(values["node_agent_bpf_program_sampled_seconds_total"] > 0);
        Assert.True(values["node_agent_bpf_map_max_entries map=na_lost_by_cgroup sensor=shared"] > 0);
    }

    [Fact]
    public void Metrics_StatisticsOff_HaveNoRuns()
    {
        Kernel.Require();
        using KernelEventSource source = Start();
        Dictionary<string, double> values = Collect();
        Assert.DoesNotContain(values.Keys, key => key.StartsWith("node_agent_bpf_program_run", StringComparison.Ordinal));
        Assert.Contains(values.Keys, key => key.StartsWith("node_agent_bpf_program_jited_bytes", StringComparison.Ordinal));
    }

    private static ProgramStatus Fork(KernelEventSource source) =>
        source.ReadPrograms().Single(program => program.Name == "na_process_fork");

    private static KernelEventSource Start(bool statistics = false) =>
        KernelEventSource.Start(new BpfOptions { ProgramStatistics = statistics }, NullLoggerFactory.Instance);

    private static Dictionary<string, double> Collect()
    {
        var values = new Dictionary<string, double>(StringComparer.Ordinal);
        using var listener = new MeterListener
        {
            InstrumentPublished = static (instrument, self) =>
            {
                if (instrument.Meter.Name == "NodeAgent.Bpf")
                {
                    self.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => values[Key(instrument, tags)] = value);
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => values[Key(instrument, tags)] = value);
        listener.Start();
        listener.RecordObservableInstruments();
        return values;
    }

    private static string Key(Instrument instrument, ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
        instrument.Name + string.Concat(tags.ToArray().Select(tag => string.Create(CultureInfo.InvariantCulture, $" {tag.Key}={tag.Value}")));
}
