// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using NodeAgent.Events;
using NodeAgent.Events.Identity;

namespace NodeAgent.Benchmarks.Harness;

/// <summary>Notes whose each process is that was there before the agent.</summary>
internal sealed class SnapshotNotes : IEventConsumer
{
    private readonly ConcurrentDictionary<uint, ContainerInfo> _containers = [];

    public ContainerInfo? ContainerOf(uint pid) => _containers.GetValueOrDefault(pid);

    public void Clear() => _containers.Clear();

    public void OnExec(in ExecEvent exec, EventSubject subject)
    {
        if (exec.IsSnapshot)
        {
            _containers[exec.Record.Header.Pid] = subject.Container;
        }
    }

    public void OnFork(in ForkEvent fork, EventSubject subject)
    {
    }

    public void OnExit(in ExitEvent exit, EventSubject subject)
    {
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
    }

    public void OnCgroup(in CgroupEvent cgroup, EventSubject subject)
    {
    }

    public void OnLoss(in LossEvent loss)
    {
    }

    public void OnTick(ulong bootTimeNs)
    {
    }
}
