// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.Metrics;
using NodeAgent.Bpf.Decoding;
using NodeAgent.Bpf.Filtering;
using NodeAgent.Bpf.Loading;
using NodeAgent.Bpf.Losses;
using NodeAgent.Events.Wire;

namespace NodeAgent.Bpf;

/// <summary>The instruments of this project. They read counters that exist anyway; an event costs nothing more.</summary>
internal sealed class BpfMetrics : IDisposable
{
    private readonly Meter _meter = new("NodeAgent.Bpf");

    internal BpfMetrics(DecodeCounters decoded, LossReader losses, RepeatFilter filter, Func<long> pendingBytes, IReadOnlyList<SensorStatus> sensors)
    {
        _meter.CreateObservableCounter("node_agent_ring_records_total", () => ByKind(losses.ReadSent),
            unit: null, "Records that the probes put into a ring, by kind.");
        _meter.CreateObservableCounter("node_agent_ring_lost_records_total", () => ByKind(losses.ReadLost),
            unit: null, "Records that found their ring full, by kind.");
        _meter.CreateObservableCounter("node_agent_seen_hits_total", () => ByFilteredKind(filter.ReadHits),
            unit: null, "Events that were not sent because an equal one had been, by kind.");
        _meter.CreateObservableCounter("node_agent_seen_misses_total", () => ByFilteredKind(filter.ReadMisses),
            unit: null, "Events that the already-seen filter let through, by kind.");
        _meter.CreateObservableGauge("node_agent_seen_entries", () => filter.Entries, unit: null, "Things that the already-seen filter knows.");
        _meter.CreateObservableGauge("node_agent_filter_containers", () => filter.Containers,
            unit: null, "Containers with a filter and budgets of their own.");
        _meter.CreateObservableCounter("node_agent_budget_cut_events_total", () => ByBucket(filter),
            unit: null, "Events that were cut because their container was over its budget, by bucket.");
        _meter.CreateObservableCounter("node_agent_decoded_records_total", () => decoded[DecodeResult.Ok],
            unit: null, "Records read from the rings and decoded.");
        _meter.CreateObservableCounter("node_agent_malformed_records_total", () => Malformed(decoded),
            unit: null, "Records that did not decode, by reason.");
        _meter.CreateObservableGauge("node_agent_ring_pending_bytes", pendingBytes, unit: "By", "Bytes that wait in the rings.");
        _meter.CreateObservableGauge("node_agent_sensor_active", () => Sensors(sensors), unit: null, "1 when the sensor is attached.");
    }

    public void Dispose() => _meter.Dispose();

    private static IEnumerable<Measurement<long>> ByKind(Func<EventKind, ulong> read)
    {
        for (EventKind kind = EventKind.Exec; kind < EventKind.Limit; kind++)
        {
            yield return new Measurement<long>((long)read(kind), new KeyValuePair<string, object?>("kind", kind.ToString()));
        }
    }

    private static IEnumerable<Measurement<long>> ByFilteredKind(Func<EventKind, ulong> read) =>
        FilterOptions.FilterableKinds.Select(kind => new Measurement<long>((long)read(kind), new KeyValuePair<string, object?>("kind", kind.ToString())));

    private static IEnumerable<Measurement<long>> ByBucket(RepeatFilter filter) =>
        Enum.GetValues<BudgetBucket>().Where(bucket => bucket is not (BudgetBucket.None or BudgetBucket.Limit))
            .Select(bucket => new Measurement<long>((long)filter.ReadCut(bucket), new KeyValuePair<string, object?>("bucket", bucket.ToString())));

    private static IEnumerable<Measurement<long>> Malformed(DecodeCounters decoded) =>
        DecodeCounters.Results.Where(result => result != DecodeResult.Ok)
            .Select(result => new Measurement<long>(decoded[result], new KeyValuePair<string, object?>("reason", result.ToString())));

    private static IEnumerable<Measurement<int>> Sensors(IReadOnlyList<SensorStatus> sensors) =>
        sensors.Select(sensor => new Measurement<int>(
            sensor.State == SensorState.Active ? 1 : 0, new KeyValuePair<string, object?>("sensor", sensor.Name)));
}
