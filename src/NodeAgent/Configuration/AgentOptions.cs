// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging;

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

    public ProbeSettings Bpf { get; } = new();

    public ContainerSettings Containers { get; } = new();

    public ProfileSettings Profiles { get; } = new();

    public RuleSettings Rules { get; } = new();

    public AlertSettings Alerts { get; } = new();

    public StorageSettings Storage { get; } = new();

    public OperationsSettings Operations { get; } = new();

    /// <summary>The alert file in effect.</summary>
    public string AlertFile => Alerts.File.Length > 0 ? Alerts.File : InDataDirectory("alerts.jsonl");

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

    /// <summary>Rings for everything else; 0 = one per CPU, at most 8, a power of two.</summary>
    public int Shards { get; set; }

    /// <summary>Sensors that are not loaded.</summary>
    public IReadOnlyList<string> DisabledSensors { get; set; } = [];
}

/// <summary>Where what is known of containers comes from.</summary>
public sealed class ContainerSettings
{
    /// <summary>In <see cref="CriSockets"/>: no runtime is asked.</summary>
    public const string None = "none";

    /// <summary>Directory in which the host's file system is seen; empty = /.</summary>
    public string HostRoot { get; set; } = string.Empty;

    /// <summary>UNIX sockets of runtimes that speak the CRI, without the host's root; empty = where the distributions put them.</summary>
    public IReadOnlyList<string> CriSockets { get; set; } = [];
}

/// <summary>Learning.</summary>
public sealed class ProfileSettings
{
    public TimeSpan LearningPeriod { get; set; } = TimeSpan.FromHours(24);

    /// <summary>Time from a container's first event to the first write of its profile.</summary>
    public TimeSpan InitialDelay { get; set; } = TimeSpan.FromMinutes(2);

    public TimeSpan UpdateInterval { get; set; } = TimeSpan.FromMinutes(10);

    public TimeSpan CheckpointInterval { get; set; } = TimeSpan.FromSeconds(10);
}

/// <summary>Detection.</summary>
public sealed class RuleSettings
{
    /// <summary>Time in which repeats of one alert are counted instead of sent.</summary>
    public TimeSpan Cooldown { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>R0011 also judges private addresses.</summary>
    public bool PrivateAddresses { get; set; } = true;

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
}

/// <summary>The embedded store.</summary>
public sealed class StorageSettings
{
    /// <summary>Shape: ADDRESS:PORT; port 0 = any free one.</summary>
    public string Address { get; set; } = "127.0.0.1:9466";
}

/// <summary>Health and metrics.</summary>
public sealed class OperationsSettings
{
    /// <summary>Shape: ADDRESS:PORT; port 0 = any free one.</summary>
    public string Address { get; set; } = "127.0.0.1:9465";
}
