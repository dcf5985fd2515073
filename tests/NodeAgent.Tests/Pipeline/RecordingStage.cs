// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Events;
using NodeAgent.Events.Identity;

namespace NodeAgent.Tests.Pipeline;

/// <summary>Writes down each call with what was known of the subject at that moment.</summary>
internal sealed class RecordingStage(string name, List<string> calls) : IEventConsumer
{
    /// <summary>Asked for at each call, after the subject.</summary>
    public Func<EventSubject, string> More { get; set; } = _ => string.Empty;

    public void OnExec(in ExecEvent exec, EventSubject subject) => Add("exec", subject);

    public void OnFork(in ForkEvent fork, EventSubject subject) => Add("fork", subject);

    public void OnExit(in ExitEvent exit, EventSubject subject) => Add("exit", subject);

    public void OnOpen(in OpenEvent open, EventSubject subject) => Add("open", subject);

    public void OnTcp(in TcpEvent tcp, EventSubject subject) => Add("tcp", subject);

    public void OnFlow(in FlowEvent flow, EventSubject subject) => Add("flow", subject);

    public void OnDns(in DnsEvent dns, EventSubject subject) => Add("dns", subject);

    public void OnCgroup(in CgroupEvent cgroup, EventSubject subject) => Add("cgroup", subject);

    public void OnExecFailed(in ExecFailedEvent failed, EventSubject subject) => Add("ExecFailed", subject);

    public void OnCredentials(in CredentialsEvent credentials, EventSubject subject) => Add("Credentials", subject);

    public void OnNamespace(in NamespaceEvent change, EventSubject subject) => Add("Namespace", subject);

    public void OnSignal(in SignalEvent signal, EventSubject subject) => Add("Signal", subject);

    public void OnFileChange(in FileChangeEvent change, EventSubject subject) => Add("FileChange", subject);

    public void OnSocket(in SocketEvent socket, EventSubject subject) => Add("Socket", subject);

    public void OnUnixConnect(in UnixConnectEvent connect, EventSubject subject) => Add("UnixConnect", subject);

    public void OnPayload(in PayloadEvent payload, EventSubject subject) => Add("Payload", subject);

    public void OnCapability(in CapabilityEvent capability, EventSubject subject) => Add("Capability", subject);

    public void OnPrivilege(in PrivilegeEvent privilege, EventSubject subject) => Add("Privilege", subject);

    public void OnSyscall(in SyscallEvent syscall, EventSubject subject) => Add("Syscall", subject);

    public void OnLoss(in LossEvent loss) => calls.Add($"{name} loss {loss.Count}");

    public void OnTick(ulong bootTimeNs) => calls.Add($"{name} tick {bootTimeNs}");

    private void Add(string what, EventSubject subject) =>
        calls.Add($"{name} {what} {subject.Container.Identity.ContainerName} {subject.Process.ExePath} {More(subject)}".TrimEnd());
}
