// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Bpf.Decoding;
using NodeAgent.Events;
using NodeAgent.Events.Wire;

namespace NodeAgent.Bpf.Tests.Rings;

/// <summary>Remembers the headers of what it got, and touches every byte that a view offers.</summary>
internal sealed class RecordingHandler : IRecordHandler
{
    public List<HeaderRecord> Headers { get; } = [];

    public List<string> Texts { get; } = [];

    /// <summary>A checksum over all bytes seen: reading them is the point.</summary>
    public int Touched { get; private set; }

    public void OnExec(in ExecEvent exec) => Add(exec.Record.Header, exec.Exe, exec.Cwd, exec.Argv, exec.Script, exec.Environment);

    public void OnFork(in ForkEvent fork) => Add(fork.Record.Header);

    public void OnExit(in ExitEvent exit) => Add(exit.Record.Header);

    public void OnOpen(in OpenEvent open) => Add(open.Record.Header, open.Path, open.CallerPath);

    public void OnTcp(in TcpEvent tcp)
    {
        Texts.Add($"{tcp.LocalAddress} {tcp.RemoteAddress}");
        Add(tcp.Record.Header);
    }

    public void OnFlow(in FlowEvent flow)
    {
        Texts.Add($"{flow.LocalAddress} {flow.RemoteAddress}");
        Add(flow.Record.Header);
    }

    public void OnDns(in DnsEvent dns) => Add(dns.Record.Header, dns.Message);

    public void OnCgroup(in CgroupEvent cgroup) => Add(cgroup.Record.Header, cgroup.Path);

    public void OnExecFailed(in ExecFailedEvent failed) => Add(failed.Record.Header, failed.Path);

    public void OnCredentials(in CredentialsEvent credentials) => Add(credentials.Record.Header);

    public void OnNamespace(in NamespaceEvent change) => Add(change.Record.Header, change.Path, change.OtherPath);

    public void OnSignal(in SignalEvent signal) => Add(signal.Record.Header);

    public void OnFileChange(in FileChangeEvent change) => Add(change.Record.Header, change.Path, change.OtherPath, change.Name);

    public void OnSocket(in SocketEvent socket)
    {
        Texts.Add($"{socket.LocalAddress}");
        Add(socket.Record.Header);
    }

    public void OnUnixConnect(in UnixConnectEvent connect) => Add(connect.Record.Header, connect.Path);

    public void OnPayload(in PayloadEvent payload) => Add(payload.Record.Header, payload.Payload);

    public void OnCapability(in CapabilityEvent capability) => Add(capability.Record.Header);

    public void OnPrivilege(in PrivilegeEvent privilege) => Add(privilege.Record.Header, privilege.Detail);

    public void OnSyscall(in SyscallEvent syscall) => Add(syscall.Record.Header);

    public void OnSuppressed(in SuppressedEvent suppressed) => Add(suppressed.Record.Header);

    private void Add(
        HeaderRecord header, ReadOnlySpan<byte> first = default, ReadOnlySpan<byte> second = default,
        ReadOnlySpan<byte> third = default, ReadOnlySpan<byte> fourth = default, ReadOnlySpan<byte> fifth = default)
    {
        Headers.Add(header);
        Touch(first);
        Touch(second);
        Touch(third);
        Touch(fourth);
        Touch(fifth);
        if (!first.IsEmpty)
        {
            Texts.Add(System.Text.Encoding.UTF8.GetString(first));
        }
    }

    private void Touch(ReadOnlySpan<byte> bytes)
    {
        foreach (byte value in bytes)
        {
            Touched += value;
        }
    }
}
