// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Enrichment.Cgroups;

/// <summary>The cgroup2 tree as the file system shows it. Paths are <c>ByteText</c>.</summary>
public interface ICgroupTree
{
    /// <param name="path">Shape: path in the tree, <c>/</c> first.</param>
    /// <param name="cgroupId">The directory's inode number, which is what the probes report.</param>
    /// <returns>False when there is no such cgroup, or no tree.</returns>
    bool TryGetId(string path, out ulong cgroupId);

    /// <summary>The cgroup of a process.</summary>
    /// <returns>Shape: path in the tree, or null when the process is gone or its path is not visible from here.</returns>
    string? PathOf(uint pid);

    /// <summary>All cgroups, parents before children.</summary>
    /// <param name="limit">How many at most; the upper levels come first.</param>
    IEnumerable<CgroupDirectory> Walk(int limit);
}

/// <param name="Path">Shape: path in the tree, <c>/</c> first.</param>
/// <param name="CgroupId">The directory's inode number.</param>
public readonly record struct CgroupDirectory(string Path, ulong CgroupId);
