// SPDX-License-Identifier: Apache-2.0
using System.Numerics;
using System.Runtime.CompilerServices;

namespace NodeAgent.Bpf.Filtering;

/// <summary>The sizes of the filter's tables on this machine: powers of two.</summary>
/// <param name="ContainerCount">Containers with a place of their own; all others share one more.</param>
/// <param name="SetsPerContainer">Of <see cref="Ways"/> entries each.</param>
/// <param name="WatchedFiles">At least one: no map is empty.</param>
internal readonly record struct FilterSizes(int ContainerCount, int SetsPerContainer, int WatchedFiles = 1)
{
    internal const int Ways = 7;
    internal const int MostContainers = 4096;
    internal const int MostEntries = 1 << 20;
    private const int LeastByMemory = 64;
    private const int MostByMemory = 1024;

    // Of the memory: 16 MiB of 16 GiB, with default sizes for 256 containers.
    private const int MemoryShare = 1024;

    internal uint ContainerMask => (uint)ContainerCount - 1;

    internal uint SetMask => (uint)SetsPerContainer - 1;

    /// <summary>Entries of na_containers: the last one is the shared one.</summary>
    internal uint ContainerEntries => (uint)ContainerCount + 1;

    internal uint SetEntries => ContainerEntries * (uint)SetsPerContainer;

    /// <summary>Units: bytes of both tables.</summary>
    internal long TotalBytes => ((long)SetEntries * Unsafe.SizeOf<SeenSetRecord>()) + ((long)ContainerEntries * Unsafe.SizeOf<ContainerRecord>());

    /// <param name="memoryBytes">Units: bytes this process may use: the machine's, or the limit of its container.</param>
    internal static FilterSizes For(FilterOptions options, long memoryBytes)
    {
        // Without kinds there is nothing to remember; budgets still want their containers.
        int entries = options.FilteredKinds.Count > 0 ? options.EntriesPerContainer : Ways;
        int sets = (int)BitOperations.RoundUpToPowerOf2((uint)((entries + Ways - 1) / Ways));
        int watched = Math.Max(options.WatchedFiles, 1);
        if (options.ContainerCount > 0)
        {
            return new FilterSizes(options.ContainerCount, sets, watched);
        }

        long fitting = memoryBytes / MemoryShare / (sets * Unsafe.SizeOf<SeenSetRecord>());
        int count = (int)Math.Clamp(fitting, LeastByMemory, MostByMemory);
        return new FilterSizes(1 << BitOperations.Log2((uint)count), sets, watched);
    }
}
