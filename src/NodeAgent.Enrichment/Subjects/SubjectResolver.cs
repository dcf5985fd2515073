// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Enrichment.Containers;
using NodeAgent.Enrichment.Processes;
using NodeAgent.Events.Identity;
using NodeAgent.Events.Wire;

namespace NodeAgent.Enrichment.Subjects;

/// <summary>Tells who an event belongs to: the one call that the event loop makes per event. On hits it allocates nothing.</summary>
public sealed class SubjectResolver(ProcessTable processes, ContainerTable containers)
{
    // Events of one container come in runs. 0 = none kept.
    private ulong _lastCgroupId;
    private ContainerInfo _lastContainer = ContainerInfo.Unknown;

    /// <summary>Fills the subject. The cgroup of the header decides the container; without one it is the process's.</summary>
    public void Resolve(in HeaderRecord header, EventSubject subject)
    {
        ArgumentNullException.ThrowIfNull(subject);
        ProcessInfo process = processes.Resolve(header);
        subject.Process = process;
        if (header.Kind is EventKind.CgroupMkdir or EventKind.CgroupRmdir or EventKind.CgroupAttach)
        {
            // The cgroup is the event's object: known only after the container table took it, and not where the task is.
            subject.Container = containers.Find(header.CgroupId) ?? ContainerInfo.Unknown;
            return;
        }

        if (header.CgroupId == 0)
        {
            subject.Container = process.Container;
            return;
        }

        if (header.CgroupId != _lastCgroupId)
        {
            _lastContainer = containers.Resolve(header.CgroupId, header.Pid, header.TimeNs);
            _lastCgroupId = header.CgroupId;
        }

        ContainerInfo container = _lastContainer;
        subject.Container = container;

        // In softirq the cgroup is the socket's, which may have been passed on to a process elsewhere.
        bool ownCgroup = (header.Flags & HeaderFlags.Softirq) == 0 && header.Pid != 0;
        if (ownCgroup && !ReferenceEquals(process.Container, container))
        {
            process.Container = container;
        }
    }

    /// <summary>The container table may now answer otherwise.</summary>
    internal void Forget() => _lastCgroupId = 0;

    internal void Forget(ulong cgroupId)
    {
        if (_lastCgroupId == cgroupId)
        {
            _lastCgroupId = 0;
        }
    }
}
