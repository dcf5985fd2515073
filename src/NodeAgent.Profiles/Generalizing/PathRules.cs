// SPDX-License-Identifier: Apache-2.0
using System.Collections.Frozen;

namespace NodeAgent.Profiles.Generalizing;

/// <summary>How paths are generalised: where, from how many children on, and what is never touched.</summary>
/// <param name="Thresholds">From how many children on a directory's children are one.</param>
/// <param name="RecognizesNames">Whether one name that no second run has (<see cref="GeneratedName"/>) is enough.</param>
public sealed record PathRules(PathThresholds Thresholds, bool RecognizesNames)
{
    // Names that matter stand beside each other here: one file with a date must not open all of them. A threshold still may.
    private static readonly FrozenSet<string> Named = FrozenSet.ToFrozenSet(
        [
            "", "/bin", "/boot", "/dev", "/etc", "/home", "/lib", "/lib64", "/proc", "/root", "/sbin", "/sys",
            "/usr", "/usr/bin", "/usr/lib", "/usr/lib64", "/usr/local", "/usr/local/bin", "/usr/local/sbin", "/usr/sbin", "/usr/share", "/var",
            "/run/secrets", "/var/run/secrets",
        ],
        StringComparer.Ordinal);

    private readonly int _maxDepth = Math.Max(Thresholds.MaxDepth, 3);

    /// <summary>Paths that are no child of a directory, and that no pattern takes in.</summary>
    public LiteralPaths Literals { get; init; } = LiteralPaths.None;

    /// <summary>Units: segments; below this depth a directory has the threshold of its parent.</summary>
    internal int MaxDepth => _maxDepth;

    /// <param name="directory">Shape: absolute path or pattern, without a trailing slash; empty = the root.</param>
    internal PathRule For(string directory) => new(Thresholds.For(directory), RecognizesNames && !Named.Contains(directory));
}

/// <summary>What holds in one directory.</summary>
/// <param name="Threshold">Units: children; one more than this collapses. 1: all that is below is <c>*</c> at once.</param>
internal readonly record struct PathRule(int Threshold, bool RecognizesNames);
