// SPDX-License-Identifier: Apache-2.0
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using NodeAgent.Api.Alerts;
using NodeAgent.Export.Storage;
using NodeAgent.Hosting;
using NodeAgent.HostScan.Checks;
using NodeAgent.HostScan.Reports;
using NodeAgent.HostScan.Roots;
using NodeAgent.HostScan.Scanning;
using NodeAgent.HostScan.Sensors;
using NodeAgent.HostScan.Sensors.Kubernetes;
using NodeAgent.HostScanning.Witnesses;

namespace NodeAgent.HostScanning;

/// <summary>Scans the node from time to time: what changed becomes alerts, what the sensors tell and what the checks come to becomes objects.</summary>
/// <remarks>One scan at a time, on one thread, and never before the agent is ready. That the storage is away delays no scan.</remarks>
internal sealed class HostScanTask : IAsyncDisposable
{
    private readonly HostScanOptions _options;
    private readonly HostObjectWriter? _objects;
    private readonly HostScanMetrics _metrics = new();
    private readonly DriftWatch? _drift;
    private readonly HttpMetadataServices? _metadata;
    private readonly CheckFiles _checks;
    private readonly HostScanner _scanner;
    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private readonly Func<IReadOnlyDictionary<string, string>?>? _nodeLabels;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _running;
    private (int Failed, int Passed, int Unknown)? _said;

    /// <param name="storage">Taken over; null = there is none.</param>
    /// <param name="witness">Sees who changes the node; null = nobody does. Stays the caller's.</param>
    /// <param name="nodeLabels">What the API server calls the node; null = nobody knows.</param>
    public HostScanTask(
        HostScanOptions options, StorageConnection? storage, ChannelWriter<RuntimeAlerts> alerts, ILogger logger, TimeProvider time, DriftWitness? witness = null,
        Func<IReadOnlyDictionary<string, string>?>? nodeLabels = null)
    {
        _options = options;
        _logger = logger;
        _time = time;
        _nodeLabels = nodeLabels;
        _objects = storage is null ? null : new HostObjectWriter(storage, _metrics, logger, time);
        _drift = options.Drift ? new DriftWatch(options, alerts, witness, _metrics, logger) : null;
        _metadata = options.CloudMetadata ? new HttpMetadataServices(HttpMetadataServices.DefaultEndpoint) : null;
        IReadOnlyList<HostSensor> sensors = options.Sensors ?? HostSensors.Create(_metadata);
        _checks = new CheckFiles(options, sensors, logger);
        _scanner = new HostScanner(sensors, time, options.SensorTime, options.FilesInterval);
        _running = Task.Run(RunAsync);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _running.ConfigureAwait(false);
        _objects?.Dispose();
        _metadata?.Dispose();
        _metrics.Dispose();
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        try
        {
            await Task.Delay(_options.InitialDelay, _time, _stop.Token).ConfigureAwait(false);
            while (true)
            {
                using var next = new CancellationTokenSource(_options.Interval, _time);
                CheckReport? report = Scan();
                if (report is not null)
                {
                    await StoreAsync(report, next.Token).ConfigureAwait(false);
                }

                // A scan makes some 40 MB of garbage, which would count as the agent's until the next one.
                report = null;
                SpareMemory.GiveBack();
                await UntilAsync(next.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // Stopped.
        }
    }

    /// <returns>Null when it came to nothing.</returns>
    private CheckReport? Scan()
    {
        try
        {
            _checks.Read();
            using HostRoot root = HostRoot.Open(_options.Root);
            HostScanResult scan = _scanner.Scan(root, _options.NodeName, _stop.Token) with { NodeLabels = _nodeLabels?.Invoke() };
            _drift?.Look(scan, root, _stop.Token);
            CheckReport report = CheckReport.Of(scan, _checks.Engine, _checks.Exceptions, null, _time.GetUtcNow(), _stop.Token);
            _metrics.Scanned(report);
            Say(report);
            return report;
        }
#pragma warning disable CA1031 // a host may hold anything: a scan that fails is said and counted, and the agent and the next scan go on
        catch (Exception e) when (e is not OperationCanceledException)
#pragma warning restore CA1031
        {
            _metrics.ScanFailed();
            Log.HostScanFailed(_logger, $"{e.GetType().Name}: {e.Message}");
            return null;
        }
    }

    // Each five minutes the same line would hide the others.
    private void Say(CheckReport report)
    {
        (int Failed, int Passed, int Unknown) counts = (report.Count(CheckOutcome.Fail), report.Count(CheckOutcome.Pass), report.Count(CheckOutcome.Unknown));
        if (counts != _said)
        {
            _said = counts;
            Log.HostScanned(_logger, report.Scan.Documents.Count, (long)report.Scan.Took.TotalMilliseconds, counts.Failed, counts.Passed, counts.Unknown);
        }
    }

    // What is not stored when the next scan is due is stored with it, as it is then.
    private async Task StoreAsync(CheckReport report, CancellationToken next)
    {
        if (_objects is null)
        {
            return;
        }

        using var either = CancellationTokenSource.CreateLinkedTokenSource(next, _stop.Token);
        try
        {
            await _objects.StoreAsync([.. NodeObjects.Documents(report.Scan), .. NodeObjects.Results(report, _options.ObjectNamespace)], report.Scan.Time, either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!_stop.IsCancellationRequested)
        {
            // The next scan is due.
        }
    }

    private async Task UntilAsync(CancellationToken next)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(next, _stop.Token);
        try
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, _time, either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!_stop.IsCancellationRequested)
        {
            // It is time.
        }
    }
}
