// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.Metrics;

namespace NodeAgent.Profiles.Flows;

/// <summary>The instruments of the flow history. The fields are plain: each is written by one thread and read at a scrape.</summary>
internal sealed class FlowMetrics : IDisposable
{
    private readonly Meter _meter = new(ProfilesMetrics.MeterName);

    public long Seen;
    public long DroppedLive;
    public long DroppedOld;
    public long DroppedNoRoom;
    public long DroppedTorn;
    public long Errors;
    public long Bytes;
    public int Flows;
    public int Live;

    public FlowMetrics()
    {
        Counter("node_agent_flow_history_events_total", () => Seen, "Events of connections that the flow history counted");
        _meter.CreateObservableCounter(
            "node_agent_flow_history_dropped_total",
            () => new Measurement<long>[] { Because(DroppedLive, "live"), Because(DroppedOld, "age"), Because(DroppedNoRoom, "size") },
            null,
            "Flows that the history has not, or no longer: too many at a time, too long unseen, no room in the file");
        Counter("node_agent_flow_history_torn_bytes_total", () => DroppedTorn, "Bytes at the end of the file that a crash cut off");
        Counter("node_agent_flow_history_errors_total", () => Errors, "Writes of the flow history that the file system refused");
        _meter.CreateObservableGauge("node_agent_flow_history_bytes", () => Bytes, null, "Size of the flow history's file");
        _meter.CreateObservableGauge("node_agent_flow_history_flows", () => Flows, null, "Flows in the history");
        _meter.CreateObservableGauge("node_agent_flow_history_live", () => Live, null, "Flows of running containers that are being counted");
    }

    public void Dispose() => _meter.Dispose();

    private static Measurement<long> Because(long count, string reason) => new(count, new KeyValuePair<string, object?>("reason", reason));

    private void Counter(string name, Func<long> value, string description) => _meter.CreateObservableCounter(name, value, null, description);
}
