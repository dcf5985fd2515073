// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Profiles.Generalizing;

namespace NodeAgent.Profiles.Learning;

/// <summary>How profiles are learned.</summary>
public sealed class ProfileOptions
{
    /// <summary>Units: time of container life that is observed before a profile is complete.</summary>
    public TimeSpan LearningPeriod { get; set; } = TimeSpan.FromHours(24);

    /// <summary>Units: time without anything new after which learning ends before its period does; zero = never.</summary>
    public TimeSpan Saturation { get; set; }

    /// <summary>Units: time from the start of learning to the first write.</summary>
    public TimeSpan InitialDelay { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>Units: time between later writes, if something changed.</summary>
    public TimeSpan UpdateInterval { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>Units: time between checkpoints on disk, if something changed.</summary>
    public TimeSpan CheckpointInterval { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Shape: folder for checkpoints, made when missing; empty = none are written.</summary>
    public string CheckpointDirectory { get; set; } = string.Empty;

    /// <summary>Goes into workload ids. Default: the host's name.</summary>
    public string ClusterName { get; set; } = Environment.MachineName;

    /// <summary>Names the host's own workload.</summary>
    public string HostName { get; set; } = Environment.MachineName;

    /// <summary>Profiles that are kept; when more are needed the one that was idle the longest goes.</summary>
    public int MaxProfiles { get; set; } = 5000;

    /// <summary>Units: time that a peer waits to be named before it is learned by its address. Whoever is told of later is not taken for it.</summary>
    public TimeSpan PeerPatience { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>Whether the checkpoints hold all that the agent before this one took from the kernel, and the kernel kept all since.</summary>
    public bool ContinuesWithoutGap { get; set; }

    /// <summary>Called with true before, and with false after, there is something learned that no checkpoint holds. Event loop's thread, and at last the stopping one.</summary>
    public Action<bool>? UnsavedChanged { get; set; }

    /// <summary>Whether what a completed profile does not hold is kept as what it would have to allow.</summary>
    public bool FollowDrift { get; set; } = true;

    public ProfileBounds Bounds { get; } = new();

    /// <exception cref="ArgumentException">A value makes no sense; the message names its key.</exception>
    public void Validate()
    {
        Require(LearningPeriod > TimeSpan.Zero, nameof(LearningPeriod), "must be positive");
        Require(Saturation >= TimeSpan.Zero, nameof(Saturation), "must not be negative");
        Require(InitialDelay >= TimeSpan.Zero, nameof(InitialDelay), "must not be negative");
        Require(UpdateInterval > TimeSpan.Zero, nameof(UpdateInterval), "must be positive");
        Require(CheckpointInterval > TimeSpan.Zero, nameof(CheckpointInterval), "must be positive");
        Require(PeerPatience >= TimeSpan.Zero, nameof(PeerPatience), "must not be negative");
        Require(ClusterName.Length > 0, nameof(ClusterName), "must not be empty");
        Require(HostName.Length > 0, nameof(HostName), "must not be empty");
        Require(MaxProfiles > 0, nameof(MaxProfiles), "must be positive");
        Require(Bounds.MaxOpens >= 1000, "Bounds:MaxOpens", "must be at least 1000");
        Require(Bounds.MaxExecs >= 100, "Bounds:MaxExecs", "must be at least 100");
        Require(Bounds.MaxArgumentLists > 0, "Bounds:MaxArgumentLists", "must be positive");
        Require(Bounds.MaxEndpoints >= 16, "Bounds:MaxEndpoints", "must be at least 16");
        Require(Bounds.MaxNames >= 16, "Bounds:MaxNames", "must be at least 16");
        Require(Bounds.MaxHttpServices >= 4, "Bounds:MaxHttpServices", "must be at least 4");
        Require(Bounds.MaxHttpPaths >= 100, "Bounds:MaxHttpPaths", "must be at least 100");
        Require(Bounds.MaxHttpBytes >= 8192, "Bounds:MaxHttpBytes", "must be at least 8192");
        Require(Bounds.MaxBytes >= 65536, "Bounds:MaxBytes", "must be at least 65536");
    }

    private static void Require(bool holds, string key, string rule)
    {
        if (!holds)
        {
            throw new ArgumentException($"Profiles:{key} {rule}");
        }
    }
}

/// <summary>Limits of one profile; over them it is generalised, and says so.</summary>
public sealed class ProfileBounds
{
    private volatile CollapseRules _collapse = CollapseRules.Default;

    /// <summary>How what was learned is generalised, over the bounds and in profiles. Any thread.</summary>
    internal CollapseRules Collapse
    {
        get => _collapse;
        set => _collapse = value;
    }

    /// <summary>Of what a completed profile does not hold: a person is to read it.</summary>
    internal static ProfileBounds OfDrift { get; } = new()
    {
        MaxExecs = 200,
        MaxOpens = 1000,
        MaxEndpoints = 200,
        MaxNames = 200,
        MaxHttpServices = 8,
        MaxHttpPaths = 100,
        MaxHttpBytes = 8192,
        MaxBytes = 256 << 10,
    };

    /// <summary>Units: executables.</summary>
    public int MaxExecs { get; set; } = 6000;

    /// <summary>Units: argument lists of one executable; more become "any arguments".</summary>
    public int MaxArgumentLists { get; set; } = 50;

    /// <summary>Units: paths.</summary>
    public int MaxOpens { get; set; } = 24_000;

    /// <summary>Units: peers.</summary>
    public int MaxEndpoints { get; set; } = 12_000;

    /// <summary>Units: DNS names.</summary>
    public int MaxNames { get; set; } = 2000;

    /// <summary>Units: ports through which HTTP is spoken, those served and those called apart; more become "any port".</summary>
    public int MaxHttpServices { get; set; } = 16;

    /// <summary>Units: paths of one of them.</summary>
    public int MaxHttpPaths { get; set; } = 500;

    /// <summary>Units: bytes of path text of one of them.</summary>
    public long MaxHttpBytes { get; set; } = 64 << 10;

    /// <summary>Units: paths of failed opens that are remembered.</summary>
    public int MaxFailedPaths { get; set; } = 256;

    /// <summary>Units: bytes of text, one half for opens and one for execs.</summary>
    public long MaxBytes { get; set; } = 4 << 20;
}
