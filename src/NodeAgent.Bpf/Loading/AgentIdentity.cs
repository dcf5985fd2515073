// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Runtime.InteropServices;

namespace NodeAgent.Bpf.Loading;

/// <summary>What <c>struct na_agent_identity</c> of bpf/include/maps.h holds: whose own events the probes leave out.</summary>
/// <param name="StartTicks">Units: 1/100 s since boot. Start of the process, as the kernel shows it.</param>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct AgentIdentity(ulong StartTicks, uint Pid, uint Padding)
{
    /// <summary>This process.</summary>
    internal static AgentIdentity Own() =>
        new(ParseStartTicks(File.ReadAllText("/proc/self/stat")), (uint)Environment.ProcessId, 0);

    /// <param name="stat">Shape: <c>PID (COMM) S …</c> as in proc(5); the comm may hold anything.</param>
    internal static ulong ParseStartTicks(string stat)
    {
        // After the comm the state is field 3; starttime is field 22.
        string[] fields = stat[(stat.LastIndexOf(')') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return ulong.Parse(fields[19], CultureInfo.InvariantCulture);
    }
}
