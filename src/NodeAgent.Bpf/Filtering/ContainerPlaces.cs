// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Bpf.Loading;
using NodeAgent.Interop.Platform;

namespace NodeAgent.Bpf.Filtering;

/// <summary>What the kernel keeps for each container, in its own memory: a place that the cgroup's id gives, or one soon after it. Any thread.</summary>
internal sealed unsafe class ContainerPlaces : IDisposable
{
    // Of na_container__of in bpf/include/container.bpf.h.
    private const ulong PlaceFactor = 0x9e3779b97f4a7c15;
    private const int Probes = 8;

    private readonly MappedMemory _memory;

    internal ContainerPlaces(SharedMaps maps)
    {
        Sizes = maps.FilterSizes;
        _memory = maps.Containers.MapMemory(0, MappedMemory.RoundToPage(Sizes.ContainerEntries * (ulong)sizeof(ContainerRecord)), writable: true);
    }

    internal delegate int Counted(in ContainerRecord container);

    internal FilterSizes Sizes { get; }

    /// <summary>All; the last one is that of containers without one of their own.</summary>
    internal Span<ContainerRecord> All => new(_memory.Address, (int)Sizes.ContainerEntries);

    internal ref ContainerRecord Shared => ref All[Sizes.ContainerCount];

    /// <returns>-1: it has no place of its own.</returns>
    internal int Find(ulong cgroupId)
    {
        uint first = PlaceOf(cgroupId);
        for (uint at = 0; at < Probes && cgroupId != 0; at++)
        {
            int place = (int)((first + at) & Sizes.ContainerMask);
            if (Volatile.Read(ref All[place].CgroupId) == cgroupId)
            {
                return place;
            }
        }

        return -1;
    }

    /// <summary>The kernel may take the same place for another container meanwhile: then it is that one's, and the next is tried.</summary>
    /// <returns>-1: none is free.</returns>
    internal int Take(ulong cgroupId)
    {
        uint first = PlaceOf(cgroupId);
        for (uint at = 0; at < Probes; at++)
        {
            int place = (int)((first + at) & Sizes.ContainerMask);
            if (Interlocked.CompareExchange(ref All[place].CgroupId, cgroupId, 0) == 0)
            {
                return place;
            }
        }

        return -1;
    }

    /// <summary>The sum over all places but the shared one.</summary>
    internal long Count(Counted counted)
    {
        long sum = 0;
        foreach (ref readonly ContainerRecord container in All[..Sizes.ContainerCount])
        {
            sum += counted(container);
        }

        return sum;
    }

    public void Dispose() => _memory.Dispose();

    private static uint PlaceOf(ulong cgroupId) => (uint)(unchecked(cgroupId * PlaceFactor) >> 32);
}
