// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Enrichment.Cgroups;
using NodeAgent.Enrichment.Pods;
using NodeAgent.Events;
using NodeAgent.Events.Identity;
using NodeAgent.Events.Text;
using NodeAgent.Events.Wire;

namespace NodeAgent.Enrichment.Containers;

/// <summary>The containers and other workload units of the machine, by cgroup id. For the event loop's thread; counters may be read by any.</summary>
/// <remarks>
/// Filled by cgroup events and, at start and after a loss, by a walk of the tree. An id that is in neither gets a placeholder at
/// once, which is completed when the background lookup answers. When full it forgets in the order of <see cref="CgroupEvictionRank"/>.
/// </remarks>
public sealed class ContainerTable
{
    private readonly CgroupStore _store;
    private readonly ICgroupTree _tree;
    private readonly IContainerLookup? _lookup;
    private readonly IPodLookup? _pods;
    private readonly PendingLookups _pending;
    private readonly string _hostName;
    private readonly int _maxCgroups;
    private readonly ulong _graceNs;
    private int _round;

    /// <param name="options">Bounds.</param>
    /// <param name="tree">The cgroup2 tree.</param>
    /// <param name="lookup">Who answers for unknown cgroups and metadata; null = nobody.</param>
    /// <param name="hostName">Name of the machine, the workload of processes in no unit.</param>
    /// <param name="pods">What the API server knows of this node's pods; null = there is none.</param>
    public ContainerTable(ContainerTableOptions options, ICgroupTree tree, IContainerLookup? lookup, string hostName, IPodLookup? pods = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(tree);
        options.Validate();
        _store = new CgroupStore(options.MaxCgroups);
        _tree = tree;
        _lookup = lookup;
        _pods = pods;
        _pending = new PendingLookups(options.MaxCgroups);
        _hostName = hostName;
        _maxCgroups = options.MaxCgroups;
        _graceNs = options.RemovedGrace.Ns();
        ulong rootId = tree.TryGetId("/", out ulong id) ? id : CgroupTree.RootId;
        Host = new ContainerInfo(rootId, "/");
        Host.Identity = ContainerNaming.Identify(CgroupPathParser.Parse("/"u8), hostName);
        _store.Add(rootId, Host, 0);
    }

    /// <summary>The machine itself.</summary>
    public ContainerInfo Host { get; }

    /// <summary>Cgroups that are known, removed ones included.</summary>
    public int Count => _store.Count;

    /// <summary>Units that exist.</summary>
    public int UnitCount => _store.UnitCount;

    /// <summary>Ids of events that nothing had told of before.</summary>
    public long Misses { get; private set; }

    /// <summary>Misses that were resolved later.</summary>
    public long MissesResolved { get; private set; }

    /// <summary>Questions that were not asked because too many were waiting.</summary>
    public long LookupsDropped => _pending.Dropped;

    public long Evictions(CgroupEvictionRank rank) => _store.EvictionsOf(rank);

    /// <summary>The units that exist now, the host included; for the loop's thread.</summary>
    public IEnumerable<ContainerInfo> LiveUnits => _store.LiveUnits;

    /// <summary>The unit that a cgroup belongs to: on a hit 0 bytes and one hash lookup.</summary>
    /// <param name="cgroupId">0 = unknown.</param>
    /// <param name="pid">A process in it, which helps to find an unknown one; or 0.</param>
    /// <param name="nowNs">Units: boot ns.</param>
    public ContainerInfo Resolve(ulong cgroupId, uint pid, ulong nowNs) =>
        _store.TryGet(cgroupId, out CgroupEntry entry) ? entry.Info
        : cgroupId == 0 ? ContainerInfo.Unknown
        : Miss(cgroupId, pid, nowNs);

    /// <returns>The unit, or null; makes no placeholder.</returns>
    public ContainerInfo? Find(ulong cgroupId) => _store.TryGet(cgroupId, out CgroupEntry entry) ? entry.Info : null;

    /// <summary>Reads which cgroups exist: at start once the probes are attached, and after cgroup events were lost.</summary>
    /// <returns>How many cgroups there are; the table's bound is the limit.</returns>
    public int LoadExisting(ulong nowNs)
    {
        _round++;
        int count = 0;
        foreach (CgroupDirectory directory in _tree.Walk(_maxCgroups))
        {
            count++;
            Learn(directory.CgroupId, directory.Path, seenFromStart: false, nowNs);
            if (_store.TryGet(directory.CgroupId, out CgroupEntry entry))
            {
                entry.Round = _round;
            }
        }

        // An empty walk says that the tree cannot be read, not that nothing is there.
        if (count > 0 && count < _maxCgroups)
        {
            foreach (CgroupEntry entry in _store.Entries)
            {
                if (entry.Round != _round && entry.AddedNs < nowNs && entry.Info != Host)
                {
                    _store.MarkRemoved(entry, nowNs);
                }
            }
        }

        return count;
    }

    /// <returns>The unit of the cgroup that the event is about.</returns>
    public ContainerInfo OnCgroup(in CgroupEvent cgroup)
    {
        ref readonly HeaderRecord header = ref cgroup.Record.Header;
        if (header.Kind == EventKind.CgroupRmdir)
        {
            if (!_store.TryGet(header.CgroupId, out CgroupEntry entry))
            {
                return ContainerInfo.Unknown;
            }

            _store.MarkRemoved(entry, header.TimeNs);
            return entry.Info;
        }

        bool made = header.Kind == EventKind.CgroupMkdir;
        if (header.CgroupId == 0 || cgroup.Path.IsEmpty)
        {
            return Resolve(header.CgroupId, 0, header.TimeNs);
        }

        // Attach: known already, except after a loss.
        return !made && _store.TryGet(header.CgroupId, out CgroupEntry known) && !known.IsPlaceholder
            ? known.Info
            : Learn(header.CgroupId, ByteText.Decode(cgroup.Path), made, header.TimeNs);
    }

    /// <summary>Learns from an event that is to be read later which cgroup it is about: what it did before that event is then known to be its.</summary>
    /// <remarks>For what an agent that ended had no time to read: the cgroup may be gone from the tree by now.</remarks>
    public void Foresee(in CgroupEvent cgroup)
    {
        ref readonly HeaderRecord header = ref cgroup.Record.Header;
        if (header.CgroupId != 0 && !cgroup.Path.IsEmpty && (!_store.TryGet(header.CgroupId, out CgroupEntry known) || known.IsPlaceholder))
        {
            Learn(header.CgroupId, ByteText.Decode(cgroup.Path), seenFromStart: false, header.TimeNs);
        }
    }

    /// <summary>Takes the answers of the background lookup, asks again where there was none, forgets what is long gone.</summary>
    public void OnTick(ulong bootTimeNs)
    {
        if (bootTimeNs > _graceNs)
        {
            _store.Expire(bootTimeNs - _graceNs);
        }

        TakeChangedPods();

        if (_lookup is null)
        {
            return;
        }

        while (_lookup.TryTake(out LookupAnswer answer))
        {
            Apply(answer, bootTimeNs);
        }

        _pending.AskDue(_lookup, bootTimeNs);
    }

    private ContainerInfo Miss(ulong cgroupId, uint pid, ulong nowNs)
    {
        Misses++;
        var info = new ContainerInfo(cgroupId, string.Empty) { FirstSeenNs = nowNs };
        _store.Add(cgroupId, info, nowNs);
        if (_lookup is not null)
        {
            _pending.AddMiss(info, pid, nowNs);
            _pending.AskDue(_lookup, nowNs);
        }

        return info;
    }

    private ContainerInfo Learn(ulong cgroupId, string path, bool seenFromStart, ulong nowNs)
    {
        if (_store.TryGet(cgroupId, out CgroupEntry entry) && entry.RemovedNs == 0 && !entry.IsPlaceholder)
        {
            // The walk was faster than the event: the event still proves that nothing came before it.
            entry.Info.SeenFromStart |= seenFromStart && entry.IsTop;
            return entry.Info;
        }

        byte[] bytes = ByteText.Encode(path);
        CgroupUnit unit = CgroupPathParser.Parse(bytes);
        ContainerInfo? owner = OwnerOf(unit, bytes, path, nowNs);
        ContainerInfo? placeholder = entry is { IsPlaceholder: true } ? entry.Info : null;
        if (owner is not null)
        {
            _store.Add(cgroupId, owner, nowNs);
            if (placeholder is not null)
            {
                // Whoever holds the placeholder sees whose it was.
                (placeholder.CgroupPath, placeholder.Parent, placeholder.Identity) = (path, owner, owner.Identity);
            }

            return owner;
        }

        ContainerInfo info = placeholder ?? new ContainerInfo(cgroupId, path) { FirstSeenNs = nowNs };
        info.CgroupPath = path;
        info.SeenFromStart = seenFromStart;
        info.Parent = ParentOf(unit, bytes, path, nowNs);
        info.Identity = Completed(ContainerNaming.Identify(unit, _hostName), info.Parent);
        _store.Add(cgroupId, info, nowNs);
        if (_lookup is { HasSources: true } && info.Identity.Kind is UnitKind.Container or UnitKind.Cgroup)
        {
            _pending.AddMetadata(info, nowNs);
            _pending.AskDue(_lookup, nowNs);
        }

        return info;
    }

    /// <summary>The unit that this cgroup is only a part of, or null when it is a unit itself.</summary>
    private ContainerInfo? OwnerOf(in CgroupUnit unit, byte[] path, string text, ulong nowNs)
    {
        if (unit.TopLength < path.Length)
        {
            return UnitAt(path.AsSpan(0, unit.TopLength), nowNs);
        }

        // A plain name tells nothing, but below a container of plain runc it is that container's.
        return unit.Kind == UnitKind.Cgroup ? _store.FindContainerAbove(text) : null;
    }

    private ContainerInfo? ParentOf(in CgroupUnit unit, byte[] path, string text, ulong nowNs) =>
        unit.Kind != UnitKind.Container ? null
        : unit.ParentTopLength != 0 ? UnitAt(path.AsSpan(0, unit.ParentTopLength), nowNs)
        : _store.FindContainerAbove(text);

    /// <summary>The unit whose top cgroup has this path; asks the tree when no event told of it.</summary>
    private ContainerInfo? UnitAt(ReadOnlySpan<byte> path, ulong nowNs)
    {
        string text = ByteText.Decode(path);
        ContainerInfo? known = _store.FindUnit(text);
        return known ?? (_tree.TryGetId(text, out ulong id) ? Learn(id, text, seenFromStart: false, nowNs) : null);
    }

    private void Apply(in LookupAnswer answer, ulong nowNs)
    {
        if (answer.Path is not null)
        {
            if (_store.TryGet(answer.CgroupId, out CgroupEntry entry) && entry.IsPlaceholder)
            {
                MissesResolved++;
                Learn(answer.CgroupId, answer.Path, seenFromStart: false, nowNs);
            }

            return;
        }

        ContainerInfo container = answer.Container!;
        if (!ReferenceEquals(container.Identity, answer.Basis))
        {
            return; // It was completed otherwise meanwhile; what is pending asks again.
        }

        bool became = container.Identity.Kind != UnitKind.Container && answer.Found!.Kind == UnitKind.Container;
        container.Identity = Completed(answer.Found!, container.Parent);
        if (answer.IsFinal)
        {
            _pending.Done(container);
        }

        if (became)
        {
            _store.AdoptSubCgroups(container);
        }

        NestedIdentity.Spread(_store, container);
    }

    private ContainerIdentity Completed(ContainerIdentity known, ContainerInfo? around) => PodIdentity.Complete(NestedIdentity.Of(known, around), _pods);

    /// <summary>What the API server told since the last tick goes to the containers it is about, those included that are gone already.</summary>
    private void TakeChangedPods()
    {
        while (_pods is not null && _pods.TryTakeChanged(out PodRecord? pod))
        {
            foreach (CgroupEntry entry in _store.Entries)
            {
                ContainerInfo info = entry.Info;
                if (entry.IsTop && info.Identity.PodUid is { Length: > 0 } uid && (uid == pod.Uid || uid == pod.ConfigHash))
                {
                    info.Identity = PodIdentity.Complete(info.Identity, pod);
                }
            }
        }
    }
}
