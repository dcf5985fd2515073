// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using NodeAgent.HostScan.Roots;
using NodeAgent.Interop.Platform;

namespace NodeAgent.HostScan.Processes;

/// <summary>Tells network namespaces apart where /proc/PID/ns may not be read, which needs rights over the process.</summary>
internal static class NetworkNamespaceFiles
{
    /// <returns>A number that processes of the same namespace share, since each namespace has files of its own below /proc/PID/net; 0 = not known. Not the namespace's own.</returns>
    public static ulong Of(HostRoot root, int pid) => Of(root, pid.ToString(CultureInfo.InvariantCulture));

    /// <param name="process">Shape: a pid, or <c>self</c>.</param>
    public static ulong Of(HostRoot root, string process) => root.TryGetFacts($"/proc/{process}/net/dev", out FileFacts facts) == ReadProblem.None ? facts.Inode : 0;
}
