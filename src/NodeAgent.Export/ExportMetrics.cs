// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.Metrics;
using NodeAgent.Export.Sinks;

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

    public void Dispose() => _meter.Dispose();

    private void PerSink(string name, string help, SinkLane[] lanes, Func<SinkLane, long> read) =>
        _meter.CreateObservableCounter(name, () => lanes.Select(lane => new Measurement<long>(read(lane), SinkTag(lane))), null, help);

    private static KeyValuePair<string, object?> SinkTag(SinkLane lane) => new("sink", lane.Name);
}
