// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.HostScan.Processes;

/// <summary>A process of the host, as /proc shows it.</summary>
/// <param name="ParentPid">0 = none or unknown.</param>
/// <param name="Comm">Shape: at most 15 characters, chosen by the process.</param>
/// <param name="Arguments">Chosen by the process; at most 64 KiB.</param>
/// <param name="Executable">Shape: path, as the process sees it; null when it may not be read, or for a thread of the kernel.</param>
/// <param name="ContainerId">Shape: 64 lower-case hex digits; empty = in no container.</param>
/// <param name="Unit">Shape: <c>ssh.service</c>; empty = of no unit of systemd.</param>
/// <param name="NetworkNamespace">Shape: inode; 0 = unknown.</param>
/// <param name="StartTicks">Units: clock ticks since boot; with the pid it names the process for ever.</param>
public sealed record HostProcess(
    int Pid, int ParentPid, string Comm, IReadOnlyList<string> Arguments, string? Executable, string ContainerId, string Unit, ulong NetworkNamespace, ulong StartTicks)
{
    /// <summary>Shape: last part of the executable's path, or of the first argument where that is unknown.</summary>
    public string Name => NameOf(Executable ?? (Arguments.Count > 0 ? Arguments[0] : Comm));

    /// <summary>Shape: arguments with blanks between them.</summary>
    public string CommandLine => string.Join(' ', Arguments);

    // The kernel says so when the file of a running program was replaced, as every update does.
    private static string NameOf(string path)
    {
        string name = path[(path.LastIndexOf('/') + 1)..];
        return name.EndsWith(" (deleted)", StringComparison.Ordinal) ? name[..^" (deleted)".Length] : name;
    }
}
