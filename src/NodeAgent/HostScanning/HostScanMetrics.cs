// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.Metrics;
using NodeAgent.HostScan.Checks;
using NodeAgent.HostScan.Reports;
using NodeAgent.HostScan.Scanning;

namespace NodeAgent.HostScanning;

/// <summary>What became of scans of the node. Any thread.</summary>
internal sealed class HostScanMetrics : IDisposable
{
    private readonly Meter _meter = new("NodeAgent.HostScanning");
    private readonly Counter<long> _sensorProblems;
    private long _scans;
    private long _failed;
    private long _written;
    private long _writeFailures;
    private long _refused;
    private long _driftAlerts;
    private long _driftDropped;
    private long _witnessed;
    private CheckReport? _last;

    public HostScanMetrics()
    {
        Counter("node_agent_host_scans_total", "Scans of the node", () => Volatile.Read(ref _scans));
        Counter("node_agent_host_scans_failed_total", "Scans of the node that came to nothing", () => Volatile.Read(ref _failed));
        Counter("node_agent_host_objects_written_total", "Objects about the node that were written, each since it had changed", () => Volatile.Read(ref _written));
        Counter("node_agent_host_write_failures_total", "Writes of objects about the node that failed and are tried again", () => Volatile.Read(ref _writeFailures));
        Counter("node_agent_host_writes_refused_total", "Writes of objects about the node that the storage refused for good", () => Volatile.Read(ref _refused));
        Counter("node_agent_host_drift_alerts_total", "Alerts about changes between two scans", () => Volatile.Read(ref _driftAlerts));
        Counter("node_agent_host_drift_dropped_total", "Changes between two scans that found no room among the alerts", () => Volatile.Read(ref _driftDropped));
        Counter("node_agent_host_drift_witnessed_total", "Changes between two scans of which it was seen which process made them", () => Volatile.Read(ref _witnessed));
        _sensorProblems = _meter.CreateCounter<long>("node_agent_host_sensor_problems_total", null, "Documents of host sensors that are not whole, by kind");
        _meter.CreateObservableGauge("node_agent_host_scan_seconds", LastSeconds, "s", "How long the last scan took, its checks not included");
        _meter.CreateObservableGauge("node_agent_host_score", LastScore, null, "Weight of the checks that pass, in percent of those that pass and fail");
        _meter.CreateObservableGauge("node_agent_host_checks", LastChecks, null, "Checks of the last scan by outcome and severity");
    }

    public void Scanned(CheckReport report)
    {
        Interlocked.Increment(ref _scans);
        Volatile.Write(ref _last, report with { Scan = report.Scan with { Documents = [] }, Results = [.. report.Results.Select(result => result with { Evidence = [] })] });
        foreach (HostDocument document in report.Scan.Documents.Where(document => document.Error is not null))
        {
            _sensorProblems.Add(1, new KeyValuePair<string, object?>("kind", document.Kind));
        }
    }

    public void ScanFailed() => Interlocked.Increment(ref _failed);

    public void Written() => Interlocked.Increment(ref _written);

    public void WriteFailed() => Interlocked.Increment(ref _writeFailures);

    public void WriteRefused() => Interlocked.Increment(ref _refused);

    public void Drifted(int alerts, int dropped, int witnessed)
    {
        Interlocked.Add(ref _witnessed, witnessed);
        Interlocked.Add(ref _driftAlerts, alerts);
        Interlocked.Add(ref _driftDropped, dropped);
    }

    public void Dispose() => _meter.Dispose();

    private IEnumerable<Measurement<double>> LastSeconds() => Volatile.Read(ref _last) is { } last ? [new Measurement<double>(last.Scan.Took.TotalSeconds)] : [];

    private IEnumerable<Measurement<long>> LastScore() => Volatile.Read(ref _last)?.Score is { } score ? [new Measurement<long>(score)] : [];

    private IEnumerable<Measurement<long>> LastChecks() => Volatile.Read(ref _last) is not { } last ? [] :
        from outcome in CheckOutcomes.All
        from severity in CheckSeverities.WorstFirst
        select new Measurement<long>(
            last.Results.Count(result => result.Outcome == outcome && result.Check.Severity == severity), new("outcome", outcome.Word()), new("severity", severity.Word()));

    private void Counter(string name, string help, Func<long> read) => _meter.CreateObservableCounter(name, read, null, help);
}
