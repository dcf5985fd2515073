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

        if (owners._owners.Count > 0)
        {
            owners.Read(run);
        }

        return owners;
    }

    /// <returns>By pid, each once; the first 32.</returns>
    public IEnumerable<HostProcess> Of(IEnumerable<ulong> inodes) =>
        inodes.SelectMany(inode => _owners.TryGetValue(inode, out List<HostProcess>? owners) ? owners : []).DistinctBy(owner => owner.Pid).OrderBy(owner => owner.Pid).Take(MaxOwners);

    private void Read(SensorRun run)
    {
        HostProcess? first = run.Processes.All.FirstOrDefault(process => process.Pid == 1);
        ulong files = NetworkNamespaceFiles.Of(run.Root, 1);
        if (first is null || (first.NetworkNamespace == 0 && files == 0))
        {
            run.Problem("the network namespace of pid 1 is not known, so neither are the processes that hold the ports");
            return;
        }

        // The namespace of pid 1 may not be readable for whoever may read all others.
        Read(run, first.NetworkNamespace != 0
            ? process => process.NetworkNamespace == first.NetworkNamespace
            : process => NetworkNamespaceFiles.Of(run.Root, process.Pid) == files);
    }

    private void Read(SensorRun run, Func<HostProcess, bool> isOfNode)
    {
        int looked = 0;
        int denied = 0;
        foreach (HostProcess process in run.Processes.All.Where(isOfNode))
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

            bool isReadable = descriptors.Count == 0;
            foreach (string descriptor in descriptors)
            {
                string? link = run.Root.ReadLink($"{folder}/{descriptor}");
                isReadable |= link is not null;
                Take(process, link);
            }

            denied += isReadable ? 0 : 1;
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
