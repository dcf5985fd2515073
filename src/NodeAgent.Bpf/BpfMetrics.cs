// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.Metrics;
using NodeAgent.Bpf.Decoding;
using NodeAgent.Bpf.Loading;
using NodeAgent.Bpf.Losses;
using NodeAgent.Events.Wire;

namespace NodeAgent.Bpf;

/// <summary>The instruments of this project. They read counters that exist anyway; an event costs nothing more.</summary>
internal sealed class BpfMetrics : IDisposable
{
    private readonly Meter _meter = new("NodeAgent.Bpf");

    internal BpfMetrics(DecodeCounters decoded, LossReader losses, Func<long> pendingBytes, IReadOnlyList<SensorStatus> sensors)
    {
        _meter.CreateObservableCounter("node_agent_ring_records_total", () => ByKind(losses.ReadSent),
            unit: null, "Records that the probes put into a ring, by kind.");
        _meter.CreateObservableCounter("node_agent_ring_lost_records_total", () => ByKind(losses.ReadLost),
            unit: null, "Records that found their ring full, by kind.");
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

    private static IEnumerable<Measurement<long>> Malformed(DecodeCounters decoded) =>
        DecodeCounters.Results.Where(result => result != DecodeResult.Ok)
            .Select(result => new Measurement<long>(decoded[result], new KeyValuePair<string, object?>("reason", result.ToString())));

    private static IEnumerable<Measurement<int>> Sensors(IReadOnlyList<SensorStatus> sensors) =>
        sensors.Select(sensor => new Measurement<int>(
            sensor.State == SensorState.Active ? 1 : 0, new KeyValuePair<string, object?>("sensor", sensor.Name)));
}
