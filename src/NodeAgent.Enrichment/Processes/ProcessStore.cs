// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;
using NodeAgent.Events.Identity;

namespace NodeAgent.Enrichment.Processes;

/// <summary>Why processes were forgotten before their time. In the order in which they go.</summary>
public enum ProcessEvictionRank
{
    /// <summary>Exited, nobody's parent; oldest exit first.</summary>
    Exited,

    /// <summary>Exited, kept for its children; oldest exit first.</summary>
    Ancestor,

    /// <summary>Never described; oldest first.</summary>
    Placeholder,

    /// <summary>Running; first those of the container that has the most, so that a fork bomb pays for itself; oldest first.</summary>
    Running,
}

/// <summary>The entries of the process table: found by pid, linked to parents, bounded.</summary>
internal sealed class ProcessStore(int maxProcesses, long maxBytes)
{
    private const int BatchDivisor = 16;

    private readonly Dictionary<uint, ProcessEntry> _byPid = [];
    private readonly ExitedList _exited = new();
    private readonly long[] _evictions = new long[4];

    public int Count { get; private set; }

    public long SizeBytes { get; private set; }

    public long EvictionsOf(ProcessEvictionRank rank) => _evictions[(int)rank];

    /// <summary>The newest holder of a pid.</summary>
    public bool TryNewest(uint pid, out ProcessEntry entry) => _byPid.TryGetValue(pid, out entry!);

    public ProcessEntry? Find(ProcessKey key)
    {
        _byPid.TryGetValue(key.Pid, out ProcessEntry? entry);
        while (entry is not null && entry.Info.Key.StartTimeNs != key.StartTimeNs)
        {
            entry = entry.OlderSamePid;
        }

        return entry;
    }

    /// <summary>Adds an entry whose key is new; the table must hold no other with it.</summary>
    public void Add(ProcessEntry entry, int sizeBytes)
    {
        if (Count >= maxProcesses || SizeBytes >= maxBytes)
        {
            EvictBatch();
        }

        ref ProcessEntry? link = ref CollectionsMarshal.GetValueRefOrAddDefault(_byPid, entry.Info.Pid, out _);
        if (link is null || link.Info.Key.StartTimeNs <= entry.Info.Key.StartTimeNs)
        {
            entry.OlderSamePid = link;
            link = entry;
        }
        else
        {
            entry.OlderSamePid = link.OlderSamePid;
            link.OlderSamePid = entry;
        }

        Count++;
        Resize(entry, sizeBytes);
    }

    public void Resize(ProcessEntry entry, int sizeBytes)
    {
        if (!entry.IsRemoved)
        {
            SizeBytes += sizeBytes - entry.SizeBytes;
            entry.SizeBytes = sizeBytes;
        }
    }

    public void MarkExited(ProcessEntry entry, ulong bootTimeNs)
    {
        if (!entry.HasExited && !entry.IsRemoved)
        {
            entry.Info.ExitTimeNs = Math.Max(1, bootTimeNs);
            _exited.Append(entry);
        }
    }

    /// <summary>Forgets what exited before a time and is nobody's parent.</summary>
    public void Expire(ulong exitedBeforeNs)
    {
        while (_exited.First is { } entry && entry.Info.ExitTimeNs <= exitedBeforeNs)
        {
            _exited.Remove(entry);
            entry.GraceOver = true;
            if (entry.FirstChild is null)
            {
                Remove(entry);
            }
        }
    }

    public IEnumerable<ProcessEntry> All()
    {
        foreach (ProcessEntry newest in _byPid.Values)
        {
            for (ProcessEntry? entry = newest; entry is not null; entry = entry.OlderSamePid)
            {
                yield return entry;
            }
        }
    }

    private void Remove(ProcessEntry? entry)
    {
        while (entry is not null)
        {
            ProcessEntry? parent = entry.Parent;
            entry.LeaveParent();
            while (entry.FirstChild is { } child)
            {
                child.LeaveParent();
            }

            _exited.Remove(entry);
            entry.IsRemoved = true;
            Unchain(entry);
            Count--;
            SizeBytes -= entry.SizeBytes;

            // The last child is gone: an ancestor that only waited for it goes too.
            entry = parent is { GraceOver: true, FirstChild: null } ? parent : null;
        }
    }

    private void Unchain(ProcessEntry entry)
    {
        ProcessEntry newest = _byPid[entry.Info.Pid];
        if (newest != entry)
        {
            while (newest.OlderSamePid != entry)
            {
                newest = newest.OlderSamePid!;
            }

            newest.OlderSamePid = entry.OlderSamePid;
        }
        else if (entry.OlderSamePid is { } older)
        {
            _byPid[entry.Info.Pid] = older;
        }
        else
        {
            _byPid.Remove(entry.Info.Pid);
        }

        entry.OlderSamePid = null;
    }

    /// <summary>Makes room for many at once, so that what it costs is shared by many new processes.</summary>
    private void EvictBatch()
    {
        int countGoal = maxProcesses - Math.Max(1, maxProcesses / BatchDivisor);
        long bytesGoal = maxBytes - maxBytes / BatchDivisor;

        // The first rank stands in order already: a storm of short processes needs no sort.
        ProcessEntry? next = _exited.First;
        while (next is { } exited && (Count > countGoal || SizeBytes > bytesGoal))
        {
            next = exited.NextExited;
            if (exited.FirstChild is null)
            {
                _evictions[(int)ProcessEvictionRank.Exited]++;
                Remove(exited);
            }
        }

        if (Count > countGoal || SizeBytes > bytesGoal)
        {
            EvictSorted(countGoal, bytesGoal);
        }
    }

    private void EvictSorted(int countGoal, long bytesGoal)
    {
        var order = new List<(ProcessEvictionRank Rank, int Weight, ulong TimeNs, ProcessEntry Entry)>(Count);
        var perContainer = new Dictionary<ContainerInfo, int>();
        foreach (ProcessEntry entry in All())
        {
            CollectionsMarshal.GetValueRefOrAddDefault(perContainer, entry.Info.Container, out _)++;
            ProcessEvictionRank rank = RankOf(entry);
            order.Add((rank, 0, entry.HasExited ? entry.Info.ExitTimeNs : entry.FirstSeenNs, entry));
        }

        foreach (ref var item in CollectionsMarshal.AsSpan(order))
        {
            item.Weight = item.Rank == ProcessEvictionRank.Running ? -perContainer[item.Entry.Info.Container] : 0;
        }

        order.Sort(static (a, b) => (a.Rank, a.Weight, a.TimeNs).CompareTo((b.Rank, b.Weight, b.TimeNs)));
        foreach ((ProcessEvictionRank rank, _, _, ProcessEntry entry) in order)
        {
            if (Count <= countGoal && SizeBytes <= bytesGoal)
            {
                break;
            }

            if (Find(entry.Info.Key) == entry)
            {
                _evictions[(int)rank]++;
                Remove(entry);
            }
        }
    }

    private static ProcessEvictionRank RankOf(ProcessEntry entry) =>
        entry.HasExited ? entry.FirstChild is null ? ProcessEvictionRank.Exited : ProcessEvictionRank.Ancestor
        : entry.IsPlaceholder ? ProcessEvictionRank.Placeholder
        : ProcessEvictionRank.Running;
}
