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
    private readonly Counter<long> _identified;
    private readonly Counter<long> _decided;
    private readonly Counter<long> _reviewFailures;
    private readonly Counter<long> _auditDropped;
    private readonly Counter<long> _collected;

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
        _identified = _meter.CreateCounter<long>("node_agent_storage_authentications_total", null, "Requests by how their caller was told (proxy, certificate or token), and whether it was.");
        _decided = _meter.CreateCounter<long>("node_agent_storage_authorizations_total", null, "Requests by whether they are allowed.");
        _reviewFailures = _meter.CreateCounter<long>("node_agent_storage_review_failures_total", null, "Questions about tokens and rights that nobody answered.");
        _auditDropped = _meter.CreateCounter<long>("node_agent_storage_audit_dropped_total", null, "Audit lines lost, because the sink is too slow (queue) or fails (sink).");
        _collected = _meter.CreateCounter<long>("node_agent_storage_collected_total", null, "Objects that the storage deleted by itself, by resource and reason.");
        NewcomersDropped = _meter.CreateCounter<long>("node_agent_storage_newcomers_dropped_total", null, "Connections closed to make room for newer ones, before their caller had said who it is.");
        DamagedRead = _meter.CreateCounter<long>("node_agent_storage_damaged_reads_total", null, "Requests that failed because an object's checksum is wrong.");
        Unauthorized = _meter.CreateCounter<long>("node_agent_storage_unauthorized_total", null, "Requests whose caller is nobody that is known.");
    }

    /// <summary>Its instruments are this store's, also where a process has several.</summary>
    public Meter Meter => _meter;

    public Counter<long> WritesFailed { get; }

    /// <summary>As of the last look at everything.</summary>
    public IReadOnlyList<(string Resource, long Objects, long Bytes)> Sizes { get; set; } = [];

    public Counter<long> WatchersDropped { get; }

    public Counter<long> WatchEvents { get; }

    public Counter<long> NewcomersDropped { get; }

    public Counter<long> DamagedRead { get; }

    public Counter<long> Unauthorized { get; }

    public void Observe(Func<long> revision, Func<long> watchers, Func<long> databaseBytes)
    {
        _meter.CreateObservableGauge("node_agent_storage_revision", revision, null, "Newest resourceVersion.");
        _meter.CreateObservableGauge("node_agent_storage_watchers", watchers, null, "Watches open now.");
        _meter.CreateObservableGauge("node_agent_storage_objects", () => Sizes.Select(size => Of(size.Objects, size.Resource)), null, "Objects by resource, as of the collector's last look; only on the replica that collects.");
        _meter.CreateObservableGauge("node_agent_storage_object_bytes", () => Sizes.Select(size => Of(size.Bytes, size.Resource)), "By", "Size of their documents.");
        _meter.CreateObservableGauge("node_agent_storage_database_bytes", databaseBytes, "By", "Size of the database file.");
    }

    private static Measurement<long> Of(long value, string resource) => new(value, new KeyValuePair<string, object?>("resource", resource));

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

    /// <param name="method">Shape: <c>proxy</c>, <c>certificate</c> or <c>token</c>.</param>
    public void Identified(string method, bool known)
    {
        _identified.Add(1, new KeyValuePair<string, object?>("method", method), new KeyValuePair<string, object?>("result", known ? "known" : "unknown"));
        if (!known)
        {
            Unauthorized.Add(1);
        }
    }

    public void Decided(bool allowed) => _decided.Add(1, new KeyValuePair<string, object?>("decision", allowed ? "allow" : "forbid"));

    /// <param name="kind">Shape: <c>token</c> or <c>access</c>.</param>
    public void ReviewFailed(string kind) => _reviewFailures.Add(1, new KeyValuePair<string, object?>("kind", kind));

    /// <param name="reason">Shape: one of a few words, such as <c>owner-gone</c> or <c>workload-gone</c>.</param>
    public void Collected(string resource, string reason) =>
        _collected.Add(1, new KeyValuePair<string, object?>("resource", resource), new KeyValuePair<string, object?>("reason", reason));

    /// <param name="where">Shape: <c>queue</c> or <c>sink</c>.</param>
    public void AuditDropped(string where) => _auditDropped.Add(1, new KeyValuePair<string, object?>("where", where));

    /// <param name="outcome">One of the few words of the counter's description.</param>
    public void Chunk(string outcome) => _chunks.Add(1, new KeyValuePair<string, object?>("outcome", outcome));

    public void Dispose() => _meter.Dispose();
}
