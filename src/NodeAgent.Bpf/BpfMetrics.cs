// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.Metrics;
using NodeAgent.Bpf.Decoding;
using NodeAgent.Bpf.Filtering;
using NodeAgent.Bpf.Loading;
using NodeAgent.Bpf.Losses;
using NodeAgent.Bpf.Rings;
using NodeAgent.Bpf.Statistics;
using NodeAgent.Events.Wire;

namespace NodeAgent.Bpf;

/// <summary>The instruments of this project. They read counters that exist anyway; an event costs nothing more.</summary>
internal sealed class BpfMetrics : IDisposable
{
    private readonly Meter _meter = new("NodeAgent.Bpf");

    internal BpfMetrics(DecodeCounters decoded, LossReader losses, RepeatFilter filter, RingSet rings, Func<IReadOnlyList<SensorStatus>> sensors,
        KernelInventory inventory, StatisticsSampler? sampler)
    {
        Counter("node_agent_ring_sent_records_total", () => ByKind(losses.ReadSent), "Records that the probes put into a ring, by kind.");
        Counter("node_agent_ring_lost_records_total", () => ByKind(losses.ReadLost), "Records that found their ring full, by kind.");
        Counter("node_agent_seen_hits_total", () => ByFilteredKind(filter, static count => count.Hits),
            "Events that were not sent because an equal one had been, by kind.");
        Counter("node_agent_seen_misses_total", () => ByFilteredKind(filter, static count => count.Misses),
            "Events that the already-seen filter let through, by kind.");
        _meter.CreateObservableGauge("node_agent_seen_entries", () => filter.Entries, null, "Things that the already-seen filter knows.");
        _meter.CreateObservableGauge("node_agent_filter_containers", () => filter.Containers, null,
            "Containers with a filter and budgets of their own.");
        Counter("node_agent_budget_cut_events_total", () => ByBucket(filter),
            "Events that were cut because their container was over its budget, by bucket.");
        _meter.CreateObservableCounter("node_agent_decoded_records_total", () => decoded[DecodeResult.Ok],
            unit: null, "Records read from the rings and decoded.");
        Counter("node_agent_malformed_records_total", () => Malformed(decoded), "Records that did not decode, by reason.");
        Gauge("node_agent_sensor_active", () => Sensors(sensors()), null, "1 when the sensor is attached, with the variant of its hooks.");
        AddRings(rings);
        AddMaps(inventory);
        AddPrograms(inventory, sampler);
    }

    public void Dispose() => _meter.Dispose();

    private void AddRings(RingSet rings)
    {
        Counter("node_agent_ring_records_total", () => ByRing(rings, static (counts, kind) => counts.RecordsOf(kind)),
            "Records read from each ring, by kind.");
        Counter("node_agent_ring_bytes_total", () => ByRing(rings, static (counts, kind) => counts.BytesOf(kind)),
            "Bytes of each ring that those records took, header and padding included: by records, their mean size.");
        _meter.CreateObservableGauge("node_agent_ring_pending_bytes", () => rings.PendingBytes, "By", "Bytes that wait in the rings.");
        Gauge("node_agent_ring_size_bytes", () => rings.Names.Zip(rings.Rings, static (name, ring) =>
            new Measurement<long>((long)ring.SizeBytes, Label("ring", name))), "By", "Size of each ring; their number is the shards' and one.");
    }

    private void AddMaps(KernelInventory inventory)
    {
        Gauge("node_agent_bpf_map_max_entries", () => Maps(inventory, static map => map.MaxEntries), null, "Entries that a map has room for; bytes for a ring.");
        Gauge("node_agent_bpf_map_entries", () => Maps(inventory, static map => map.Entries), null, "Entries of a hash map, counted at most twice a minute.");
        Gauge("node_agent_bpf_map_memory_bytes", () => Maps(inventory, static map => map.LockedBytes), "By", "Kernel memory of a map.");
    }

    private void AddPrograms(KernelInventory inventory, StatisticsSampler? sampler)
    {
        Gauge("node_agent_bpf_program_jited_bytes", () => Programs(inventory, static program => (long)program.Info.JitedSizeBytes), "By", "Machine code of a program.");
        Gauge("node_agent_bpf_program_memory_bytes", () => Programs(inventory, static program => program.LockedBytes), "By", "Kernel memory of a program.");
        Gauge("node_agent_bpf_program_verified_instructions", () => Programs(inventory, static program => (long)program.Info.VerifiedInstructions),
            null, "Instructions that the verifier walked.");
        Counter("node_agent_bpf_program_recursion_misses_total", () => Programs(inventory, static program => (long)program.Info.RecursionMisses),
            "Runs that the kernel left out because they would have interrupted the program itself.");
        if (sampler is null)
        {
            return;
        }

        Counter("node_agent_bpf_program_runs_total", () => Programs(inventory, static program => (long)program.Info.RunCount),
            "Runs of a program while the kernel counted: see node_agent_bpf_program_sampled_seconds_total.");
        _meter.CreateObservableCounter("node_agent_bpf_program_run_seconds_total", () => Programs(inventory, static program => program.Info.RunTimeNs / 1e9),
            "s", "Time of those runs.");
        _meter.CreateObservableCounter("node_agent_bpf_program_sampled_seconds_total", () => sampler.SampledTime.TotalSeconds,
            "s", "Time in which the kernel counted runs.");
    }

    private void Counter(string name, Func<IEnumerable<Measurement<long>>> observe, string help) =>
        _meter.CreateObservableCounter(name, observe, unit: null, help);

    private void Gauge(string name, Func<IEnumerable<Measurement<long>>> observe, string? unit, string help) =>
        _meter.CreateObservableGauge(name, observe, unit, help);

    private static IEnumerable<Measurement<long>> ByKind(Func<ulong[]> read)
    {
        ulong[] counts = read();
        for (EventKind kind = EventKind.Exec; kind < EventKind.Limit; kind++)
        {
            yield return new Measurement<long>((long)counts[(int)kind], Label("kind", kind.ToString()));
        }
    }

    // Only what occurs: rings times kinds would be hundreds of zeros.
    private static IEnumerable<Measurement<long>> ByRing(RingSet rings, Func<RingCounts, EventKind, long> read)
    {
        foreach ((string name, RingBuffer ring) in rings.Names.Zip(rings.Rings))
        {
            for (EventKind kind = EventKind.None; kind < EventKind.Limit; kind++)
            {
                if (read(ring.Counts, kind) is > 0 and long value)
                {
                    yield return new Measurement<long>(value, Label("ring", name), Label("kind", kind.ToString()));
                }
            }
        }
    }

    private static IEnumerable<Measurement<long>> ByFilteredKind(RepeatFilter filter, Func<SeenCountRecord, ulong> choose)
    {
        SeenCountRecord[] counts = filter.ReadCounts();
        return FilterOptions.FilterableKinds.Select(kind => new Measurement<long>((long)choose(counts[(int)kind]), Label("kind", kind.ToString())));
    }

    private static IEnumerable<Measurement<long>> ByBucket(RepeatFilter filter)
    {
        ulong[] cuts = filter.ReadCutCounts();
        return Enum.GetValues<BudgetBucket>().Where(bucket => bucket is not (BudgetBucket.None or BudgetBucket.Limit))
            .Select(bucket => new Measurement<long>((long)cuts[(int)bucket], Label("bucket", bucket.ToString())));
    }

    private static IEnumerable<Measurement<long>> Malformed(DecodeCounters decoded) =>
        DecodeCounters.Results.Where(result => result != DecodeResult.Ok)
            .Select(result => new Measurement<long>(decoded[result], Label("reason", result.ToString())));

    private static IEnumerable<Measurement<long>> Sensors(IReadOnlyList<SensorStatus> sensors) =>
        sensors.Select(sensor => new Measurement<long>(
            sensor.State == SensorState.Active ? 1 : 0, Label("sensor", sensor.Name), Label("variant", sensor.Variant)));

    private static IEnumerable<Measurement<long>> Maps(KernelInventory inventory, Func<MapStatus, long?> read) =>
        inventory.ReadMaps().Where(map => read(map) is not null)
            .Select(map => new Measurement<long>(read(map)!.Value, Label("map", map.Name), Label("sensor", map.Sensor)));

    private static IEnumerable<Measurement<T>> Programs<T>(KernelInventory inventory, Func<ProgramStatus, T> read)
        where T : struct =>
        inventory.ReadPrograms().Select(program => new Measurement<T>(
            read(program), Label("program", program.Name), Label("sensor", program.Sensor), Label("hook", program.Hook)));

    private static KeyValuePair<string, object?> Label(string name, string value) => new(name, value);
}
