// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.Metrics;

namespace NodeAgent.Storage;

/// <summary>Instruments of the storage. Meter: <c>NodeAgent.Storage</c>.</summary>
internal sealed class StorageMetrics : IDisposable
{
    public const string MeterName = "NodeAgent.Storage";

    private readonly Meter _meter = new(MeterName);
    private readonly Counter<long> _commits;
    private readonly Counter<long> _writes;
    private readonly Histogram<double> _commitSeconds;
    private readonly Counter<long> _requests;
    private readonly Histogram<double> _requestSeconds;
    private readonly Counter<long> _chunks;

    public StorageMetrics()
    {
        _commits = _meter.CreateCounter<long>("node_agent_storage_commits_total", null, "Transactions made durable.");
        _writes = _meter.CreateCounter<long>("node_agent_storage_writes_total", null, "Objects created, changed or deleted.");
        _commitSeconds = _meter.CreateHistogram<double>("node_agent_storage_commit_seconds", "s", "Time of one transaction, fsync included.");
        _requests = _meter.CreateCounter<long>("node_agent_storage_requests_total", null, "API requests answered, by verb, resource and code.");
        _requestSeconds = _meter.CreateHistogram<double>("node_agent_storage_request_seconds", "s", "Time of one API request, watches left out.");
        WritesFailed = _meter.CreateCounter<long>("node_agent_storage_write_failures_total", null, "Writes that the engine refused.");
        WatchersDropped = _meter.CreateCounter<long>("node_agent_storage_watchers_dropped_total", null, "Watches ended because their reader was too slow.");
        WatchEvents = _meter.CreateCounter<long>("node_agent_storage_watch_events_total", null, "Events sent to watchers.");
        _chunks = _meter.CreateCounter<long>("node_agent_storage_chunks_total", null, "Chunks of profiles, by what became of them: merged, final, usersown or refused.");
        Unauthorized = _meter.CreateCounter<long>("node_agent_storage_unauthorized_total", null, "Requests without the right token.");
    }

    public Counter<long> WritesFailed { get; }

    public Counter<long> WatchersDropped { get; }

    public Counter<long> WatchEvents { get; }

    public Counter<long> Unauthorized { get; }

    public void Observe(Func<long> revision, Func<long> watchers, Func<long> databaseBytes)
    {
        _meter.CreateObservableGauge("node_agent_storage_revision", revision, null, "Newest resourceVersion.");
        _meter.CreateObservableGauge("node_agent_storage_watchers", watchers, null, "Watches open now.");
        _meter.CreateObservableGauge("node_agent_storage_database_bytes", databaseBytes, "By", "Size of the database file.");
    }

    public void Committed(int writes, TimeSpan elapsed)
    {
        _commits.Add(1);
        _writes.Add(writes);
        _commitSeconds.Record(elapsed.TotalSeconds);
    }

    /// <param name="resource">One of the served resources or empty: never a caller's text, which would be a label without bound.</param>
    public void Answered(string verb, string resource, int code, TimeSpan elapsed)
    {
        var tags = new System.Diagnostics.TagList { { "verb", verb }, { "resource", resource }, { "code", code } };
        _requests.Add(1, tags);
        if (verb != "watch")
        {
            _requestSeconds.Record(elapsed.TotalSeconds, new KeyValuePair<string, object?>("verb", verb), new KeyValuePair<string, object?>("resource", resource));
        }
    }

    /// <param name="outcome">One of the few words of the counter's description.</param>
    public void Chunk(string outcome) => _chunks.Add(1, new KeyValuePair<string, object?>("outcome", outcome));

    public void Dispose() => _meter.Dispose();
}
