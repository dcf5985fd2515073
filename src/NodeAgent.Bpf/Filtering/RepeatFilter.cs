// SPDX-License-Identifier: Apache-2.0
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using NodeAgent.Bpf.Loading;
using NodeAgent.Bpf.Losses;
using NodeAgent.Events;
using NodeAgent.Events.Wire;
using NodeAgent.Interop.Maps;
using NodeAgent.Interop.Platform;

namespace NodeAgent.Bpf.Filtering;

/// <summary>The agent's side of the already-seen filter and of the budgets: their settings, clearing, and what they counted.</summary>
/// <remarks>
/// Works on the kernel's memory, so nothing here costs a system call but reading the totals. Writing new settings changes the
/// hash of everything, so an agent that takes over running probes begins with empty sets. Any thread until disposed, but
/// <see cref="ReadCuts"/>, which is the event loop's.
/// </remarks>
internal sealed unsafe class RepeatFilter : IRepeatFilter, IDisposable
{
    // Of na_container__of in bpf/include/container.bpf.h.
    private const ulong PlaceFactor = 0x9e3779b97f4a7c15;
    private const int Probes = 8;
    private const int SecondShift = 30;

    private readonly KernelMap _counts;
    private readonly KernelMap _cut;
    private readonly MappedMemory _memory;
    private readonly MappedMemory _settingsMemory;
    private readonly ulong[] _cutBefore;
    private readonly Lock _places = new();

    internal RepeatFilter(SharedMaps maps, FilterOptions options)
    {
        Sizes = maps.FilterSizes;
        _counts = maps.SeenCounts;
        _cut = maps.Cut;
        _cutBefore = new ulong[Sizes.ContainerEntries * (int)BudgetBucket.Limit];
        ulong bytes = Sizes.ContainerEntries * (ulong)sizeof(ContainerRecord);
        _memory = maps.Containers.MapMemory(0, RoundToPage(bytes), writable: true);
        _settingsMemory = maps.FilterSettings.MapMemory(0, RoundToPage((ulong)sizeof(FilterSettingsRecord)), writable: true);
        Write(options, maps.Sizes);
    }

    internal FilterSizes Sizes { get; }

    /// <summary>Containers that have a place of their own.</summary>
    internal int Containers => Count(static (in ContainerRecord container) => container.CgroupId != 0 ? 1 : 0);

    /// <summary>Things that are known, about.</summary>
    internal long Entries => Count(static (in ContainerRecord container) => (int)container.Entries);

    private Span<ContainerRecord> Places => new(_memory.Address, (int)Sizes.ContainerEntries);

    private ref FilterSettingsRecord Settings => ref *(FilterSettingsRecord*)_settingsMemory.Address;

    public void Forget(ulong cgroupId)
    {
        // One without a place of its own keeps its entries in the shared one.
        int place = Find(cgroupId);
        Clear(ref Places[place >= 0 ? place : Sizes.ContainerCount]);
    }

    public void ForgetAll()
    {
        Interlocked.Increment(ref Settings.Epoch);
        foreach (ref ContainerRecord container in Places)
        {
            container.Entries = 0;
        }
    }

    public void TellAlways(ulong cgroupId, params ReadOnlySpan<EventKind> kinds)
    {
        if (cgroupId == 0)
        {
            return;
        }

        lock (_places)
        {
            int place = Find(cgroupId);
            if (place < 0 && !kinds.IsEmpty)
            {
                place = Take(cgroupId);
            }

            if (place >= 0)
            {
                Volatile.Write(ref Places[place].Unfiltered, Mask(kinds));
            }
            else if (!kinds.IsEmpty)
            {
                // No place of its own: all that share one are told, rather than this one not.
                Interlocked.Or(ref Places[Sizes.ContainerCount].Unfiltered, Mask(kinds));
            }
        }
    }

    /// <summary>What budgets cut and no record told of: the rest of a flood that is over.</summary>
    /// <remarks>Call it about once a second. A flood that goes on is told by the kernel itself.</remarks>
    internal IReadOnlyList<BudgetCut> ReadCuts()
    {
        List<BudgetCut>? cuts = null;
        for (int place = 0; place < Places.Length; place++)
        {
            ref ContainerRecord container = ref Places[place];
            for (int id = 0; id < (int)BudgetBucket.Limit; id++)
            {
                ref BucketRecord bucket = ref container.Buckets[id];
                ref ulong before = ref _cutBefore[(place * (int)BudgetBucket.Limit) + id];
                ulong cut = Volatile.Read(ref bucket.Cut);
                ulong told = Volatile.Read(ref bucket.Told);
                if (cut > told && cut == before)
                {
                    (cuts ??= []).Add(new BudgetCut(place == Sizes.ContainerCount ? 0 : container.CgroupId, ClassOf((BudgetBucket)id), cut - told, bucket.FromNs));
                    Interlocked.Add(ref bucket.Told, cut - told);
                }

                before = cut;
            }
        }

        return cuts ?? (IReadOnlyList<BudgetCut>)[];
    }

    internal ulong ReadHits(EventKind kind) => ReadCount(kind).Hits;

    internal ulong ReadMisses(EventKind kind) => ReadCount(kind).Misses;

    /// <summary>Events that were cut since the start, of all containers.</summary>
    internal ulong ReadCut(BudgetBucket bucket) => PerCpuCounter.Sum(_cut, (uint)bucket);

    internal static EventClass ClassOf(BudgetBucket bucket) => bucket switch
    {
        BudgetBucket.Exec or BudgetBucket.Process => EventClass.Process,
        BudgetBucket.File => EventClass.File,
        BudgetBucket.Network => EventClass.Network,
        BudgetBucket.Privilege => EventClass.Privilege,
        _ => EventClass.None,
    };

    public void Dispose()
    {
        _memory.Dispose();
        _settingsMemory.Dispose();
    }

    private void Write(FilterOptions options, RingSizes rings)
    {
        ref FilterSettingsRecord settings = ref Settings;
        settings.Filtered = 0;
        RandomNumberGenerator.Fill(MemoryMarshal.AsBytes((Span<ulong>)settings.Secret));
        settings.TickNs = BootClock.TickNs;
        settings.Epoch++;

        // Rounded up: a time that was asked for is not "never".
        settings.Repeat = (uint)(((options.RepeatAfter.Ticks * 100) + (1 << SecondShift) - 1) >> SecondShift);
        for (int id = 0; id < (int)BudgetBucket.Limit; id++)
        {
            Budget budget = options.Budgets.TryGetValue((BudgetBucket)id, out Budget found) ? found : default;
            settings.Bursts[id] = (ulong)Math.Min(budget.Burst, MostBurst((BudgetBucket)id, rings));
            settings.Rates[id] = budget.Rate == 0 ? 0 : Math.Max(1, ((ulong)budget.Rate << SecondShift) / 1_000_000_000);
        }

        foreach (ref ContainerRecord container in Places)
        {
            container.Entries = 0;
            container.Unfiltered = 0;
        }

        // Last: it is what the probes look at first.
        Volatile.Write(ref settings.Filtered, Mask([.. options.FilteredKinds]));
    }

    // Half of its ring: the other half is for everybody else while the reader sleeps.
    private static int MostBurst(BudgetBucket bucket, RingSizes rings)
    {
        uint bytes = bucket is BudgetBucket.Exec or BudgetBucket.Process ? rings.ProcessBytes / 2 : rings.ShardBytes;
        return (int)Math.Max(bytes / 2 / Budget.UnitBytes, Budget.LeastBurst);
    }

    private int Find(ulong cgroupId)
    {
        uint first = PlaceOf(cgroupId);
        for (uint at = 0; at < Probes && cgroupId != 0; at++)
        {
            int place = (int)((first + at) & Sizes.ContainerMask);
            if (Volatile.Read(ref Places[place].CgroupId) == cgroupId)
            {
                return place;
            }
        }

        return -1;
    }

    // The kernel may take the same place for another container meanwhile: then it is that one's, and the next is tried.
    private int Take(ulong cgroupId)
    {
        uint first = PlaceOf(cgroupId);
        for (uint at = 0; at < Probes; at++)
        {
            int place = (int)((first + at) & Sizes.ContainerMask);
            if (Interlocked.CompareExchange(ref Places[place].CgroupId, cgroupId, 0) == 0)
            {
                return place;
            }
        }

        return -1;
    }

    private static uint PlaceOf(ulong cgroupId) => (uint)(unchecked(cgroupId * PlaceFactor) >> 32);

    private static void Clear(ref ContainerRecord container)
    {
        Interlocked.Increment(ref container.Epoch);
        container.Entries = 0;
    }

    private static ulong Mask(ReadOnlySpan<EventKind> kinds)
    {
        ulong mask = 0;
        foreach (EventKind kind in kinds)
        {
            mask |= 1ul << (int)kind;
        }

        return mask;
    }

    private SeenCountRecord ReadCount(EventKind kind)
    {
        uint key = (uint)kind;
        var perCpu = new SeenCountRecord[_counts.ValueSizeBytes / sizeof(SeenCountRecord)];
        var sum = default(SeenCountRecord);
        if (_counts.TryLookup(MemoryMarshal.AsBytes(new ReadOnlySpan<uint>(in key)), MemoryMarshal.AsBytes(perCpu.AsSpan())))
        {
            foreach (SeenCountRecord one in perCpu)
            {
                sum.Hits += one.Hits;
                sum.Misses += one.Misses;
            }
        }

        return sum;
    }

    private delegate int Counted(in ContainerRecord container);

    private int Count(Counted counted)
    {
        int sum = 0;
        foreach (ref readonly ContainerRecord container in Places[..Sizes.ContainerCount])
        {
            sum += counted(container);
        }

        return sum;
    }

    private static ulong RoundToPage(ulong bytes)
    {
        ulong page = (ulong)MappedMemory.PageSizeBytes;
        return (bytes + page - 1) / page * page;
    }
}

/// <summary>Events of one container that its budget cut.</summary>
/// <param name="CgroupId">Whose; 0 = one of those that share a budget because there are too many.</param>
/// <param name="FromNs">Units: boot ns of the first one.</param>
public readonly record struct BudgetCut(ulong CgroupId, EventClass Class, ulong Count, ulong FromNs);
