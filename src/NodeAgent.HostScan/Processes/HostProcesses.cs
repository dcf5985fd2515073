// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text;
using NodeAgent.Enrichment.Cgroups;
using NodeAgent.Events.Identity;
using NodeAgent.HostScan.Roots;

namespace NodeAgent.HostScan.Processes;

/// <summary>All processes of the host at one moment. What ends meanwhile is left out.</summary>
public sealed class HostProcesses
{
    private const int MaxProcesses = 65_536;
    private const int MaxArgumentBytes = 64 << 10;

    private HostProcesses(IReadOnlyList<HostProcess> all, bool isCut) => (All, IsCut) = (all, isCut);

    /// <summary>By pid.</summary>
    public IReadOnlyList<HostProcess> All { get; }

    /// <summary>There are more than were looked at.</summary>
    public bool IsCut { get; }

    public static HostProcesses Read(HostRoot root, CancellationToken stop)
    {
        ArgumentNullException.ThrowIfNull(root);
        root.List("/proc", int.MaxValue, out IReadOnlyList<string> names);
        var processes = new List<HostProcess>();
        foreach (int pid in names.Select(Pid).Where(pid => pid > 0).Order())
        {
            stop.ThrowIfCancellationRequested();
            if (processes.Count == MaxProcesses)
            {
                return new HostProcesses(processes, isCut: true);
            }

            if (ReadOne(root, pid) is { } process)
            {
                processes.Add(process);
            }
        }

        return new HostProcesses(processes, isCut: false);
    }

    /// <summary>Those whose executable has this name, outside of containers or in them.</summary>
    public IEnumerable<HostProcess> Named(string name) => All.Where(process => process.Name == name);

    private static int Pid(string name) => int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out int pid) ? pid : 0;

    private static HostProcess? ReadOne(HostRoot root, int pid)
    {
        string folder = string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/");
        if (root.Read(folder + "stat", 4096) is not { IsRead: true } stat || !TryParseStat(stat.Text, out string comm, out int parent, out ulong start))
        {
            return null;
        }

        (string container, string unit) = Owner(root.Read(folder + "cgroup", 16 << 10).Bytes.Span);
        return new HostProcess(
            pid, parent, comm, Arguments(root.Read(folder + "cmdline", MaxArgumentBytes).Bytes.Span), root.ReadLink(folder + "exe"), container, unit,
            NamespaceInode(root.ReadLink(folder + "ns/net")), start);
    }

    // The name stands in brackets and may hold brackets, blanks and newlines itself. Source: proc(5).
    internal static bool TryParseStat(string text, out string comm, out int parent, out ulong startTicks)
    {
        (comm, parent, startTicks) = (string.Empty, 0, 0);
        int open = text.IndexOf('(', StringComparison.Ordinal);
        int close = text.LastIndexOf(')');
        string[] rest = close > open && close + 2 < text.Length ? text[(close + 2)..].Split(' ') : [];
        if (open < 0 || rest.Length < 20)
        {
            return false;
        }

        comm = text[(open + 1)..close];
        return int.TryParse(rest[1], NumberStyles.None, CultureInfo.InvariantCulture, out parent)
            && ulong.TryParse(rest[19], NumberStyles.None, CultureInfo.InvariantCulture, out startTicks);
    }

    private static string[] Arguments(ReadOnlySpan<byte> bytes)
    {
        string text = Encoding.UTF8.GetString(bytes.TrimEnd((byte)0));
        return text.Length == 0 ? [] : text.Split('\0');
    }

    // One line for each hierarchy; the one of cgroup v2, or of systemd, has the whole path, the others may have less.
    private static (string Container, string Unit) Owner(ReadOnlySpan<byte> lines)
    {
        (string container, string unit) = (string.Empty, string.Empty);
        foreach (Range range in lines.Split((byte)'\n'))
        {
            ReadOnlySpan<byte> line = lines[range];
            int path = line.IndexOf((byte)'/');
            if (path < 0)
            {
                continue;
            }

            CgroupUnit found = CgroupPathParser.Parse(line[path..]);
            container = container.Length > 0 ? container : found.ContainerId;
            unit = unit.Length > 0 || found.Kind != UnitKind.SystemdUnit ? unit : found.Name;
        }

        return (container, unit);
    }

    // Shape: net:[4026531840].
    private static ulong NamespaceInode(string? link) =>
        link is not null && link.StartsWith("net:[", StringComparison.Ordinal) && ulong.TryParse(link[5..].TrimEnd(']'), NumberStyles.None, CultureInfo.InvariantCulture, out ulong inode) ? inode : 0;
}
