// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Enrichment.Containers;
using NodeAgent.Enrichment.Names;
using NodeAgent.Enrichment.Processes;
using NodeAgent.Enrichment.Subjects;
using NodeAgent.Events;
using NodeAgent.Events.Identity;
using NodeAgent.Events.Wire;

namespace NodeAgent.Enrichment;

/// <summary>The first consumer of the event loop: keeps the tables from which the events' subjects are resolved.</summary>
/// <remarks>
/// Per event the loop calls <see cref="Resolve"/>, then this stage's handler, then those of the other consumers, which so see the
/// process after its exec and the container after its mkdir. All on the loop's thread.
/// </remarks>
public sealed class EnrichmentStage(ProcessTable processes, ContainerTable containers, DnsNames names) : IEventConsumer
{
    private readonly SubjectResolver _resolver = new(processes, containers);
    private readonly Func<ContainerInfo, bool> _isKnown = container => containers.Find(container.CgroupId) == container;

    public ProcessTable Processes => processes;

    public ContainerTable Containers => containers;

    public DnsNames Names => names;

    /// <summary>True once cgroup events were lost: the owner of the loop then calls <see cref="ContainerTable.LoadExisting"/>.</summary>
    public bool NeedsCgroupWalk { get; private set; }

    /// <summary>True once exec, fork or exit events were lost: the owner of the loop then runs the task iterator again.</summary>
    public bool NeedsTaskSnapshot { get; private set; }

    public void Resolve(in HeaderRecord header, EventSubject subject) => _resolver.Resolve(header, subject);

    /// <summary>Call before the task iterator runs.</summary>
    public void BeginTaskSnapshot(ulong bootTimeNs)
    {
        NeedsTaskSnapshot = false;
        processes.BeginSnapshot(bootTimeNs);
    }

    /// <summary>Call after its last record.</summary>
    public void EndTaskSnapshot(ulong bootTimeNs) => processes.EndSnapshot(bootTimeNs);

    /// <summary>Reads which cgroups exist; at start and whenever <see cref="NeedsCgroupWalk"/> says so.</summary>
    /// <returns>How many there are.</returns>
    public int LoadCgroups(ulong bootTimeNs)
    {
        NeedsCgroupWalk = false;
        return containers.LoadExisting(bootTimeNs);
    }

    public void OnExec(in ExecEvent exec, EventSubject subject)
    {
        ArgumentNullException.ThrowIfNull(subject);
        subject.Process = processes.OnExec(exec);
        Settle(subject.Process, subject.Container, exec.IsSnapshot);
    }

    public void OnFork(in ForkEvent fork, EventSubject subject)
    {
        ref readonly ForkRecord record = ref fork.Record;
        ProcessInfo child = processes.OnFork(fork);
        if (record.ChildCgroupId != 0 && record.ChildPid != 0)
        {
            child.Container = containers.Resolve(record.ChildCgroupId, record.ChildPid, record.Header.TimeNs);
        }
    }

    // A process from outside that executes in a container is the container's: so do runtimes start them. One of a container
    // stays its own wherever it executes, but for containers nested in it, whose runtime runs inside.
    private static void Settle(ProcessInfo process, ContainerInfo container, bool isSnapshot)
    {
        ContainerInfo original = process.OriginalContainer;
        if (!ReferenceEquals(process, ProcessInfo.Unknown)
            && (original.Identity.Kind != UnitKind.Container || (container.Identity.Kind == UnitKind.Container && container.IsInside(original))))
        {
            process.OriginalContainer = container;
            NoteEntryPoint(process, container, isSnapshot);
        }
    }

    // A plain cgroup may turn out to be a container. A snapshot is in no order: of those who were there, the eldest began it.
    private static void NoteEntryPoint(ProcessInfo process, ContainerInfo container, bool isSnapshot)
    {
        if (container.Identity.Kind is UnitKind.Container or UnitKind.Cgroup
            && (container.EntryPoint is not { } entry || (isSnapshot && process.Key.StartTimeNs < entry.Key.StartTimeNs)))
        {
            container.EntryPoint = process;
        }
    }

    public void OnExit(in ExitEvent exit, EventSubject subject) => processes.OnExit(exit);

    public void OnCredentials(in CredentialsEvent credentials, EventSubject subject)
    {
        ArgumentNullException.ThrowIfNull(subject);
        ref readonly CredentialsRecord record = ref credentials.Record;

        // The header still has the old ones; a thread's own are not its process's.
        if (record.Header.Tid == record.Header.Pid && !ReferenceEquals(subject.Process, ProcessInfo.Unknown))
        {
            subject.Process.Uid = record.NewUid;
            subject.Process.Gid = record.NewGid;
            subject.Process.EffectiveUid = record.NewEffectiveUid;
            subject.Process.Capabilities = record.NewEffectiveCaps;
        }
    }

    public void OnOpen(in OpenEvent open, EventSubject subject)
    {
    }

    public void OnTcp(in TcpEvent tcp, EventSubject subject)
    {
    }

    public void OnFlow(in FlowEvent flow, EventSubject subject)
    {
    }

    public void OnDns(in DnsEvent dns, EventSubject subject)
    {
        ArgumentNullException.ThrowIfNull(subject);
        names.OnDns(dns, subject.Container);
    }

    public void OnCgroup(in CgroupEvent cgroup, EventSubject subject)
    {
        ArgumentNullException.ThrowIfNull(subject);
        ref readonly CgroupRecord record = ref cgroup.Record;
        subject.Container = containers.OnCgroup(cgroup);
        _resolver.Forget(record.Header.CgroupId);
        if (record.Header.Kind == EventKind.CgroupAttach
            && processes.Find(new ProcessKey(record.AttachedPid, record.AttachedStartTimeNs)) is { } attached)
        {
            attached.Container = subject.Container;
        }
    }

    public void OnLoss(in LossEvent loss)
    {
        if (loss.Cause == LossCause.Budget)
        {
            // Cgroup events are never cut. A container that floods with anything else must not make the agent walk all tasks.
            NeedsTaskSnapshot |= loss.Class == EventClass.Process;
            return;
        }

        NeedsCgroupWalk |= loss.Kind is EventKind.None or EventKind.CgroupMkdir or EventKind.CgroupRmdir;
        NeedsTaskSnapshot |= loss.Kind is EventKind.None or EventKind.Exec or EventKind.Fork or EventKind.Exit;
    }

    public void OnTick(ulong bootTimeNs)
    {
        processes.OnTick(bootTimeNs);
        containers.OnTick(bootTimeNs);
        _resolver.Forget();
        names.OnTick(bootTimeNs, _isKnown);
    }
}
