// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Integrity.Watching;

namespace NodeAgent.Integrity;

/// <summary>Which files are looked after, and with what bounds.</summary>
public sealed record IntegrityOptions
{
    public required WatchList Watched { get; init; }

    /// <summary>Where the machine's root is mounted.</summary>
    public string HostRoot { get; init; } = "/";

    /// <summary>Where the cgroup2 tree is mounted.</summary>
    public required string CgroupRoot { get; init; }

    /// <summary>Where it is kept what the machine's files were like; empty = nowhere.</summary>
    public required string BaselineFile { get; init; }

    /// <summary>The machine's name in alerts that nobody was seen to cause.</summary>
    public required string NodeName { get; init; }

    /// <summary>Units: bytes. The contents of larger files are not read; their other facts are compared.</summary>
    public long MaxFileBytes { get; init; } = 64L << 20;

    /// <summary>Units: files and folders of the machine that the baseline holds.</summary>
    public int MaxFiles { get; init; } = 100_000;

    /// <summary>Time in which changes of one file by one program are counted after the first was told.</summary>
    public TimeSpan RepeatAfter { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Time that a writer gets to finish before the file is read.</summary>
    public TimeSpan Settle { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>Time that looking at a container's file may take before it is told of without.</summary>
    public TimeSpan LookPatience { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Share of a core that reading the baseline may take.</summary>
    public double BaselineShare { get; init; } = 0.25;
}
