// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Bpf.Decoding;
using NodeAgent.Events;
using NodeAgent.Events.Wire;

namespace NodeAgent.Kernel.Tests.Support;

internal sealed record CapturedExec(ExecRecord Record, string Exe, string Cwd, byte[] Argv, byte[] Script, byte[] Environment);

internal sealed record CapturedOpen(OpenRecord Record, byte[] Path, byte[] CallerPath);

internal sealed record CapturedDns(DnsRecord Record, byte[] Message);

internal sealed record CapturedCgroup(CgroupRecord Record, string Path);

internal sealed record CapturedExecFailed(ExecFailedRecord Record, byte[] Path);

internal sealed record CapturedNamespace(NamespaceRecord Record, byte[] Path, byte[] OtherPath);

internal sealed record CapturedFileChange(FileChangeRecord Record, byte[] Path, byte[] OtherPath, byte[] Name);

internal sealed record CapturedUnixConnect(UnixConnectRecord Record, byte[] Path);

internal sealed record CapturedPayload(PayloadRecord Record, byte[] Payload);

internal sealed record CapturedPrivilege(PrivilegeRecord Record, byte[] Detail);

/// <summary>Copies of all events, in the order in which they came.</summary>
internal sealed class CapturedEvents
{
    public List<CapturedExec> Execs { get; } = [];

    public List<ForkRecord> Forks { get; } = [];

    public List<ExitRecord> Exits { get; } = [];

    public List<CapturedOpen> Opens { get; } = [];

    public List<TcpRecord> Tcp { get; } = [];

    public List<FlowRecord> Flows { get; } = [];

    public List<CapturedDns> Dns { get; } = [];

    public List<CapturedCgroup> Cgroups { get; } = [];

    public List<CapturedExecFailed> ExecsFailed { get; } = [];

    public List<CredentialsRecord> Credentials { get; } = [];

    public List<CapturedNamespace> Namespaces { get; } = [];

    public List<SignalRecord> Signals { get; } = [];

    public List<CapturedFileChange> FileChanges { get; } = [];

    public List<SocketRecord> Sockets { get; } = [];

    public List<CapturedUnixConnect> UnixConnects { get; } = [];

    public List<CapturedPayload> Payloads { get; } = [];

    public List<CapabilityRecord> Capabilities { get; } = [];

    public List<CapturedPrivilege> Privileges { get; } = [];

    public List<SyscallRecord> Syscalls { get; } = [];

    public List<SuppressedRecord> Suppressed { get; } = [];

    public IEnumerable<TcpRecord> TcpOf(EventKind kind, uint pid) =>
        Tcp.Where(record => record.Header.Kind == kind && record.Header.Pid == pid);
}

/// <summary>Fills <see cref="CapturedEvents"/> from the ring's views.</summary>
internal readonly struct Capture(CapturedEvents events) : IRecordHandler
{
    public void OnExec(in ExecEvent exec) =>
        events.Execs.Add(new CapturedExec(exec.Record, Latin1(exec.Exe), Latin1(exec.Cwd), exec.Argv.ToArray(), exec.Script.ToArray(), exec.Environment.ToArray()));

    public void OnFork(in ForkEvent fork) => events.Forks.Add(fork.Record);

    public void OnExit(in ExitEvent exit) => events.Exits.Add(exit.Record);

    public void OnOpen(in OpenEvent open) => events.Opens.Add(new CapturedOpen(open.Record, open.Path.ToArray(), open.CallerPath.ToArray()));

    public void OnTcp(in TcpEvent tcp) => events.Tcp.Add(tcp.Record);

    public void OnFlow(in FlowEvent flow) => events.Flows.Add(flow.Record);

    public void OnDns(in DnsEvent dns) => events.Dns.Add(new CapturedDns(dns.Record, dns.Message.ToArray()));

    public void OnCgroup(in CgroupEvent cgroup) => events.Cgroups.Add(new CapturedCgroup(cgroup.Record, Latin1(cgroup.Path)));

    public void OnExecFailed(in ExecFailedEvent failed) => events.ExecsFailed.Add(new CapturedExecFailed(failed.Record, failed.Path.ToArray()));

    public void OnCredentials(in CredentialsEvent credentials) => events.Credentials.Add(credentials.Record);

    public void OnNamespace(in NamespaceEvent change) => events.Namespaces.Add(new CapturedNamespace(change.Record, change.Path.ToArray(), change.OtherPath.ToArray()));

    public void OnSignal(in SignalEvent signal) => events.Signals.Add(signal.Record);

    public void OnFileChange(in FileChangeEvent change) => events.FileChanges.Add(new CapturedFileChange(change.Record, change.Path.ToArray(), change.OtherPath.ToArray(), change.Name.ToArray()));

    public void OnSocket(in SocketEvent socket) => events.Sockets.Add(socket.Record);

    public void OnUnixConnect(in UnixConnectEvent connect) => events.UnixConnects.Add(new CapturedUnixConnect(connect.Record, connect.Path.ToArray()));

    public void OnPayload(in PayloadEvent payload) => events.Payloads.Add(new CapturedPayload(payload.Record, payload.Payload.ToArray()));

    public void OnCapability(in CapabilityEvent capability) => events.Capabilities.Add(capability.Record);

    public void OnPrivilege(in PrivilegeEvent privilege) => events.Privileges.Add(new CapturedPrivilege(privilege.Record, privilege.Detail.ToArray()));

    public void OnSyscall(in SyscallEvent syscall) => events.Syscalls.Add(syscall.Record);

    public void OnSuppressed(in SuppressedEvent suppressed) => events.Suppressed.Add(suppressed.Record);

    // One character for each byte: nothing is lost, nothing is interpreted.
    private static string Latin1(ReadOnlySpan<byte> bytes) => System.Text.Encoding.Latin1.GetString(bytes);
}
