// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Bpf.Decoding;
using NodeAgent.Enrichment;
using NodeAgent.Events;
using NodeAgent.Events.Identity;
using NodeAgent.Events.Text;
using NodeAgent.Events.Wire;

namespace NodeAgent.Kernel.Tests.Support;

/// <summary>What an exec was attributed to at the time of its event.</summary>
internal sealed record AttributedExec(ProcessKey Key, ulong CgroupId, ProcessInfo Process, IReadOnlyList<string> Argv, string CgroupPath, bool SeenFromStart);

/// <summary>What an open was attributed to at the time of its event.</summary>
/// <param name="CgroupId">Where the process was.</param>
/// <param name="OriginalCgroupId">Where it belongs.</param>
internal sealed record AttributedOpen(string Path, uint Pid, ulong CgroupId, ulong OriginalCgroupId, bool HasLeft, ContainerIdentity Identity);

/// <summary>Passes the life of processes and cgroups through the first stage of the agent, and notes who each exec, exit and open belonged to.</summary>
internal readonly struct EnrichedCapture(EnrichmentStage stage, List<AttributedExec> execs, List<ProcessInfo> exits) : IRecordHandler
{
    private readonly EventSubject _subject = new();

    public List<AttributedOpen> Opens { get; } = [];

    public void OnExec(in ExecEvent exec)
    {
        ref readonly HeaderRecord header = ref exec.Record.Header;
        stage.Resolve(header, _subject);
        stage.OnExec(exec, _subject);
        ProcessInfo process = _subject.Process;
        execs.Add(new AttributedExec(
            process.Key, header.CgroupId, process, process.Argv, _subject.Container.CgroupPath, _subject.Container.SeenFromStart));
    }

    public void OnFork(in ForkEvent fork)
    {
        stage.Resolve(fork.Record.Header, _subject);
        stage.OnFork(fork, _subject);
    }

    public void OnExit(in ExitEvent exit)
    {
        stage.Resolve(exit.Record.Header, _subject);
        stage.OnExit(exit, _subject);
        exits.Add(_subject.Process);
    }

    public void OnCgroup(in CgroupEvent cgroup)
    {
        stage.Resolve(cgroup.Record.Header, _subject);
        stage.OnCgroup(cgroup, _subject);
    }

    public void OnCredentials(in CredentialsEvent credentials)
    {
        stage.Resolve(credentials.Record.Header, _subject);
        stage.OnCredentials(credentials, _subject);
    }

    public void OnOpen(in OpenEvent open)
    {
        ref readonly HeaderRecord header = ref open.Record.Header;
        stage.Resolve(header, _subject);
        ProcessInfo process = _subject.Process;
        Opens.Add(new AttributedOpen(
            ByteText.Decode(open.Path), header.Pid, _subject.Container.CgroupId, process.OriginalContainer.CgroupId, process.HasLeftItsContainer, _subject.Container.Identity));
    }

    public void OnTcp(in TcpEvent tcp)
    {
    }

    public void OnFlow(in FlowEvent flow)
    {
    }

    public void OnDns(in DnsEvent dns)
    {
    }

    public void OnExecFailed(in ExecFailedEvent failed)
    {
    }

    public void OnNamespace(in NamespaceEvent change)
    {
    }

    public void OnSignal(in SignalEvent signal)
    {
    }

    public void OnFileChange(in FileChangeEvent change)
    {
    }

    public void OnSocket(in SocketEvent socket)
    {
    }

    public void OnUnixConnect(in UnixConnectEvent connect)
    {
    }

    public void OnPayload(in PayloadEvent payload)
    {
    }

    public void OnCapability(in CapabilityEvent capability)
    {
    }

    public void OnPrivilege(in PrivilegeEvent privilege)
    {
    }

    public void OnSyscall(in SyscallEvent syscall)
    {
    }

    public void OnSuppressed(in SuppressedEvent suppressed)
    {
    }
}
