// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging;
using NodeAgent.Interop.Errors;
using NodeAgent.Interop.Pins;

namespace NodeAgent.Bpf.Handover;

/// <summary>The directory that holds the pins.</summary>
public static class PinPath
{
    /// <summary>Where users of other agents look first.</summary>
    public const string Standard = MountPoint + "/node-agent";

    // The kernel makes this empty directory in sysfs for nothing but a bpffs, and systemd, bpftool and iproute2 mount one there.
    private const string MountPoint = "/sys/fs/bpf";

    /// <returns>Why this cannot be a pin path, or null.</returns>
    public static string? FaultOf(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (!Path.IsPathFullyQualified(path))
        {
            return "it is not an absolute path";
        }

        return Path.GetFileName(path.TrimEnd('/')).Contains('.', StringComparison.Ordinal) ? "a bpffs allows no dot in a name" : null;
    }

    /// <summary>Makes the directory, and mounts a bpffs at its standard place where none is.</summary>
    /// <remarks>Only there: anywhere else an own mount would hide what the administrator put there.</remarks>
    internal static void Prepare(string path, ILogger logger)
    {
        string existing = NearestExisting(path);
        if (!BpfFileSystem.Contains(existing))
        {
            if (existing != MountPoint || path == MountPoint)
            {
                throw new PinException($"{path} is not in a bpffs: mount one there (mount -t bpf bpf {Path.GetDirectoryName(path)}) or use {Standard}");
            }

            MountStandard();
            Log.BpfFileSystemMounted(logger, MountPoint);
        }

        try
        {
            Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new PinException($"{path} cannot be made: {e.Message}");
        }
    }

    private static void MountStandard()
    {
        try
        {
            BpfFileSystem.Mount(MountPoint);
        }
        catch (BpfException e)
        {
            throw new PinException($"no bpffs is mounted at {MountPoint} and mounting one failed ({e.ErrorName}): mount -t bpf bpf {MountPoint}");
        }
    }

    private static string NearestExisting(string path)
    {
        string at = path;
        while (!Directory.Exists(at))
        {
            at = Path.GetDirectoryName(at) ?? "/";
        }

        return at;
    }
}
