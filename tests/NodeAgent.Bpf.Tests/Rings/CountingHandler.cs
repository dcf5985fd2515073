// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Bpf.Decoding;
using NodeAgent.Events;

namespace NodeAgent.Bpf.Tests.Rings;

/// <summary>The cheapest handler that does something.</summary>
internal struct CountingHandler : IRecordHandler
{
    public long Count;
    public long Bytes;

    public void OnExec(in ExecEvent exec) => Count++;

    public void OnFork(in ForkEvent fork) => Count++;

    public void OnExit(in ExitEvent exit) => Count++;

    public void OnOpen(in OpenEvent open)
    {
        Count++;
        Bytes += open.Path.Length;
    }

    public void OnTcp(in TcpEvent tcp) => Count++;

    public void OnFlow(in FlowEvent flow) => Count++;

    public void OnDns(in DnsEvent dns) => Count++;

    public void OnCgroup(in CgroupEvent cgroup) => Count++;
}
