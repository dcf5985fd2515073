// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Bpf.Decoding;
using NodeAgent.Events;

namespace NodeAgent.TestSupport.Wire;

/// <summary>Does as little with an event as a consumer can: the cost that remains is the ring's and the decoder's.</summary>
public struct CountingHandler : IRecordHandler
{
    public long Count { get; private set; }

    /// <summary>Of the paths of opens.</summary>
    public long Bytes { get; private set; }

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

    public void OnExecFailed(in ExecFailedEvent failed) => Count++;

    public void OnCredentials(in CredentialsEvent credentials) => Count++;

    public void OnNamespace(in NamespaceEvent change) => Count++;

    public void OnSignal(in SignalEvent signal) => Count++;

    public void OnFileChange(in FileChangeEvent change) => Count++;

    public void OnSocket(in SocketEvent socket) => Count++;

    public void OnUnixConnect(in UnixConnectEvent connect) => Count++;

    public void OnPayload(in PayloadEvent payload) => Count++;

    public void OnCapability(in CapabilityEvent capability) => Count++;

    public void OnPrivilege(in PrivilegeEvent privilege) => Count++;

    public void OnSyscall(in SyscallEvent syscall) => Count++;

    public void OnSuppressed(in SuppressedEvent suppressed) => Count++;
}
