// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Events;

namespace NodeAgent.Bpf.Decoding;

/// <summary>Receives the events of the rings on the reading thread. The views are valid during the call only.</summary>
/// <remarks>Implement it as a struct: the reader is then compiled for it, and its methods are called directly.</remarks>
public interface IRecordHandler
{
    void OnExec(in ExecEvent exec);

    void OnFork(in ForkEvent fork);

    void OnExit(in ExitEvent exit);

    void OnOpen(in OpenEvent open);

    void OnTcp(in TcpEvent tcp);

    void OnFlow(in FlowEvent flow);

    void OnDns(in DnsEvent dns);

    void OnCgroup(in CgroupEvent cgroup);

    void OnExecFailed(in ExecFailedEvent failed);

    void OnCredentials(in CredentialsEvent credentials);

    void OnNamespace(in NamespaceEvent change);

    void OnSignal(in SignalEvent signal);

    void OnFileChange(in FileChangeEvent change);

    void OnSocket(in SocketEvent socket);

    void OnUnixConnect(in UnixConnectEvent connect);

    void OnPayload(in PayloadEvent payload);

    void OnCapability(in CapabilityEvent capability);

    void OnPrivilege(in PrivilegeEvent privilege);

    void OnSyscall(in SyscallEvent syscall);

    void OnSuppressed(in SuppressedEvent suppressed);
}
