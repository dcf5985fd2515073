// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Events.Identity;

namespace NodeAgent.Enrichment.Containers;

/// <summary>Why cgroups were forgotten before their time. In the order in which they go, oldest first within each.</summary>
public enum CgroupEvictionRank
{
    /// <summary>Its cgroup is gone, only the grace kept it.</summary>
    Removed,

    /// <summary>Unknown but for its id.</summary>
    Placeholder,

    /// <summary>A sub-cgroup of a unit.</summary>
    SubCgroup,

    /// <summary>A unit that exists; it comes back as a placeholder with its next event, and is looked up.</summary>
    Unit,
}

/// <summary>The entries of the container table: by id, the units also by path; bounded.</summary>
internal sealed class CgroupStore(int maxCgroups)
{
    private const int BatchDivisor = 16;

    private readonly Dictionary<ulong, CgroupEntry> _byId = [];
    private readonly Dictionary<string, ContainerInfo> _byPath = [];
    private readonly Queue<CgroupEntry> _removed = [];
    private readonly long[] _evictions = new long[4];

    public int Count => _byId.Count;

    public int UnitCount => _byPath.Count;

    public IEnumerable<CgroupEntry> Entries => _byId.Values;

    public IEnumerable<ContainerInfo> LiveUnits => _byPath.Values;

    public long EvictionsOf(CgroupEvictionRank rank) => _evictions[(int)rank];

    public bool TryGet(ulong cgroupId, out CgroupEntry entry) => _byId.TryGetValue(cgroupId, out entry!);

    public ContainerInfo? FindUnit(string path) => _byPath.GetValueOrDefault(path);

    /// <summary>The innermost known container whose cgroup lies above a path.</summary>
    public ContainerInfo? FindContainerAbove(string path)
    {
        var byPath = _byPath.GetAlternateLookup<ReadOnlySpan<char>>();
        for (int cut = path.LastIndexOf('/'); cut > 0; cut = path.LastIndexOf('/', cut - 1))
        {
            if (byPath.TryGetValue(path.AsSpan(0, cut), out ContainerInfo? info) && info.Identity.Kind == UnitKind.Container)
            {
                return info;
            }
        }

        return null;
    }

    public CgroupEntry Add(ulong cgroupId, ContainerInfo info, ulong nowNs)
    {
        if (_byId.Count >= maxCgroups)
        {
            EvictBatch();
        }

        if (_byId.TryGetValue(cgroupId, out CgroupEntry? old))
        {
            Forget(old);
        }

        var entry = new CgroupEntry(cgroupId, info, nowNs);
        _byId[cgroupId] = entry;
        IndexPath(entry);
        return entry;
    }

    /// <summary>Call when a unit's path became known.</summary>
    public void IndexPath(CgroupEntry entry)
    {
        if (entry.IsTop && !entry.IsPlaceholder)
        {
            _byPath[entry.Info.CgroupPath] = entry.Info;
        }
    }

    /// <summary>What was a unit of its own becomes a part of another.</summary>
    public void GiveTo(CgroupEntry entry, ContainerInfo owner)
    {
        if (entry.IsTop)
        {
            UnindexPath(entry.Info);
        }

        entry.Info = owner;
    }

    /// <summary>A plain cgroup turned out to be a container: the plain cgroups below it are parts of it.</summary>
    public void AdoptSubCgroups(ContainerInfo container)
    {
        string prefix = container.CgroupPath + "/";
        foreach (CgroupEntry entry in Entries)
        {
            ContainerInfo info = entry.Info;
            if (!info.CgroupPath.StartsWith(prefix, StringComparison.Ordinal))
            {
                continue;
            }

            info.Parent ??= container;
            if (info.Identity.Kind == UnitKind.Cgroup)
            {
                GiveTo(entry, container);
            }
        }
    }

    public void MarkRemoved(CgroupEntry entry, ulong nowNs)
    {
        if (entry.RemovedNs != 0)
        {
            return;
        }

        entry.RemovedNs = Math.Max(1, nowNs);
        _removed.Enqueue(entry);
        if (entry.IsTop)
        {
            entry.Info.RemovedNs = entry.RemovedNs;
            UnindexPath(entry.Info);
        }
    }

    public void Expire(ulong removedBeforeNs)
    {
        while (_removed.TryPeek(out CgroupEntry? entry) && (entry.IsForgotten || entry.RemovedNs <= removedBeforeNs))
        {
            _removed.Dequeue();
            Forget(entry);
        }
    }

    private void Forget(CgroupEntry entry)
    {
        if (!entry.IsForgotten)
        {
            entry.IsForgotten = true;
            _byId.Remove(entry.CgroupId);
            if (entry.IsTop)
            {
                UnindexPath(entry.Info);
            }
        }
    }

    private void UnindexPath(ContainerInfo info)
    {
        if (_byPath.TryGetValue(info.CgroupPath, out ContainerInfo? current) && current == info)
        {
            _byPath.Remove(info.CgroupPath);
        }
    }

    /// <summary>Makes room for many at once, so that the sort costs little per new cgroup.</summary>
    private void EvictBatch()
    {
        CgroupEntry[] order = [.. _byId.Values];
        Array.Sort(order, static (a, b) => (RankOf(a), AgeOf(a)).CompareTo((RankOf(b), AgeOf(b))));
        int goal = Math.Max(1, maxCgroups / BatchDivisor);
        foreach (CgroupEntry entry in order.AsSpan(0, Math.Min(goal, order.Length)))
        {
            _evictions[(int)RankOf(entry)]++;
            Forget(entry);
        }

        // Forgotten entries must not wait in the queue for their grace.
        for (int left = _removed.Count; left > 0; left--)
        {
            CgroupEntry entry = _removed.Dequeue();
            if (!entry.IsForgotten)
            {
                _removed.Enqueue(entry);
            }
        }
    }

    private static CgroupEvictionRank RankOf(CgroupEntry entry) =>
        entry.RemovedNs != 0 ? CgroupEvictionRank.Removed
        : entry.IsPlaceholder ? CgroupEvictionRank.Placeholder
        : entry.IsTop ? CgroupEvictionRank.Unit
        : CgroupEvictionRank.SubCgroup;

    private static ulong AgeOf(CgroupEntry entry) => entry.RemovedNs != 0 ? entry.RemovedNs : entry.AddedNs;
}
