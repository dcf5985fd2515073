// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Bpf.Loading;
using NodeAgent.Events.Wire;
using NodeAgent.Interop.Maps;
using NodeAgent.Interop.Platform;

namespace NodeAgent.Bpf.Losses;

/// <summary>Reads the loss counters that the probes keep, and tells what was added. <see cref="Read"/> is for one thread, the rest for any.</summary>
/// <remarks>
/// The total per kind is exact; the share of each cgroup comes from an LRU map and may miss some. What no cgroup accounts for
/// is reported with cgroup 0, so the sum of all deltas is never below the total.
/// </remarks>
internal sealed class LossReader
{
    private const int KindCount = (int)EventKind.Limit;

    private readonly PerCpuSums _lost;
    private readonly PerCpuSums _sent;
    private readonly MapBatch<LostKey, ulong> _byCgroup;
    private readonly LossLedger _ledger;

    internal LossReader(SharedMaps maps, LossLedger ledger)
        : this(maps.Lost, maps.Sent, maps.LostByCgroup, ledger)
    {
    }

    /// <param name="ledger">What was told of these counters before.</param>
    internal LossReader(KernelMap lost, KernelMap sent, KernelMap lostByCgroup, LossLedger ledger)
    {
        _lost = new PerCpuSums(lost);
        _sent = new PerCpuSums(sent);
        _byCgroup = new MapBatch<LostKey, ulong>(lostByCgroup);
        _ledger = ledger;
    }

    /// <summary>Costs one system call while nothing is lost.</summary>
    internal IReadOnlyList<LossDelta> Read()
    {
        Span<ulong> totals = stackalloc ulong[KindCount];
        Span<ulong> reported = _ledger.Reported;
        bool news = false;
        _lost.Read(totals);
        for (int kind = 0; kind < KindCount; kind++)
        {
            news |= totals[kind] > reported[kind];
        }

        _ledger.LastReadNs = BootClock.NowNs;
        if (!news)
        {
            return [];
        }

        var deltas = new List<LossDelta>();
        TakeCgroups(deltas);
        for (int kind = 0; kind < KindCount; kind++)
        {
            if (totals[kind] > reported[kind])
            {
                deltas.Add(new LossDelta((EventKind)kind, 0, totals[kind] - reported[kind]));
                reported[kind] = totals[kind];
            }
        }

        return deltas;
    }

    /// <summary>Records lost since the start, all kinds.</summary>
    internal ulong TotalLost() => Sum(_lost);

    /// <summary>Records sent since the start, all kinds.</summary>
    internal ulong TotalSent() => Sum(_sent);

    /// <summary>Records sent since the start, by kind.</summary>
    internal ulong[] ReadSent() => ReadAll(_sent);

    /// <summary>Records lost since the start, by kind.</summary>
    internal ulong[] ReadLost() => ReadAll(_lost);

    // What is told leaves the map: so what stands there was not told, whoever asks.
    private void TakeCgroups(List<LossDelta> deltas) => _byCgroup.TakeAll((key, count) =>
    {
        if (key.Kind < KindCount && count > 0)
        {
            deltas.Add(new LossDelta((EventKind)key.Kind, key.CgroupId, count));
            _ledger.Reported[(int)key.Kind] += count;
        }
    });

    private static ulong Sum(PerCpuSums counters) => ReadAll(counters).Aggregate(0ul, static (sum, count) => sum + count);

    private static ulong[] ReadAll(PerCpuSums counters)
    {
        var byKind = new ulong[KindCount];
        counters.Read(byKind);
        return byKind;
    }
}
