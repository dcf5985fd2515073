// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Events;
using NodeAgent.Events.Identity;

namespace NodeAgent.Recording;

// Records are noted as they came, so what they mean is of no matter here.
internal sealed partial class Recorder
{
    public void OnExec(in ExecEvent exec, EventSubject subject)
    {
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
}
