// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Api.HostData;

/// <summary>Files whose owner or mode lets somebody do more than he should. Each list is sorted by path and has a bound; the counts say how many there are.</summary>
public sealed record HostFilePermissionsSpec
{
    /// <summary>Files that run as their owner or group, with SHA-256.</summary>
    public IReadOnlyList<HostFile>? SetIdFiles { get; init; }

    /// <summary>Programs that have capabilities, with SHA-256.</summary>
    public IReadOnlyList<HostFile>? CapabilityFiles { get; init; }

    /// <summary>Regular files that everybody may write.</summary>
    public IReadOnlyList<HostFile>? WorldWritableFiles { get; init; }

    /// <summary>Directories that everybody may write and in which everybody may remove the files of others (no sticky bit).</summary>
    public IReadOnlyList<HostFile>? WorldWritableDirectories { get; init; }

    /// <summary>Files and directories whose owner or group has no name here.</summary>
    public IReadOnlyList<HostFile>? UnownedFiles { get; init; }

    /// <summary>Owner and mode of files on which the security of the host rests: accounts, sudo, sshd, boot loader, cron.</summary>
    public IReadOnlyList<HostFile>? KeyFiles { get; init; }

    public int? SetIdCount { get; init; }

    public int? CapabilityCount { get; init; }

    public int? WorldWritableFileCount { get; init; }

    public int? WorldWritableDirectoryCount { get; init; }

    public int? UnownedCount { get; init; }

    /// <summary>Shape: the directories that were walked, each on its own file system only.</summary>
    public IReadOnlyList<string>? Walked { get; init; }

    /// <summary>Shape: directories below them that were left out, since containers' files are in them.</summary>
    public IReadOnlyList<string>? LeftOut { get; init; }

    public string? NodeName { get; init; }
}
