// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using NodeAgent.HostScan.Processes;
using NodeAgent.HostScan.Roots;

namespace NodeAgent.HostScan.Sensors.Linux.Ports;

/// <summary>Which processes of the node's network namespace hold which sockets.</summary>
internal sealed class SocketOwners
{
    private const int MaxDescriptorsOfProcess = 65_536;
    private const int MaxDescriptors = 1_000_000;
    private const int MaxOwners = 32;

    private readonly Dictionary<ulong, List<HostProcess>> _owners = [];

    /// <param name="inodes">The sockets that are asked for.</param>
    public static SocketOwners Read(SensorRun run, IEnumerable<ulong> inodes)
    {
        var owners = new SocketOwners();
        foreach (ulong inode in inodes.Where(inode => inode != 0))
        {
            owners._owners[inode] = [];
        }

        HostProcess? first = run.Processes.All.Count > 0 && run.Processes.All[0].Pid == 1 ? run.Processes.All[0] : null;
        if (owners._owners.Count == 0 || first is not { NetworkNamespace: not 0 })
        {
            if (owners._owners.Count > 0)
            {
                run.Problem("the network namespace of pid 1 is not known, so neither are the processes that hold the ports");
            }

            return owners;
        }

        owners.Read(run, first.NetworkNamespace);
        return owners;
    }

    /// <returns>By pid, each once; the first 32.</returns>
    public IEnumerable<HostProcess> Of(IEnumerable<ulong> inodes) =>
        inodes.SelectMany(inode => _owners.TryGetValue(inode, out List<HostProcess>? owners) ? owners : []).DistinctBy(owner => owner.Pid).OrderBy(owner => owner.Pid).Take(MaxOwners);

    private void Read(SensorRun run, ulong networkNamespace)
    {
        int looked = 0;
        int denied = 0;
        foreach (HostProcess process in run.Processes.All.Where(process => process.NetworkNamespace == networkNamespace))
        {
            run.Stop.ThrowIfCancellationRequested();
            string folder = string.Create(CultureInfo.InvariantCulture, $"/proc/{process.Pid}/fd");
            denied += run.Root.List(folder, MaxDescriptorsOfProcess, out IReadOnlyList<string> descriptors) == ReadProblem.Denied ? 1 : 0;
            looked += descriptors.Count;
            if (looked > MaxDescriptors)
            {
                run.Problem(string.Create(CultureInfo.InvariantCulture, $"more than {MaxDescriptors} open files, so not all processes that hold ports are known"));
                return;
            }

            foreach (string descriptor in descriptors)
            {
                Take(process, run.Root.ReadLink($"{folder}/{descriptor}"));
            }
        }

        if (denied > 0)
        {
            run.Problem("open files of some processes may not be read, so not all processes that hold ports are known");
        }
    }

    // Shape: socket:[12345].
    private void Take(HostProcess process, string? link)
    {
        if (link is not null && link.StartsWith("socket:[", StringComparison.Ordinal)
            && ulong.TryParse(link.AsSpan(8).TrimEnd(']'), NumberStyles.None, CultureInfo.InvariantCulture, out ulong inode)
            && _owners.TryGetValue(inode, out List<HostProcess>? owners) && (owners.Count == 0 || owners[^1].Pid != process.Pid))
        {
            owners.Add(process);
        }
    }
}
