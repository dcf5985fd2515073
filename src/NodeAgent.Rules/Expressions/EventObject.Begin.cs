// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Cel.Values;
using NodeAgent.Events;
using NodeAgent.Events.Net;
using NodeAgent.Events.Syscalls;
using NodeAgent.Events.Wire;

namespace NodeAgent.Rules.Expressions;

// What is taken out of each kind of record.
internal sealed partial class EventObject
{
    private static readonly SyscallTexts Native = new(SyscallNames.Native);
    private static readonly SyscallTexts Compat = new(SyscallNames.Compat);

    private HeaderRecord _header;
    private ExecFlags _execFlags;
    private OpenRecordFlags _fileFlags;
    private uint _tty;
    private uint _flags;
    private uint _mode;
    private uint _targetPid;
    private long _number;
    private CelText _exe;
    private CelText _cwd;
    private CelText _argv;
    private CelText _script;
    private CelText _variables;
    private CelText _path;
    private CelText _oldPath;
    private CelText _newPath;
    private CelText _name;
    private CelText _syscall;
    private CelText _detail;
    private CelText _protocol;

    public void Begin(in ExecEvent exec)
    {
        Begin(RuleEventType.Exec, in exec.Record.Header);
        TextArena arena = _scope.Arena;
        _execFlags = exec.Record.Flags;
        _tty = exec.Record.Tty;
        _exe = arena.Copy(exec.Exe);
        _cwd = arena.Copy(exec.Cwd);
        _argv = arena.Copy(exec.Argv);
        _script = arena.Copy(exec.Script);
        _variables = arena.Copy(exec.Environment);
        IsSnapshot = exec.IsSnapshot;
    }

    public void Begin(in OpenEvent open)
    {
        Begin(RuleEventType.Open, in open.Record.Header);
        _path = _scope.Arena.Copy(open.Path);
        _flags = open.Record.Flags;
        _mode = open.Record.Mode;
        _fileFlags = open.Record.RecordFlags;
        Error = open.Record.Error;
    }

    public void Begin(in TcpEvent tcp, RuleEventType type)
    {
        Begin(type, in tcp.Record.Header);
        Between(tcp.LocalAddress, tcp.Record.LocalPort, tcp.RemoteAddress, tcp.Record.RemotePort, tcp.Record.Direction);
        ProtocolNumber = (uint)TransportProtocol.Tcp;
        _protocol = Words.Tcp;
        (_bytesSent, _bytesReceived, _duration) = (tcp.Record.BytesSent, tcp.Record.BytesReceived, tcp.Record.DurationNs);
        Error = tcp.Record.Error;
    }

    public void Begin(in FlowEvent flow)
    {
        Begin(RuleEventType.Network, in flow.Record.Header);
        Between(flow.LocalAddress, flow.Record.LocalPort, flow.RemoteAddress, flow.Record.RemotePort, flow.Record.Direction);
        ProtocolNumber = flow.Record.Protocol;
        _protocol = Words.OfProtocol(flow.Record.Protocol);
    }

    /// <param name="name">Shape: the name that was asked for, as <c>DnsName</c> writes it.</param>
    public void Begin(in DnsEvent dns, ReadOnlySpan<byte> name)
    {
        Begin(RuleEventType.Dns, in dns.Record.Header);
        Between(dns.LocalAddress, dns.Record.LocalPort, dns.RemoteAddress, dns.Record.RemotePort, dns.Record.Direction);
        ProtocolNumber = dns.Record.Protocol;
        _protocol = dns.Record.Protocol == (uint)TransportProtocol.Tcp ? Words.Tcp : Words.Udp;
        _name = _scope.Arena.Copy(name);
    }

    /// <returns>False for what is no request.</returns>
    public bool Begin(in PayloadEvent payload)
    {
        Begin(RuleEventType.Http, in payload.Record.Header);
        Between(payload.LocalAddress, payload.Record.LocalPort, payload.RemoteAddress, payload.Record.RemotePort, payload.Record.Direction);
        ProtocolNumber = (uint)TransportProtocol.Tcp;
        _protocol = Words.Tcp;
        if (!_scope.Http.Request.Begin(_scope.Arena.Copy(payload.Payload), _scope.Arena))
        {
            return false;
        }

        _path = _scope.Http.Request.Path;
        return true;
    }

    public void Begin(in SyscallEvent syscall)
    {
        Begin(RuleEventType.Syscall, in syscall.Record.Header);
        _syscall = ((syscall.Record.Flags & SyscallFlags.Compat) != 0 ? Compat : Native).Of(syscall.Record.Number);
    }

    public void Begin(in CapabilityEvent capability)
    {
        Begin(RuleEventType.Capabilities, in capability.Record.Header);
        _name = CapabilitySets.NameOf(capability.Record.Capability);
        _syscall = capability.Record.Syscall == uint.MaxValue ? default : Native.Of(capability.Record.Syscall);
    }

    public void Begin(in PrivilegeEvent privilege, RuleEventType type)
    {
        Begin(type, in privilege.Record.Header);
        ReadOnlySpan<ulong> arguments = privilege.Record.Arguments;
        _number = (long)arguments[0];
        Target(privilege.Record.TargetPid, privilege.Record.TargetCgroupId);
        _detail = _scope.Arena.Copy(privilege.Detail);
        Error = privilege.Record.Error;
        if (type == RuleEventType.Kmod)
        {
            // A module comes from a file, of which the path is told, or from memory.
            bool fromFile = _detail.Length > 0 && _detail.Span[0] == (byte)'/';
            _syscall = privilege.Record.Operation == PrivilegeOperation.ModuleUnload ? Words.DeleteModule : fromFile ? Words.FinitModule : Words.InitModule;
        }
        else
        {
            TakeRare(in privilege);
        }
    }

    public void Begin(in NamespaceEvent change, RuleEventType type)
    {
        Begin(type, in change.Record.Header);
        _flags = change.Record.Flags;
        _operation = _syscall = Words.OfNamespace(change.Record.Operation);
        _path = _scope.Arena.Copy(change.Path);
        _targetPid = change.Record.ChildPid;
        Error = change.Record.Error;
    }

    public void Begin(in ForkEvent fork)
    {
        Begin(RuleEventType.Fork, in fork.Record.Header);
        _targetPid = fork.Record.ChildPid;
    }

    public void Begin(in ExitEvent exit)
    {
        Begin(RuleEventType.Exit, in exit.Record.Header);
        _number = exit.Record.ExitCode;
        _mode = exit.Record.Signal;
    }

    public void Begin(AdmissionEvent admission)
    {
        var header = new HeaderRecord { TimeNs = admission.TimeNs };
        Begin(RuleEventType.Admission, in header);
        _name = _scope.Arena.Copy(admission.Kind);
        _path = _scope.Arena.Copy(admission.Name);
        _oldPath = _scope.Arena.Copy(admission.Namespace);
        _newPath = _scope.Arena.Copy(admission.Resource);
        _detail = _scope.Arena.Copy(admission.Subresource);
        _syscall = _scope.Arena.Copy(admission.Operation);
        _user.Begin(admission, _scope.Arena);
        Fill(_args, admission.Command);
        _argsRead = true;
        Admission = admission;
    }

    /// <summary>Null unless the event is one.</summary>
    public AdmissionEvent? Admission { get; private set; }

    /// <summary>Of a process that ran before the agent.</summary>
    public bool IsSnapshot { get; private set; }

    public ExecFlags ExecFlags => _execFlags;

    public ReadOnlySpan<byte> Exe => _exe.Span;

    public ref readonly HeaderRecord Header => ref _header;

    private void Begin(RuleEventType type, ref readonly HeaderRecord header)
    {
        _scope.Arena.Clear();
        EventType = type;
        _header = header;
        (_execFlags, _fileFlags, _tty, _flags, _mode, _targetPid, _number) = (default, default, 0, 0, 0, 0, 0);
        (_targetCgroupId, _operation) = (0, default);
        _exe = _cwd = _argv = _script = _variables = _path = _oldPath = _newPath = _name = _syscall = _detail = _protocol = default;
        _comm = _localText = _remoteText = default;
        _argsRead = _environmentRead = IsSnapshot = false;
        Admission = null;
        (LocalAddress, RemoteAddress, LocalPort, RemotePort, RemoteDirection, ProtocolNumber, Error) = (default, default, 0, 0, FlowDirection.Unknown, 0, 0);
        _ancestors.Begin(Process);
    }

    private void Between(NetAddress local, ushort localPort, NetAddress remote, ushort remotePort, FlowDirection direction) =>
        (LocalAddress, LocalPort, RemoteAddress, RemotePort, RemoteDirection) = (local, localPort, remote, remotePort, direction);
}
