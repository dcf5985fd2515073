// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.Metrics;
using NodeAgent.Export.Sinks;
using NodeAgent.Export.Storage;

namespace NodeAgent.Export;

/// <summary>The instruments of the meter <c>NodeAgent.Export</c>.</summary>
internal sealed class ExportMetrics : IDisposable
{
    public const string MeterName = "NodeAgent.Export";
    private readonly Meter _meter = new(MeterName);

    private ExportMetrics()
    {
    }

    public static ExportMetrics ForSinks(SinkLane[] lanes, Func<long> unserialisable)
    {
        var metrics = new ExportMetrics();
        metrics.PerSink("node_agent_alert_sink_sent_total", "Alerts written.", lanes, lane => lane.Sent);
        metrics.PerSink("node_agent_alert_sink_failed_total", "Alerts lost because the sink could not write them.", lanes, lane => lane.Failed);
        metrics.PerSink("node_agent_alert_sink_dropped_total", "Alerts lost because the sink's queue was full.", lanes, lane => lane.Dropped);
        metrics._meter.CreateObservableGauge(
            "node_agent_alert_sink_queue_length",
            () => lanes.Select(lane => new Measurement<long>(lane.Waiting, SinkTag(lane))),
            null,
            "Alerts that wait for the sink.");
        metrics._meter.CreateObservableCounter(
            "node_agent_alert_unserialisable_total", unserialisable, null, "Alerts lost because they could not be written as JSON.");
        return metrics;
    }

    public static ExportMetrics ForShipper(ProfileShipper shipper)
    {
        var metrics = new ExportMetrics();
        metrics.Counter("node_agent_storage_sent_total", "Objects that the storage took.", () => shipper.Counters.Sent);
        metrics.Counter("node_agent_storage_superseded_total", "Objects replaced by a newer one before they were sent.", () => shipper.Counters.Superseded);
        metrics.Counter("node_agent_storage_retries_total", "Attempts that failed and are tried again.", () => shipper.Counters.Retries);
        metrics.Counter("node_agent_storage_rejected_total", "Objects that the storage refused for good.", () => shipper.Counters.Rejected);
        metrics.Counter("node_agent_storage_dropped_total", "Objects not taken because the queue was full.", () => shipper.Counters.Dropped);
        metrics._meter.CreateObservableGauge("node_agent_storage_pending", () => shipper.Counters.Pending, null, "Objects that wait to be sent.");
        metrics._meter.CreateObservableGauge(
            "node_agent_storage_pending_bytes", () => shipper.Counters.PendingBytes, null, "Size of the objects that wait to be sent.");
        return metrics;
    }

    public void Dispose() => _meter.Dispose();

    private void Counter(string name, string help, Func<long> read) => _meter.CreateObservableCounter(name, read, null, help);

    private void PerSink(string name, string help, SinkLane[] lanes, Func<SinkLane, long> read) =>
        _meter.CreateObservableCounter(name, () => lanes.Select(lane => new Measurement<long>(read(lane), SinkTag(lane))), null, help);

    private static KeyValuePair<string, object?> SinkTag(SinkLane lane) => new("sink", lane.Name);
}
