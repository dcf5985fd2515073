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
    private const int SecondShift = 30;

    private readonly PerCpuSums _counts;
    private readonly PerCpuSums _cut;
    private readonly ContainerPlaces _places;
    private readonly BudgetCuts _cuts;
    private readonly MappedMemory _settingsMemory;
    private readonly Lock _gate = new();

    internal RepeatFilter(SharedMaps maps, FilterOptions options)
    {
        _places = new ContainerPlaces(maps);
        _cuts = new BudgetCuts(_places);
        _counts = new PerCpuSums(maps.SeenCounts);
        _cut = new PerCpuSums(maps.Cut);
        _settingsMemory = maps.FilterSettings.MapMemory(0, MappedMemory.RoundToPage((ulong)sizeof(FilterSettingsRecord)), writable: true);
        Write(options, maps.Sizes);
    }

    internal FilterSizes Sizes => _places.Sizes;

    /// <summary>Containers that have a place of their own.</summary>
    internal int Containers => (int)_places.Count(static (in ContainerRecord container) => container.CgroupId != 0 ? 1 : 0);

    /// <summary>Things that are known, about.</summary>
    internal long Entries => _places.Count(static (in ContainerRecord container) => (int)container.Entries);

    private ref FilterSettingsRecord Settings => ref *(FilterSettingsRecord*)_settingsMemory.Address;

    public void Forget(ulong cgroupId)
    {
        // One without a place of its own keeps its entries in the shared one.
        int place = _places.Find(cgroupId);
        Clear(ref _places.All[place >= 0 ? place : Sizes.ContainerCount]);
    }

    public void ForgetAll()
    {
        Interlocked.Increment(ref Settings.Epoch);
        foreach (ref ContainerRecord container in _places.All)
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

        lock (_gate)
        {
            int place = _places.Find(cgroupId);
            if (place < 0 && !kinds.IsEmpty)
            {
                place = _places.Take(cgroupId);
            }

            if (place >= 0)
            {
                Volatile.Write(ref _places.All[place].Unfiltered, Mask(kinds));
            }
            else if (!kinds.IsEmpty)
            {
                // No place of its own: all that share one are told, rather than this one not.
                Interlocked.Or(ref _places.Shared.Unfiltered, Mask(kinds));
            }
        }
    }

    /// <inheritdoc cref="BudgetCuts.Read"/>
    internal IReadOnlyList<BudgetCut> ReadCuts() => _cuts.Read();

    /// <summary>What was known and what was not since the start, of all containers, by kind.</summary>
    internal SeenCountRecord[] ReadCounts()
    {
        var counts = new SeenCountRecord[(int)EventKind.Limit];
        _counts.Read(MemoryMarshal.Cast<SeenCountRecord, ulong>(counts.AsSpan()));
        return counts;
    }

    /// <summary>Events that were cut since the start, of all containers, by bucket.</summary>
    internal ulong[] ReadCutCounts()
    {
        var cuts = new ulong[(int)BudgetBucket.Limit];
        _cut.Read(cuts);
        return cuts;
    }

    public void Dispose()
    {
        _places.Dispose();
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

        foreach (ref ContainerRecord container in _places.All)
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
}
