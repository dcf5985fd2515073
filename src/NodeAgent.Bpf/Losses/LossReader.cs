// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Bpf.Loading;
using NodeAgent.Events.Wire;
using NodeAgent.Interop.Maps;

namespace NodeAgent.Bpf.Losses;

/// <summary>Reads the loss counters that the probes keep, and tells what was added. <see cref="Read"/> is for one thread, the rest for any.</summary>
/// <remarks>
/// The total per kind is exact; the share of each cgroup comes from an LRU map and may miss some. What no cgroup accounts for
/// is reported with cgroup 0, so the sum of all deltas is never below the total.
/// </remarks>
internal sealed class LossReader
{
    private const int KindCount = (int)EventKind.Limit;

    private readonly KernelMap _lost;
    private readonly KernelMap _sent;
    private readonly MapBatch<LostKey, ulong> _byCgroup;
    private readonly ulong[] _reported = new ulong[KindCount];
    private Dictionary<(ulong CgroupId, uint Kind), ulong> _previous = [];
    private Dictionary<(ulong CgroupId, uint Kind), ulong> _current = [];
    private ulong _lostBefore;

    internal LossReader(SharedMaps maps)
    {
        _lost = maps.Lost;
        _sent = maps.Sent;
        _byCgroup = new MapBatch<LostKey, ulong>(maps.LostByCgroup);
    }

    /// <summary>Costs one system call per kind while nothing is lost.</summary>
    internal IReadOnlyList<LossDelta> Read()
    {
        Span<ulong> totals = stackalloc ulong[KindCount];
        ulong sum = 0;
        for (int kind = 0; kind < KindCount; kind++)
        {
            totals[kind] = ReadCounter(_lost, kind);
            sum += totals[kind];
        }

        if (sum == _lostBefore)
        {
            return [];
        }

        _lostBefore = sum;
        var deltas = new List<LossDelta>();
        ReadCgroups(deltas);
        for (int kind = 0; kind < KindCount; kind++)
        {
            if (totals[kind] > _reported[kind])
            {
                deltas.Add(new LossDelta((EventKind)kind, 0, totals[kind] - _reported[kind]));
                _reported[kind] = totals[kind];
            }
        }

        return deltas;
    }

    /// <summary>Records lost since the start, all kinds.</summary>
    internal ulong TotalLost() => Sum(_lost);

    /// <summary>Records sent since the start, all kinds.</summary>
    internal ulong TotalSent() => Sum(_sent);

    internal ulong ReadSent(EventKind kind) => ReadCounter(_sent, (int)kind);

    internal ulong ReadLost(EventKind kind) => ReadCounter(_lost, (int)kind);

    private void ReadCgroups(List<LossDelta> deltas)
    {
        _current.Clear();
        _byCgroup.ReadAll((key, count) => _current[(key.CgroupId, key.Kind)] = count);
        foreach (((ulong cgroupId, uint kind) key, ulong count) in _current)
        {
            // Below the last value: the entry was evicted and came again.
            ulong before = _previous.TryGetValue(key, out ulong value) && value <= count ? value : 0;
            if (count > before && key.kind < KindCount)
            {
                deltas.Add(new LossDelta((EventKind)key.kind, key.cgroupId, count - before));
                _reported[key.kind] += count - before;
            }
        }

        (_previous, _current) = (_current, _previous);
    }

    private static ulong Sum(KernelMap map)
    {
        ulong sum = 0;
        for (int kind = 0; kind < KindCount; kind++)
        {
            sum += ReadCounter(map, kind);
        }

        return sum;
    }

    private static ulong ReadCounter(KernelMap map, int kind) => PerCpuCounter.Sum(map, (uint)kind);
}
