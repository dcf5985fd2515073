// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.Metrics;

namespace NodeAgent.Integrity;

/// <summary>What became of changes of watched files. Any thread.</summary>
internal sealed class IntegrityMetrics : IDisposable
{
    private readonly Meter _meter = new("NodeAgent.Integrity");
    private readonly Counter<long> _changes;
    private readonly Counter<long> _dropped;
    private readonly Counter<long> _unread;
    private long _unchanged;
    private long _folded;
    private long _scans;
    private long _bytes;
    private long _baseline;
    private long _unwatched;

    public IntegrityMetrics()
    {
        _changes = _meter.CreateCounter<long>("node_agent_integrity_alerts_total", null, "Alerts about watched files, by kind of change");
        _dropped = _meter.CreateCounter<long>("node_agent_integrity_dropped_total", null, "Changes of watched files that were not judged one by one, by reason; the files are compared with the baseline then");
        _unread = _meter.CreateCounter<long>("node_agent_integrity_unread_total", null, "Watched files whose contents could not be compared, by reason");
        Counter("node_agent_integrity_unchanged_total", "Files that were opened for writing, or set to what they were, and are as before", () => Volatile.Read(ref _unchanged));
        Counter("node_agent_integrity_folded_total", "Changes that were counted with an alert that was sent before", () => Volatile.Read(ref _folded));
        Counter("node_agent_integrity_scans_total", "Comparisons of all watched files of the machine with the baseline", () => Volatile.Read(ref _scans));
        Counter("node_agent_integrity_read_bytes_total", "Contents that were read for digests", () => Volatile.Read(ref _bytes));
        Counter("node_agent_integrity_unwatched_total", "Files whose later writes by those who have them open may go unnoticed, since too many are followed", () => Volatile.Read(ref _unwatched));
        _meter.CreateObservableGauge("node_agent_integrity_baseline_files", () => Volatile.Read(ref _baseline), null, "Files and folders of the machine that the baseline holds");
    }

    public void Told(string kind) => _changes.Add(1, new KeyValuePair<string, object?>("kind", kind));

    /// <param name="reason">Shape: <c>rate</c>, <c>queue</c>, <c>alerts</c>, <c>findings</c>, <c>baseline</c>, <c>room</c>, <c>fault</c>.</param>
    public void Dropped(string reason, long count = 1) => _dropped.Add(count, new KeyValuePair<string, object?>("reason", reason));

    public void Unread(string reason) => _unread.Add(1, new KeyValuePair<string, object?>("reason", reason));

    public void Unchanged() => Interlocked.Increment(ref _unchanged);

    public void Scanned() => Interlocked.Increment(ref _scans);

    public void Unwatched() => Interlocked.Increment(ref _unwatched);

    public void Is(long folded, long bytesRead, int baseline)
    {
        Volatile.Write(ref _folded, folded);
        Volatile.Write(ref _bytes, bytesRead);
        Volatile.Write(ref _baseline, baseline);
    }

    public void Dispose() => _meter.Dispose();

    private void Counter(string name, string help, Func<long> read) => _meter.CreateObservableCounter(name, read, null, help);
}
