// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Api.Alerts;
using NodeAgent.Events.Identity;
using NodeAgent.Integrity.Watching;

namespace NodeAgent.Integrity.Changes;

/// <summary>A change that a sensor saw, copied out of the ring.</summary>
/// <param name="Watched">By which it is of interest.</param>
/// <param name="IsHost">Whether the file is the machine's, and not a container's own.</param>
/// <param name="Path">Shape: <c>ByteText</c>; where the file is now.</param>
/// <param name="OldPath">Shape: <c>ByteText</c>; the name before, what is linked; null = there is none.</param>
/// <param name="SeenAs">Shape: <c>ByteText</c>; what the process called it, where that is another path than <paramref name="Path"/>.</param>
/// <param name="Inode">As the kernel has it; 0 = not known.</param>
/// <param name="Device">As the kernel has it.</param>
/// <param name="Container">Who did it.</param>
/// <param name="Executable">Of who did it.</param>
/// <param name="Alert">Complete but for what the file's contents tell.</param>
internal sealed record FileObservation(
    FileChanges Change, WatchedPath Watched, bool IsHost, string Path, string? OldPath, string? SeenAs, ulong Inode, uint Device, ProcessKey Process, ContainerInfo Container,
    string Executable, RuntimeAlerts Alert)
{
    /// <summary>How many were not told one by one before this one.</summary>
    public long Repeats { get; init; }

    /// <summary>Whether who did it may have the file open for writing, and write on.</summary>
    public bool IsOpening => Change is FileChanges.Change or FileChanges.Create;

    public FileKey Key => new(IsHost ? 0 : Container.CgroupId, Path);
}

/// <summary>A file by its name.</summary>
/// <param name="CgroupId">0 = the machine's.</param>
/// <param name="Path">Shape: <c>ByteText</c>.</param>
internal readonly record struct FileKey(ulong CgroupId, string Path);
