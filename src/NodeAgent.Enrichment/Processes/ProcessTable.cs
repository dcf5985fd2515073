// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Events;
using NodeAgent.Events.Identity;
using NodeAgent.Events.Wire;

namespace NodeAgent.Enrichment.Processes;

/// <summary>The processes of the machine, by (pid, start time). For the event loop's thread; counters may be read by any.</summary>
/// <remarks>
/// A record lives from fork, exec or snapshot to exit plus a grace, and longer while a child of it lives. When full it forgets in
/// the order of <see cref="ProcessEvictionRank"/>; a running process that was forgotten comes back as a placeholder.
/// </remarks>
public sealed class ProcessTable
{
    private const int BaseSizeBytes = 400;

    private readonly ProcessStore _store;
    private readonly ProcessTexts _texts;
    private readonly IProcfs? _procfs;
    private readonly ulong _graceNs;
    private int _snapshotRound;
    private ulong _snapshotBeginNs;

    /// <param name="options">Bounds.</param>
    /// <param name="procfs">Where arguments that a snapshot lacks are read; null = nowhere.</param>
    public ProcessTable(ProcessTableOptions options, IProcfs? procfs = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        _store = new ProcessStore(options.MaxProcesses, options.MaxBytes);
        _texts = new ProcessTexts(options.MaxInternedStrings, options.MaxInternedBytes);
        _procfs = procfs;
        _graceNs = options.ExitGrace.Ns();
    }

    public int Count => _store.Count;

    /// <summary>Units: bytes, approximate.</summary>
    public long SizeBytes => _store.SizeBytes;

    /// <summary>Processes of which an event came before anything that described them.</summary>
    public long PlaceholdersCreated { get; private set; }

    /// <summary>Processes whose pid another one holds now.</summary>
    public long PidReuses { get; private set; }

    /// <summary>Ends that were not seen but concluded: from a reused pid, or from absence in a snapshot.</summary>
    public long InferredExits { get; private set; }

    /// <summary>Arguments that neither the snapshot nor /proc could tell.</summary>
    public long ArgvMissing { get; private set; }

    public long Evictions(ProcessEvictionRank rank) => _store.EvictionsOf(rank);

    /// <summary>The process that an event belongs to: on a hit 0 bytes and no more than one hash lookup.</summary>
    public ProcessInfo Resolve(in HeaderRecord header)
    {
        if (_store.TryNewest(header.Pid, out ProcessEntry entry) && entry.Info.Key.StartTimeNs == header.StartTimeNs)
        {
            ProcessInfo info = entry.Info;
            if ((header.Flags & HeaderFlags.Softirq) == 0)
            {
                info.Uid = header.Uid;
                info.Gid = header.Gid;
            }

            return info;
        }

        return header.Pid == 0 ? ProcessInfo.Unknown : ResolveSlow(header).Info;
    }

    /// <returns>The process with this identity, or null; makes no placeholder.</returns>
    public ProcessInfo? Find(ProcessKey key) => _store.Find(key)?.Info;

    /// <summary>The parent, its parent, and so on as far as they are remembered; bounded.</summary>
    public static ProcessAncestors Ancestors(ProcessInfo process) => new(process);

    /// <summary>An exec, or one process of a snapshot.</summary>
    public ProcessInfo OnExec(in ExecEvent exec)
    {
        ref readonly ExecRecord record = ref exec.Record;
        if (record.Header.Pid == 0)
        {
            return ProcessInfo.Unknown;
        }

        ProcessEntry entry = EntryOf(record.Header);
        entry.SnapshotRound = _snapshotRound;
        if (exec.IsSnapshot && entry.DescribedNs > record.Header.TimeNs)
        {
            return entry.Info;
        }

        Describe(entry, exec);
        if (entry.Parent is null && record.ParentPid != 0)
        {
            entry.SetParent(ParentOf(record));
        }

        return entry.Info;
    }

    /// <returns>The child; the caller sets its container from <c>child_cgroup_id</c>.</returns>
    public ProcessInfo OnFork(in ForkEvent fork)
    {
        ref readonly ForkRecord record = ref fork.Record;
        if (record.ChildPid == 0)
        {
            return ProcessInfo.Unknown;
        }

        ulong now = record.Header.TimeNs;
        ProcessEntry child = GetOrAdd(new ProcessKey(record.ChildPid, record.ChildStartTimeNs), now, out bool added);
        ProcessEntry? parent = record.Header.Pid == 0 ? null : EntryOf(record.Header);
        if (parent is null)
        {
            child.IsPlaceholder |= added;
            return child.Info;
        }

        // Read late, after a snapshot: what is known of the child is what became of it. Its exec, if there was one, comes next.
        if (added || child.IsPlaceholder || child.DescribedNs > now)
        {
            Inherit(child, parent.Info, record);
            child.DescribedNs = now;
        }

        child.SetParent(parent);
        return child.Info;
    }

    public ProcessInfo OnExit(in ExitEvent exit)
    {
        ref readonly HeaderRecord header = ref exit.Record.Header;
        if (header.Pid == 0)
        {
            return ProcessInfo.Unknown;
        }

        ProcessEntry entry = EntryOf(header);
        _store.MarkExited(entry, header.TimeNs);
        return entry.Info;
    }

    /// <param name="bootTimeNs">Units: boot ns.</param>
    public void OnTick(ulong bootTimeNs)
    {
        if (bootTimeNs > _graceNs)
        {
            _store.Expire(bootTimeNs - _graceNs);
        }
    }

    /// <summary>Call before a full snapshot of the running processes is delivered as Task events.</summary>
    public void BeginSnapshot(ulong bootTimeNs)
    {
        _snapshotRound++;
        _snapshotBeginNs = bootTimeNs;
    }

    /// <summary>Call after it: whoever was known before and did not appear has ended unseen.</summary>
    public void EndSnapshot(ulong bootTimeNs)
    {
        foreach (ProcessEntry entry in _store.All())
        {
            if (!entry.HasExited && entry.FirstSeenNs < _snapshotBeginNs && entry.SnapshotRound != _snapshotRound)
            {
                InferredExits++;
                _store.MarkExited(entry, bootTimeNs);
            }
        }
    }

    private ProcessEntry ResolveSlow(in HeaderRecord header)
    {
        // Start time 0 is "unknown": the newest holder of the pid is the best answer.
        if (header.StartTimeNs == 0 && _store.TryNewest(header.Pid, out ProcessEntry newest))
        {
            return newest;
        }

        ProcessEntry entry = GetOrAdd(new ProcessKey(header.Pid, header.StartTimeNs), header.TimeNs, out bool added);
        if (added)
        {
            PlaceholdersCreated++;
            entry.IsPlaceholder = true;
            entry.Info.Comm = _texts.Comm(header);
            entry.Info.Uid = header.Uid;
            entry.Info.Gid = header.Gid;
        }

        return entry;
    }

    private ProcessEntry EntryOf(in HeaderRecord header) =>
        _store.TryNewest(header.Pid, out ProcessEntry entry) && entry.Info.Key.StartTimeNs == header.StartTimeNs
            ? entry
            : ResolveSlow(header);

    private ProcessEntry GetOrAdd(ProcessKey key, ulong nowNs, out bool added)
    {
        ProcessEntry? entry = _store.Find(key);
        added = entry is null;
        if (entry is not null)
        {
            return entry;
        }

        entry = new ProcessEntry(new ProcessInfo(key)) { FirstSeenNs = nowNs, SnapshotRound = _snapshotRound };
        _store.Add(entry, BaseSizeBytes);
        EndOlder(entry, nowNs);
        return entry;
    }

    /// <summary>Two processes hold one pid: the one that started earlier has ended, whether we saw it or not.</summary>
    private void EndOlder(ProcessEntry entry, ulong nowNs)
    {
        _store.TryNewest(entry.Info.Pid, out ProcessEntry newest);
        ProcessEntry? older = newest == entry ? entry.OlderSamePid : entry;
        if (older is null)
        {
            return;
        }

        PidReuses++;
        if (!older.HasExited)
        {
            InferredExits++;
            _store.MarkExited(older, nowNs);
        }
    }

    private ProcessEntry ParentOf(in ExecRecord record)
    {
        ProcessEntry parent = GetOrAdd(new ProcessKey(record.ParentPid, record.ParentStartTimeNs), record.Header.TimeNs, out bool added);

        // In a snapshot a child may come before its parent: the parent's own record fills this in.
        parent.IsPlaceholder |= added;
        return parent;
    }

    private void Inherit(ProcessEntry child, ProcessInfo parent, in ForkRecord record)
    {
        ProcessInfo info = child.Info;
        info.Comm = parent.Comm.Length != 0 ? parent.Comm : _texts.Comm(record.Header);
        info.ExePath = parent.ExePath;
        info.Cwd = parent.Cwd;
        info.Argv = parent.Argv;
        info.ExecFlags = parent.ExecFlags;
        info.Script = parent.Script;
        info.Environment = parent.Environment;
        info.StdinType = parent.StdinType;
        info.StdinInode = parent.StdinInode;
        info.Session = parent.Session;
        info.Tty = parent.Tty;
        info.OriginalContainer = parent.OriginalContainer;
        info.Uid = record.Header.Uid;
        info.Gid = record.Header.Gid;
        info.EffectiveUid = parent.EffectiveUid;
        info.Capabilities = parent.Capabilities;
        info.Container = parent.Container;
        info.ParentPid = record.Header.Pid;
        child.IsPlaceholder = false;
    }

    private void Describe(ProcessEntry entry, in ExecEvent exec)
    {
        ref readonly ExecRecord record = ref exec.Record;
        ProcessInfo info = entry.Info;
        info.Comm = _texts.Comm(record.Header);
        info.ExePath = _texts.Text(exec.Exe);
        info.Cwd = _texts.Text(exec.Cwd);
        info.Argv = ArgvOf(exec, info.Key);
        info.ExecFlags = record.Flags;
        info.Script = _texts.Text(exec.Script);
        info.Environment = _texts.Argv(exec.Environment);
        info.StdinType = record.StdinType;
        info.StdinInode = record.StdinInode;
        info.Session = record.Session;
        info.Tty = record.Tty;
        info.Uid = record.Header.Uid;
        info.Gid = record.Header.Gid;
        info.EffectiveUid = record.EffectiveUid;
        info.Capabilities = record.Capabilities;
        info.ParentPid = record.ParentPid;
        entry.IsPlaceholder = false;
        entry.DescribedNs = record.Header.TimeNs;

        // Two bytes per character and an object per argument, as if nothing were shared.
        int argumentBytes = 2 * (exec.Argv.Length + exec.Script.Length + exec.Environment.Length) + 32 * (info.Argv.Count + info.Environment.Count);
        _store.Resize(entry, BaseSizeBytes + 2 * (exec.Exe.Length + exec.Cwd.Length) + argumentBytes);
    }

    private string[] ArgvOf(in ExecEvent exec, ProcessKey key)
    {
        // A kernel thread has neither executable nor arguments.
        if (!exec.IsSnapshot || !exec.Argv.IsEmpty || exec.Exe.IsEmpty)
        {
            return _texts.Argv(exec.Argv);
        }

        byte[]? argv = _procfs?.ReadArgv(key);
        ArgvMissing += argv is null ? 1 : 0;
        return _texts.Argv(argv);
    }
}
