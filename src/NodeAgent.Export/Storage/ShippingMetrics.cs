// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.Metrics;

namespace NodeAgent.Export.Storage;

/// <summary>What became of profiles on their way to the storage. The fields are plain: one task writes them, a scrape reads them.</summary>
public sealed class ShippingMetrics : IDisposable
{
    private readonly Meter _meter = new(ExportMetrics.MeterName);

    /// <summary>Units: chunks.</summary>
    public long Sent;

    /// <summary>Units: bytes of those.</summary>
    public long SentBytes;

    /// <summary>Deltas that needed more than one chunk.</summary>
    public long Splits;

    public long Retries;
    public long Rejected;
    public long LimitsHalved;
    public long EntriesOversized;
    public long EntriesRefused;
    public long StartedOver;
    public long Owed;
    public long RemovalsDropped;

    public ShippingMetrics()
    {
        Counter("node_agent_storage_chunks_sent_total", () => Sent, "Chunks of profiles that the storage took");
        Counter("node_agent_storage_chunk_bytes_total", () => SentBytes, "Size of the chunks that the storage took");
        Counter("node_agent_storage_chunk_splits_total", () => Splits, "Deltas of profiles that needed more than one chunk");
        Counter("node_agent_storage_retries_total", () => Retries, "Attempts that failed and are tried again");
        Counter("node_agent_storage_rejected_total", () => Rejected, "Chunks that the storage refused for good");
        Counter("node_agent_storage_limit_halved_total", () => LimitsHalved, "Times that the storage found a chunk too large");
        Counter("node_agent_storage_entries_oversized_total", () => EntriesOversized, "Entries of profiles that are larger than a chunk may be, sent nevertheless");
        Counter("node_agent_storage_entries_refused_total", () => EntriesRefused, "Entries of profiles given up since they are too large for the storage");
        Counter("node_agent_storage_started_over_total", () => StartedOver, "Times that the storage lacked what it had taken, and everything was sent again");
        Counter("node_agent_storage_removals_dropped_total", () => RemovalsDropped, "Profiles of former names that stay in the storage");
        _meter.CreateObservableGauge("node_agent_storage_owed", () => Owed, null, "Profiles that wait for the storage");
    }

    public void Dispose() => _meter.Dispose();

    private void Counter(string name, Func<long> read, string help) => _meter.CreateObservableCounter(name, read, null, help);
}
