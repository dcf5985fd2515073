// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using Microsoft.Extensions.Logging;
using NodeAgent.Admission;
using NodeAgent.Bpf;
using NodeAgent.Configuration;
using NodeAgent.Export.Metrics;
using NodeAgent.Export.Storage;
using NodeAgent.HostScanning;
using NodeAgent.Kubernetes.Configuration;
using NodeAgent.Operations;
using NodeAgent.Pipeline;

namespace NodeAgent.Hosting;

/// <summary>The running agent: starts its parts in order and stops them in the reverse one.</summary>
/// <remarks>The kernel side comes first, so that events are recorded while the slower parts start; those start beside each other.</remarks>
internal sealed class AgentHost : IAsyncDisposable
{
    private static readonly TimeSpan StallLimit = TimeSpan.FromSeconds(10);

    // Units: files. 2 MB of the kernel's memory.
    private const int WatchedFiles = 32_768;
    private readonly AgentOptions _options;
    private readonly ILoggerFactory _loggers;
    private readonly ILogger _logger;
    private readonly DataDirectory _directory;
    private readonly PrometheusExposition _metrics;
    private readonly AgentHealth _health;
    private readonly RuleStart _rules;
    private readonly KernelEventSource _source;
    private AgentPipeline? _pipeline;
    private EmbeddedStorage? _storage;
    private HostScanTask? _hostScan;
    private Func<StorageConnection>? _connect;
    private OperationsServer? _operations;
    private AdmissionServer? _admission;
    private bool _stopped;

    private AgentHost(AgentOptions options, ILoggerFactory loggers, DataDirectory directory)
    {
        _options = options;
        _loggers = loggers;
        _logger = loggers.CreateLogger("NodeAgent");
        _directory = directory;

        // Before every meter: counters that are pushed have no history.
        _metrics = new PrometheusExposition(new MetricsOptions(), new BuildInfo(ProductVersion.Text, ProductVersion.Revision));
        _health = new AgentHealth(TimeProvider.System, StallLimit);
        _health.SetNotReady("storage", "starting");
        if (options.Admission.Address.Length > 0)
        {
            _health.SetNotReady("admission", "starting");
        }

        _rules = RuleStart.Read(options);
        options.Bpf.Filter.WatchedFiles = options.Integrity.IsOn ? WatchedFiles : 0;
        _source = KernelGate.Open(options.Bpf, UsedSensors.Agent(_rules.Judged, options.HostScan is { Enabled: true, Drift: true }, options.Integrity.IsOn), loggers);
    }

    /// <remarks>Errors: <see cref="ConfigurationException"/>, <see cref="Cli.CommandException"/>, <see cref="Interop.Errors.BpfException"/>; what was started is stopped again.</remarks>
    public static async Task<AgentHost> StartAsync(AgentOptions options, ILoggerFactory loggers, CancellationToken stop)
    {
        StartReport.Begin(loggers.CreateLogger("NodeAgent"), options);
        DataDirectory directory = DataDirectory.Open(options.DataDirectory);
        AgentHost host;
        try
        {
            host = new AgentHost(options, loggers, directory);
        }
        catch
        {
            directory.Dispose();
            throw;
        }

        try
        {
            await host.BeginAsync(stop).ConfigureAwait(false);
            return host;
        }
        catch
        {
            await host.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Ends when the event loop does, which it does only when it fails or is stopped.</summary>
    public Task Completion => _pipeline!.Completion;

    public async ValueTask DisposeAsync()
    {
        if (_stopped)
        {
            return;
        }

        _stopped = true;
        long start = Stopwatch.GetTimestamp();
        Log.Stopping(_logger);
        if (_hostScan is not null)
        {
            await _hostScan.DisposeAsync().ConfigureAwait(false);
        }

        if (_admission is not null)
        {
            await _admission.DisposeAsync().ConfigureAwait(false);
        }

        if (_pipeline is not null)
        {
            await _pipeline.DisposeAsync().ConfigureAwait(false);
        }
        else
        {
            _source.Dispose();
        }

        if (_storage is not null)
        {
            await _storage.DisposeAsync().ConfigureAwait(false);
        }

        if (_operations is not null)
        {
            await _operations.DisposeAsync().ConfigureAwait(false);
        }

        _metrics.Dispose();
        _directory.Dispose();
        Log.Stopped(_logger, (long)Stopwatch.GetElapsedTime(start).TotalMilliseconds);
    }

    private async Task BeginAsync(CancellationToken stop)
    {
        if (_directory.Problem is { } problem)
        {
            Log.DataDirectoryReadOnly(_logger, _directory.Path, problem);
        }

        string central = _options.Storage.Kubeconfig;
        Task<OperationsServer> operations = Task.Run(() => OperationsServer.StartAsync(_options.Operations.Address, _health, _metrics, stop), stop);
        Task<EmbeddedStorage?> storage = central.Length == 0 ? Task.Run(() => EmbeddedStorage.StartAsync(_options, _loggers, stop), stop) : Task.FromResult<EmbeddedStorage?>(null);
        try
        {
            _pipeline = new AgentPipeline(_options, _source, _health, _loggers, TimeProvider.System, _rules);
            _pipeline.Start();
        }
        finally
        {
            // Whatever fails, what has started is there to be stopped.
            await Task.WhenAll(operations, storage).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            _operations = operations.IsCompletedSuccessfully ? operations.Result : null;
            _storage = storage.IsCompletedSuccessfully ? storage.Result : null;
        }

        string address = (await operations.ConfigureAwait(false)).Address;
        await storage.ConfigureAwait(false);
        WriteAddress("ops-address", address);
        Log.OperationsListening(_logger, address);
        if (_storage is not null)
        {
            _pipeline.ShipTo(_storage.Connect(), _storage.Kubeconfig);
            _pipeline.FollowRules(_storage.Kubeconfig);
            _connect = _storage.Connect;
            Log.StorageListening(_logger, _storage.Address, _storage.Kubeconfig);
        }
        else if (central.Length > 0)
        {
            ShipToCentral(_pipeline, central);
        }

        await ListenForReviewsAsync(_pipeline.Admission, stop).ConfigureAwait(false);
        SpareMemory.GiveBack();
        _health.SetReady("storage");
        if (_options.HostScan.Enabled)
        {
            _hostScan = new HostScanTask(
                HostScanOptions.Of(_options), _connect?.Invoke(), _pipeline.HostAlerts, _loggers.CreateLogger("NodeAgent.HostScan"), TimeProvider.System, _pipeline.Witness,
                () => _pipeline.NodeLabels);
        }
    }

    private async Task ListenForReviewsAsync(AdmissionFeed? feed, CancellationToken stop)
    {
        if (feed is null)
        {
            return;
        }

        AdmissionSettings settings = _options.Admission;
        _admission = await AdmissionServer.StartAsync(settings, feed, _logger, TimeProvider.System, stop).ConfigureAwait(false);
        WriteAddress("admission-address", _admission.Address);
        Log.AdmissionListening(_logger, _admission.Address, settings.ClientCaFile.Length == 0 ? "whoever reaches it" : $"callers with a certificate of {settings.ClientCaFile}");
        _health.SetReady("admission");
    }

    // Whether it answers is of no matter here: what it is owed is kept until it does.
    private void ShipToCentral(AgentPipeline pipeline, string kubeconfig)
    {
        try
        {
            StorageConnection connection = Kubeconfig.Load(kubeconfig);
            pipeline.ShipTo(connection, kubeconfig);
            _connect = () => Kubeconfig.Load(kubeconfig);
            Log.StorageCentral(_logger, connection.Server, kubeconfig);
        }
        catch (Exception e) when (e is StorageException or KubeConfigException)
        {
            throw new ConfigurationException($"setting 'storage.kubeconfig': {e.Message}");
        }
    }

    private void WriteAddress(string name, string address)
    {
        try
        {
            File.WriteAllText(_options.InDataDirectory(name), address + "\n");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The log has it; a directory that cannot be written was told of already.
            Log.DataDirectoryReadOnly(_logger, _directory.Path, e.Message);
        }
    }
}
