// SPDX-License-Identifier: Apache-2.0
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using NodeAgent.Admission;
using NodeAgent.Alerts;
using NodeAgent.Api.Alerts;
using NodeAgent.Bpf;
using NodeAgent.Bpf.Handover;
using NodeAgent.Cluster;
using NodeAgent.Configuration;
using NodeAgent.Enrichment.Cgroups;
using NodeAgent.Events;
using NodeAgent.Export.Sinks;
using NodeAgent.Export.Storage;
using NodeAgent.Hosting;
using NodeAgent.HostScanning.Witnesses;
using NodeAgent.Integrity;
using NodeAgent.Operations;
using NodeAgent.Profiles;
using NodeAgent.Profiles.Flows;
using NodeAgent.Profiles.Learning;
using NodeAgent.Rules;
using NodeAgent.Rules.Alerts;
using NodeAgent.Rules.Engine;
using NodeAgent.Rules.Expressions;
using NodeAgent.Rules.Library;

namespace NodeAgent.Pipeline;

/// <summary>The stages and their order: enrichment, rules, profiles; then the channels that lead out.</summary>
internal sealed class AgentPipeline : IAsyncDisposable
{
    // Together below the 5 s in which the agent must have stopped.
    private static readonly TimeSpan AlertDrain = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ClusterStop = TimeSpan.FromSeconds(0.5);
    private static readonly TimeSpan ProfileDrain = TimeSpan.FromSeconds(1.5);

    private readonly KernelEventSource _source;
    private readonly ILogger _logger;
    private readonly ILoggerFactory _loggers;
    private readonly ClusterWatch? _cluster;
    private readonly EnrichmentParts _enrichment;
    private readonly ProfileLearner _profiles;
    private readonly FlowRecorder? _flows;
    private readonly IntegrityWatch? _integrity;
    private readonly RuleEngine _rules;
    private readonly RuleSources _ruleSources;
    private readonly AlertHashes _hashes;
    private readonly AlertDispatcher _alerts;

    // Units: alerts. More than one scan finds, so that a slow disk loses none of them.
    private readonly Channel<RuntimeAlerts> _hostAlerts = Channel.CreateBounded<RuntimeAlerts>(new BoundedChannelOptions(4096) { SingleReader = true });
    private readonly EventLoop _loop;
    private readonly SavedMark? _saved;
    private readonly TimeProvider _time;
    private readonly string _nodeName;
    private ProfileExport? _export;
    private StorageLink? _link;

    /// <param name="source">Taken over.</param>
    /// <param name="start">The rules as they were when the sensors were chosen; null = they are read now.</param>
    public AgentPipeline(AgentOptions options, KernelEventSource source, AgentHealth health, ILoggerFactory loggers, TimeProvider time, RuleStart? start = null)
    {
        start ??= RuleStart.Read(options);
        _source = source;
        _time = time;
        _nodeName = options.NodeName;
        _loggers = loggers;
        _logger = loggers.CreateLogger("NodeAgent");
        _cluster = ClusterWatch.TryStart(options.Kubernetes, options.NodeName, loggers, time);
        ClusterPeers? peers = _cluster?.Peers is { } directory ? new ClusterPeers(directory) : null;
        _enrichment = new EnrichmentParts(options.Containers, loggers, time, _cluster?.Pods);
        _saved = source.OpenSavedMark();
        ProfileOptions learning = StageOptions.Profiles(options, source.Handover, _saved);
        var names = new ContainerNames(_enrichment.Stage.Names);
        _profiles = new ProfileLearner(learning, names, time, loggers.CreateLogger<ProfileLearner>(), source.Filter, peers);
        _flows = options.Flows.MaxBytes == 0 ? null : new FlowRecorder(
            StageOptions.Flows(options), learning, names, time, loggers.CreateLogger<FlowRecorder>(), peers, new NodeAddresses(_cluster?.Peers, time));
        _rules = new RuleEngine(
            StageOptions.Rules(options), StageOptions.Origin(options), new CompletedProfiles(_profiles, peers, options.Rules.WhileLearning), time, loggers.CreateLogger<RuleEngine>(),
            options.Rules.Library && start.Folder is null ? RuleLibrary.Rules : [], source.Filter, peers);
        _ruleSources = new RuleSources(options, start, _rules, new EventSensors(source, options.Bpf), loggers, time);
        string cgroups = CgroupTree.DetectMountPoint();
        _hashes = new AlertHashes(_rules.Alerts, () => new FileHashing(cgroups, options.HostRoot), time);
        _alerts = new AlertDispatcher(
            _hashes.Alerts, StageOptions.Sinks(options, loggers, time), loggers.CreateLogger<AlertDispatcher>(), _hostAlerts.Reader);

        _integrity = !options.Integrity.IsOn ? null : new IntegrityWatch(
            StageOptions.Integrity(options, cgroups), _rules, source.WatchedFiles, _hostAlerts.Writer, loggers.CreateLogger<IntegrityWatch>(), time);

        // Rules before profiles: an event is judged by what was known before it.
        var sets = new KernelSets(source, _profiles, _enrichment.Stage.Containers.Find, () => _rules.Current.Judges(RuleEventType.Syscall));
        Witness = options.HostScan is { Enabled: true, Drift: true } ? new DriftWitness(time) : null;
        Admission = options.Admission.Address.Length == 0 ? null : new AdmissionFeed(_rules, new PodNames(_cluster?.OwnPods, _cluster?.PodReader, time));
        IEnumerable<IEventConsumer?> stages = [_rules, _profiles, _flows, _integrity, sets, Witness, Admission];
        _loop = new EventLoop(new KernelRecords(source), _enrichment.Stage, [.. stages.OfType<IEventConsumer>()], health, loggers.CreateLogger<EventLoop>());
    }

    public Task Completion => _loop.Completion;

    /// <summary>Takes alerts that come from elsewhere than from events; until this stops.</summary>
    public ChannelWriter<RuntimeAlerts> HostAlerts => _hostAlerts.Writer;

    /// <summary>Sees who changes the node; null = its drift is not looked for.</summary>
    public DriftWitness? Witness { get; }

    /// <summary>Takes what the API server asks about; null = it does not ask here.</summary>
    public AdmissionFeed? Admission { get; }

    /// <summary>What the API server calls this node; null = not known.</summary>
    public IReadOnlyDictionary<string, string>? NodeLabels => _cluster?.NodeLabels;

    public void Start()
    {
        _alerts.Start();
        _integrity?.Start();
        _loop.Start();
    }

    /// <summary>Begins to ship profiles; what was learned until then waits, the newest of each.</summary>
    /// <param name="kubeconfig">For the same storage.</param>
    public void ShipTo(StorageConnection storage, string kubeconfig)
    {
        _export = new ProfileExport(storage, _profiles, _nodeName, new ShipperOptions(), _time, _loggers.CreateLogger<ProfileExport>());
        _link = new StorageLink(kubeconfig, _profiles, _logger, _time);
    }

    /// <summary>Judges also by the rules that people write into the agent's own storage.</summary>
    public void FollowRules(string kubeconfig) => _ruleSources.Follow(kubeconfig);

    /// <summary>Takes what the kernel still holds, detaches the probes, then lets everything that was found leave.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Admission is not null && await Admission.StopAsync().ConfigureAwait(false) is > 0 and int unjudged)
        {
            Log.AdmissionUnjudged(_logger, unjudged);
        }

        await WithinAsync("event loop", _loop.StopAsync(), TimeSpan.FromSeconds(1.5)).ConfigureAwait(false);
        LetGoOfSource();
        await WithinAsync("rules", _ruleSources.DisposeAsync().AsTask(), ClusterStop).ConfigureAwait(false);
        if (_integrity is not null)
        {
            await WithinAsync("file integrity", _integrity.DisposeAsync().AsTask(), ProfileDrain).ConfigureAwait(false);
        }

        _rules.Stop();
        _hostAlerts.Writer.TryComplete();
        Task alerts = WithinAsync("alerts", _alerts.DrainAsync(AlertDrain), AlertDrain + TimeSpan.FromMilliseconds(200));
        Task flows = _flows is null ? Task.CompletedTask : WithinAsync("flow history", _flows.StopAsync(), ProfileDrain);
        await WithinAsync("profiles", _profiles.StopAsync(), ProfileDrain).ConfigureAwait(false);
        await flows.ConfigureAwait(false);
        Task link = _link is null ? Task.CompletedTask : WithinAsync("drifts", _link.DisposeAsync().AsTask(), ProfileDrain);
        if (_export is not null)
        {
            await _export.DrainAsync(ProfileDrain).ConfigureAwait(false);
            await _export.DisposeAsync().ConfigureAwait(false);
        }

        await link.ConfigureAwait(false);
        await alerts.ConfigureAwait(false);
        await _alerts.DisposeAsync().ConfigureAwait(false);
        await _hashes.DisposeAsync().ConfigureAwait(false);
        await _profiles.DisposeAsync().ConfigureAwait(false);
        if (_flows is not null)
        {
            await WithinAsync("flow history", _flows.DisposeAsync().AsTask(), ProfileDrain).ConfigureAwait(false);
        }

        _saved?.Dispose();
        Witness?.Dispose();
        _rules.Dispose();
        _loop.Dispose();
        if (Admission is not null)
        {
            await Admission.DisposeAsync().ConfigureAwait(false);
        }

        await _enrichment.DisposeAsync().ConfigureAwait(false);
        if (_cluster is not null)
        {
            await WithinAsync("API server", _cluster.DisposeAsync().AsTask(), ClusterStop).ConfigureAwait(false);
        }
    }

    // A loop that is still reading, as of all processes at a start that is stopped at once, reads memory that the source maps.
    private void LetGoOfSource()
    {
        if (_loop.Completion.IsCompleted)
        {
            _source.Dispose();
        }
        else
        {
            _loop.Completion.ContinueWith(_ => _source.Dispose(), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        }
    }

    private async Task WithinAsync(string part, Task task, TimeSpan limit)
    {
        try
        {
            await task.WaitAsync(limit).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            Log.StopIncomplete(_logger, part);
        }
#pragma warning disable CA1031 // a part that fails to stop must not keep the others from stopping
        catch (Exception e)
#pragma warning restore CA1031
        {
            Log.PartFailed(_logger, part, e);
        }
    }
}
