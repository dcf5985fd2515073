// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging;
using NodeAgent.Bpf.Filtering;
using NodeAgent.Events.Wire;
using NodeAgent.Export.Sinks.Configuration;

namespace NodeAgent.Configuration;

/// <summary>Every setting of the agent, by section. Keys, flags and texts stand in <see cref="Settings"/>.</summary>
public sealed class AgentOptions
{
    /// <summary>Where profiles, checkpoints, alerts, the embedded store and its credentials live.</summary>
    public string DataDirectory { get; set; } = "/var/lib/node-agent";

    /// <summary>The node's name in alerts and profiles.</summary>
    public string NodeName { get; set; } = Environment.MachineName;

    /// <summary>The cluster's name in workload ids; stand-alone: the machine's name.</summary>
    public string ClusterName { get; set; } = Environment.MachineName;

    /// <summary>Least level of what is logged to standard error.</summary>
    public LogLevel LogLevel { get; set; } = LogLevel.Information;

    public ProbeSettings Bpf { get; } = ProbeSettings.ForAgent();

    public ContainerSettings Containers { get; } = new();

    public KubernetesSettings Kubernetes { get; } = new();

    public ProfileSettings Profiles { get; } = new();

    public FlowSettings Flows { get; } = new();

    public RuleSettings Rules { get; } = new();

    public HostScanSettings HostScan { get; } = new();

    public IntegritySettings Integrity { get; } = new();

    public AlertSettings Alerts { get; } = new();

    public StorageSettings Storage { get; } = new();

    public OperationsSettings Operations { get; } = new();

    public AdmissionSettings Admission { get; } = new();

    /// <summary>The alert file in effect.</summary>
    public string AlertFile => Alerts.File.Length > 0 ? Alerts.File : InDataDirectory("alerts.jsonl");

    /// <summary>Where the machine's root is seen.</summary>
    public string HostRoot => new[] { HostScan.Root, Containers.HostRoot, "/" }.First(path => path.Length > 0);

    /// <summary>What receivers have not taken yet; each has a directory of its name there.</summary>
    public string SpoolDirectory => InDataDirectory("spool");

    /// <summary>A path below the data directory.</summary>
    public string InDataDirectory(string name) => Path.Combine(DataDirectory, name);
}

/// <summary>The kernel side.</summary>
public sealed class ProbeSettings
{
    /// <summary>Units: bytes, a power of two; exec, fork, exit and cgroup records.</summary>
    public long ProcessRingBytes { get; set; } = 2L << 20;

    /// <summary>Units: bytes per shard, a power of two; everything else.</summary>
    public long ShardRingBytes { get; set; } = 4L << 20;

    /// <summary>Rings for everything else; a power of two; 0 = by the number of CPUs, at most 64, fewer where memory is short.</summary>
    public int Shards { get; set; }

    /// <summary>In <see cref="Sensors"/>: each one.</summary>
    public const string AllSensors = "all";

    /// <summary>Sensors that are loaded; empty = those whose events something uses.</summary>
    public IReadOnlyList<string> Sensors { get; set; } = [];

    /// <summary>Sensors that are not loaded.</summary>
    public IReadOnlyList<string> DisabledSensors { get; set; } = [];

    /// <summary>Directory in a bpffs; empty = probes end with the agent.</summary>
    public string PinPath { get; set; } = string.Empty;

    /// <summary>Whether runs and run time of programs are counted, for one second each minute.</summary>
    public bool ProgramStats { get; set; }

    /// <summary>Sensor to the only variant of it that is tried.</summary>
    public IReadOnlyDictionary<string, string> SensorVariants { get; set; } = new Dictionary<string, string>();

    /// <summary>Environment variables that exec events carry.</summary>
    public IReadOnlyList<string> EnvironmentNames { get; set; } = new Bpf.Loading.BpfOptions().EnvironmentNames;

    /// <summary>What the kernel keeps from the rings: nothing, unless for the agent.</summary>
    public FilterOptions Filter { get; private init; } = new();

    /// <summary>With the filter and the budgets that the running agent has by default.</summary>
    public static ProbeSettings ForAgent() => new() { Filter = DefaultFilter() };

    // Bursts: with two containers in full flood at once, half of a ring is left for the others while the reader sleeps.
    private static FilterOptions DefaultFilter()
    {
        var filter = new FilterOptions();
        foreach (EventKind kind in FilterOptions.FilterableKinds)
        {
            filter.FilteredKinds.Add(kind);
        }

        filter.Budgets[BudgetBucket.Exec] = new Budget(20_000, 2_048);
        filter.Budgets[BudgetBucket.Process] = new Budget(20_000, 2_048);
        filter.Budgets[BudgetBucket.File] = new Budget(150_000, 8_192);
        filter.Budgets[BudgetBucket.Network] = new Budget(50_000, 8_192);
        filter.Budgets[BudgetBucket.Payload] = new Budget(150_000, 8_192);
        filter.Budgets[BudgetBucket.Privilege] = new Budget(20_000, 4_096);
        return filter;
    }
}

/// <summary>Where what is known of containers comes from.</summary>
public sealed class ContainerSettings
{
    /// <summary>In <see cref="CriSockets"/> and <see cref="DockerSockets"/>: no runtime is asked.</summary>
    public const string None = "none";

    /// <summary>Directory in which the host's file system is seen; empty = /.</summary>
    public string HostRoot { get; set; } = string.Empty;

    /// <summary>UNIX sockets of runtimes that speak the CRI, without the host's root; empty = where the distributions put them.</summary>
    public IReadOnlyList<string> CriSockets { get; set; } = [];

    /// <summary>UNIX sockets of Docker and of Podman, without the host's root; empty = where the distributions put them.</summary>
    public IReadOnlyList<string> DockerSockets { get; set; } = [];
}

/// <summary>The API server that knows pods, services and nodes.</summary>
public sealed class KubernetesSettings
{
    /// <summary>In <see cref="Kubeconfig"/>: none is asked.</summary>
    public const string None = "none";

    /// <summary>Shape: a file; empty = that of the cluster this process runs in, if it does.</summary>
    public string Kubeconfig { get; set; } = string.Empty;

    /// <summary>Whether pods, services, endpoint slices and nodes of the whole cluster are followed, so that peers have names.</summary>
    public bool WatchPeers { get; set; } = true;
}

/// <summary>Learning.</summary>
public sealed class ProfileSettings
{
    public TimeSpan LearningPeriod { get; set; } = TimeSpan.FromHours(24);

    /// <summary>Time without anything new after which learning ends early; zero = never.</summary>
    public TimeSpan Saturation { get; set; }

    /// <summary>Time from a container's first event to the first write of its profile.</summary>
    public TimeSpan InitialDelay { get; set; } = TimeSpan.FromMinutes(2);

    public TimeSpan UpdateInterval { get; set; } = TimeSpan.FromMinutes(10);

    public TimeSpan CheckpointInterval { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Whether it is kept what completed profiles would have to allow.</summary>
    public bool Drift { get; set; } = true;
}

/// <summary>The history of flows that <c>policy check</c> replays.</summary>
public sealed class FlowSettings
{
    /// <summary>Units: bytes of the file; 0 = none is kept.</summary>
    public long MaxBytes { get; set; } = 4L << 20;

    /// <summary>Time since a flow was last seen, after which it is dropped.</summary>
    public TimeSpan MaxAge { get; set; } = TimeSpan.FromDays(30);

    /// <summary>Time between two writes.</summary>
    public TimeSpan Interval { get; set; } = TimeSpan.FromSeconds(10);
}

/// <summary>Detection.</summary>
public sealed class RuleSettings
{
    /// <summary>Folder of YAML files with rules and bindings, read again when they change; empty = none.</summary>
    public string Path { get; set; } = string.Empty;

    /// <summary>Whether the rules that come with the agent hold.</summary>
    public bool Library { get; set; } = true;

    /// <summary>Whether the Rules and bindings of the cluster are followed, where there is one.</summary>
    public bool Cluster { get; set; } = true;

    /// <summary>Shape: ids of rules that are off by themselves and are to be on.</summary>
    public IReadOnlyList<string> Enabled { get; set; } = [];

    /// <summary>Shape: ids of rules that are to be off.</summary>
    public IReadOnlyList<string> Disabled { get; set; } = [];

    /// <summary>Time in which repeats of one alert are counted instead of sent.</summary>
    public TimeSpan Cooldown { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>Units: percent of one core that one rule may take; 0 = unlimited.</summary>
    public int CpuBudgetPercent { get; set; } = 10;

    /// <summary>R0011 also judges private addresses.</summary>
    public bool PrivateAddresses { get; set; } = true;

    /// <summary>Profile rules also judge by what a profile has learned by now, from its first write on; such alerts say <c>ready</c> of the profile.</summary>
    public bool WhileLearning { get; set; }

    /// <summary>Profile rules also judge processes of the machine that are in no unit of their own.</summary>
    public bool Host { get; set; }
}

/// <summary>Where alerts go.</summary>
public sealed class AlertSettings
{
    public bool Stdout { get; set; } = true;

    /// <summary>Path; empty = alerts.jsonl in the data directory.</summary>
    public string File { get; set; } = string.Empty;

    /// <summary>Units: bytes at which the file is rotated.</summary>
    public long FileMaxBytes { get; set; } = 64L << 20;

    /// <summary>Rotated files that are kept beside the current one.</summary>
    public int FileMaxCount { get; set; } = 5;

    /// <summary>Receivers beside standard output and the alert file.</summary>
    public IList<SinkOptions> Sinks { get; } = [];
}

/// <summary>The store: the embedded one, or a central one.</summary>
public sealed class StorageSettings
{
    /// <summary>Shape: a file that says where a central storage is and how to be let in; empty = the embedded one.</summary>
    public string Kubeconfig { get; set; } = string.Empty;

    /// <summary>Shape: ADDRESS:PORT; port 0 = any free one.</summary>
    public string Address { get; set; } = "127.0.0.1:9466";
}

/// <summary>Health and metrics.</summary>
public sealed class OperationsSettings
{
    /// <summary>Shape: ADDRESS:PORT; port 0 = any free one.</summary>
    public string Address { get; set; } = "127.0.0.1:9465";
}
