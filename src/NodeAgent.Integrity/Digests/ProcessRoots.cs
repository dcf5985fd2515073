// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using NodeAgent.Enrichment.Processes;
using NodeAgent.Events.Identity;
using NodeAgent.Events.Text;
using NodeAgent.Interop.Errors;
using NodeAgent.Interop.Platform;

namespace NodeAgent.Integrity.Digests;

/// <summary>The file system as a process sees it; of one that has ended, as another of its container does.</summary>
/// <remarks>Any thread.</remarks>
/// <param name="cgroupRoot">Where the cgroup2 tree is mounted.</param>
/// <param name="procRoot">A procfs of the initial pid namespace.</param>
public sealed class ProcessRoots(string cgroupRoot, string procRoot = "/proc")
{
    private const int MaxOthers = 16;
    private readonly Procfs _procfs = new(procRoot);

    /// <param name="process">Asked first.</param>
    /// <param name="container">Whose other processes are asked.</param>
    /// <param name="pid">Whose root it is.</param>
    /// <returns>Null: none of them is left. The caller disposes it.</returns>
    public RootDirectory? TryOpen(ProcessKey process, ContainerInfo container, out uint pid)
    {
        ArgumentNullException.ThrowIfNull(container);
        pid = process.Pid;
        if (process.Pid != 0 && Open(process.Pid) is { } own)
        {
            // Asked last: if it is that process now, the root is its root.
            if (_procfs.IsRunning(process))
            {
                return own;
            }

            own.Dispose();
        }

        foreach (uint other in Others(container))
        {
            if (Open(other) is { } root)
            {
                pid = other;
                return root;
            }
        }

        return null;
    }

    private RootDirectory? Open(uint pid)
    {
        try
        {
            return RootDirectory.Open(string.Create(CultureInfo.InvariantCulture, $"{procRoot}/{pid}/root"));
        }
        catch (BpfException)
        {
            // It has ended, or is a zombie.
            return null;
        }
    }

    private uint[] Others(ContainerInfo container)
    {
        if (container.CgroupPath.Length < 2)
        {
            return [];
        }

        try
        {
            return [.. File.ReadLines(cgroupRoot + container.CgroupPath + "/cgroup.procs")
                .Take(MaxOthers).Select(line => uint.TryParse(line, CultureInfo.InvariantCulture, out uint pid) ? pid : 0).Where(pid => pid != 0)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
