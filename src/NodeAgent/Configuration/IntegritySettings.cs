// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Integrity.Watching;

namespace NodeAgent.Configuration;

/// <summary>File integrity: whose changes are told with who made them and the contents' digests. Off while no path is named.</summary>
public sealed class IntegritySettings
{
    /// <summary>Files and folders of the machine.</summary>
    public IReadOnlyList<PathPattern> Paths { get; set; } = [];

    /// <summary>Files and folders of every container.</summary>
    public IReadOnlyList<PathPattern> ContainerPaths { get; set; } = [];

    /// <summary>What is in those and is not meant.</summary>
    public IReadOnlyList<PathPattern> Exclude { get; set; } = [];

    /// <summary>Units: bytes. The contents of larger files are not read.</summary>
    public long MaxFileBytes { get; set; } = 64L << 20;

    /// <summary>Units: files and folders of the machine.</summary>
    public int MaxFiles { get; set; } = 100_000;

    /// <summary>Time in which changes of one file by one program are counted after the first was told.</summary>
    public TimeSpan RepeatAfter { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>Paths with rules of their own, which only the file can hold; they go before the others.</summary>
    public IList<WatchedPath> Watches { get; } = [];

    /// <summary>All of them.</summary>
    public WatchList Watched => new(
    [
        .. Watches,
        .. Paths.Select(path => new WatchedPath(path, WatchScopes.Host) { Excluded = Exclude }),
        .. ContainerPaths.Select(path => new WatchedPath(path, WatchScopes.Containers) { Excluded = Exclude }),
    ]);

    public bool IsOn => Watches.Count + Paths.Count + ContainerPaths.Count > 0;
}
