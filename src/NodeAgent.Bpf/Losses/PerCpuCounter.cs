// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;
using NodeAgent.Interop.Maps;

namespace NodeAgent.Bpf.Losses;

/// <summary>Reads the counters that each CPU keeps for itself.</summary>
internal static class PerCpuCounter
{
    private const int MostOnStack = 512;

    /// <param name="map">A per-CPU array of 64-bit numbers.</param>
    /// <returns>The sum over all CPUs; 0 when there is no such key.</returns>
    internal static ulong Sum(KernelMap map, uint key)
    {
        int cpus = map.ValueSizeBytes / sizeof(ulong);
        Span<ulong> perCpu = cpus <= MostOnStack ? stackalloc ulong[cpus] : new ulong[cpus];
        if (!map.TryLookup(MemoryMarshal.AsBytes(new ReadOnlySpan<uint>(in key)), MemoryMarshal.AsBytes(perCpu)))
        {
            return 0;
        }

        ulong sum = 0;
        foreach (ulong count in perCpu)
        {
            sum += count;
        }

        return sum;
    }
}
