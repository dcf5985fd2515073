// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.Metrics;
using NodeAgent.Export.Sinks.Delivery;

namespace NodeAgent.Export;

/// <summary>The instruments of the meter <c>NodeAgent.Export</c>.</summary>
internal sealed class ExportMetrics : IDisposable
{
    public const string MeterName = "NodeAgent.Export";
    private readonly Meter _meter = new(MeterName);

    private ExportMetrics()
    {
    }

    public static ExportMetrics ForSinks(AlertLane[] lanes, Func<long> unserialisable)
    {
        var metrics = new ExportMetrics();
        metrics.Counter(lanes, "node_agent_alert_sink_sent_total", "Alerts written, or confirmed by the receiver.", lane => lane.Counts.Sent);
        metrics.Counter(lanes, "node_agent_alert_sink_failed_total", "Alerts lost because the sink could not write them.", lane => lane.Counts.Failed);
        metrics.Counter(lanes, "node_agent_alert_sink_refused_total", "Alerts lost because the receiver refused them for good.", lane => lane.Counts.Refused);
        metrics.Counter(lanes, "node_agent_alert_sink_dropped_total", "Alerts lost because the sink's queue in memory was full.", lane => lane.Counts.Dropped);
        metrics.Counter(lanes, "node_agent_alert_sink_filtered_total", "Alerts that the sink's filter leaves out.", lane => lane.Filtered);
        metrics.Counter(lanes, "node_agent_alert_sink_held_back_total", "Alerts over the sink's rate limit, told as numbers.", lane => lane.HeldBack);
        metrics.Counter(lanes, "node_agent_alert_sink_retries_total", "Attempts that failed and are tried again.", lane => lane.Counts.Retries);
        metrics.Counter(lanes, "node_agent_alert_sink_resent_total", "Alerts sent again since it is not known whether they had arrived.", lane => lane.Counts.Resent);
        metrics.Counter(lanes, "node_agent_alert_sink_shortened_total", "Alerts that were sent without their longest parts, to stay below the receiver's limit.", lane => lane.Counts.Shortened);
        metrics.Gauge(lanes, "node_agent_alert_sink_queue_length", "Alerts that wait for the sink.", lane => lane.Counts.Undelivered);
        metrics.Gauge(lanes, "node_agent_alert_sink_spool_bytes", "Size of the sink's spool.", lane => lane.Counts.SpoolBytes);
        metrics.Gauge(lanes, "node_agent_alert_sink_circuit_open", "1 = the receiver failed several times in a row and is only probed.", lane => lane.Counts.IsOpen ? 1 : 0);
        metrics.SpoolDrops(lanes);
        metrics._meter.CreateObservableCounter(
            "node_agent_alert_unserialisable_total", unserialisable, null, "Alerts lost because they could not be written as JSON.");
        return metrics;
    }

    public void Dispose() => _meter.Dispose();

    private void SpoolDrops(AlertLane[] lanes) => _meter.CreateObservableCounter(
        "node_agent_alert_sink_spool_dropped_total",
        () => lanes.SelectMany(lane => Drops(lane.Name, lane.Counts)),
        null,
        "Alerts lost from the sink's spool, by reason: room, age, damage.");

    private static Measurement<long>[] Drops(string sink, LaneCounts counts) =>
        [Drop(sink, "room", counts.DroppedForRoom), Drop(sink, "age", counts.DroppedForAge), Drop(sink, "damage", counts.LostToDamage)];

    private static Measurement<long> Drop(string sink, string reason, long count) =>
        new(count, new KeyValuePair<string, object?>("sink", sink), new KeyValuePair<string, object?>("reason", reason));

    private void Counter(AlertLane[] lanes, string name, string help, Func<AlertLane, long> read) =>
        _meter.CreateObservableCounter(name, () => lanes.Select(lane => new Measurement<long>(read(lane), SinkTag(lane))), null, help);

    private void Gauge(AlertLane[] lanes, string name, string help, Func<AlertLane, long> read) =>
        _meter.CreateObservableGauge(name, () => lanes.Select(lane => new Measurement<long>(read(lane), SinkTag(lane))), null, help);

    private static KeyValuePair<string, object?> SinkTag(AlertLane lane) => new("sink", lane.Name);
}
