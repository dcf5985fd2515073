// SPDX-License-Identifier: Apache-2.0
using System.Globalization;

namespace NodeAgent.Benchmarks.Harness;

/// <summary>What /proc tells of a process. Source: proc(5).</summary>
internal static class ProcStat
{
    private const double TicksPerSecond = 100;

    /// <returns>Units: seconds of CPU, user and system, all threads.</returns>
    public static double CpuSeconds(int pid)
    {
        string stat = File.ReadAllText($"/proc/{pid}/stat");
        string[] fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return (double.Parse(fields[11], CultureInfo.InvariantCulture) + double.Parse(fields[12], CultureInfo.InvariantCulture)) / TicksPerSecond;
    }

    /// <returns>Units: MB (10^6 bytes) resident.</returns>
    public static double ResidentMegabytes(int pid)
    {
        string line = File.ReadLines($"/proc/{pid}/status").First(l => l.StartsWith("VmRSS:", StringComparison.Ordinal));
        return double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * 1024 / 1e6;
    }
}
