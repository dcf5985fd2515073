// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Events;
using NodeAgent.Events.Identity;

namespace NodeAgent.Benchmarks.Harness;

/// <summary>A stage that takes nothing; what a benchmark looks at it names.</summary>
internal abstract class QuietStage : IEventConsumer
{
    public virtual void OnExec(in ExecEvent exec, EventSubject subject)
    {
    }

    public virtual void OnFork(in ForkEvent fork, EventSubject subject)
    {
    }

    public virtual void OnExit(in ExitEvent exit, EventSubject subject)
    {
    }

    public virtual void OnOpen(in OpenEvent open, EventSubject subject)
    {
    }

    public virtual void OnTcp(in TcpEvent tcp, EventSubject subject)
    {
    }

    public virtual void OnFlow(in FlowEvent flow, EventSubject subject)
    {
    }

    public virtual void OnDns(in DnsEvent dns, EventSubject subject)
    {
    }

    public virtual void OnCgroup(in CgroupEvent cgroup, EventSubject subject)
    {
    }

    public void OnLoss(in LossEvent loss)
    {
    }

    public void OnTick(ulong bootTimeNs)
    {
    }
}
