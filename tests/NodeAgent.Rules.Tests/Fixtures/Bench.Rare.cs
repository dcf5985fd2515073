// SPDX-License-Identifier: Apache-2.0
using System.Text;
using NodeAgent.Events;
using NodeAgent.Events.Capabilities;
using NodeAgent.Events.Syscalls;
using NodeAgent.Events.Wire;

namespace NodeAgent.Rules.Tests.Fixtures;

// The events that are rare.
internal sealed partial class Bench
{
    public HeaderFlags Flags { get; set; }

    /// <summary>Of who does what is rare.</summary>
    public string Comm { get; set; } = "tool";

    public void Syscall(string name)
    {
        var record = new SyscallRecord { Header = Header(EventKind.Syscall), Number = (uint)SyscallNames.NumberOf(SyscallNames.Native, name) };
        var view = new SyscallEvent(in record);
        Engine.OnSyscall(in view, Subject);
    }

    public void Capability(string name, bool granted = true)
    {
        var record = new CapabilityRecord
        {
            Header = Header(EventKind.Capability),
            Capability = (uint)CapabilityNames.NumberOf(name),
            Syscall = (uint)SyscallNames.NumberOf(SyscallNames.Native, "mount"),
            Granted = granted ? 1u : 0,
        };
        var view = new CapabilityEvent(in record);
        Engine.OnCapability(in view, Subject);
    }

    public void Privilege(PrivilegeOperation operation, ulong argument = 0, string detail = "", uint target = 0, uint error = 0)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(detail);
        var record = new PrivilegeRecord
        {
            Header = Header(EventKind.Privilege),
            Operation = operation,
            TargetPid = target,
            Error = error,
            Detail = new WireString { Length = (ushort)bytes.Length },
        };
        record.Arguments[0] = argument;
        var view = new PrivilegeEvent(in record, bytes);
        Engine.OnPrivilege(in view, Subject);
    }

    public void Namespaces(NamespaceOperation operation, uint flags = 0, string path = "")
    {
        byte[] bytes = Encoding.UTF8.GetBytes(path);
        var record = new NamespaceRecord { Header = Header(EventKind.Namespace), Operation = operation, Flags = flags, Path = new WireString { Length = (ushort)bytes.Length } };
        var view = new NamespaceEvent(in record, bytes);
        Engine.OnNamespace(in view, Subject);
    }

    /// <param name="target">What the link leads to.</param>
    public void Link(FileOperation operation, string target, string link) => Change(operation, link, target);

    public void Http(string message, string peer = "93.184.216.34", FlowDirection direction = FlowDirection.Outbound)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(message);
        (ushort family, Bytes16 address) = Address(peer);
        var record = new PayloadRecord
        {
            Header = Header(EventKind.Payload),
            Family = family,
            RemoteAddress = address,
            RemotePort = 80,
            Direction = direction,
            Protocol = PayloadProtocol.HttpRequest,
            Payload = new WireString { Length = (ushort)bytes.Length },
        };
        var view = new PayloadEvent(in record, bytes);
        Engine.OnPayload(in view, Subject);
    }

    /// <param name="environment">Shape: <c>NAME=VALUE</c>.</param>
    public void ExecWith(string exe, string environment)
    {
        byte[] path = Encoding.UTF8.GetBytes(exe), variables = Encoding.UTF8.GetBytes(environment + '\0');
        var record = new ExecRecord
        {
            Header = Header(EventKind.Exec),
            Exe = new WireString { Length = (ushort)path.Length },
            Environment = new WireString { Offset = (ushort)path.Length, Length = (ushort)variables.Length },
        };
        var view = new ExecEvent(in record, (byte[])[.. path, .. variables]);
        Engine.OnExec(in view, Subject);
    }

    public HeaderRecord Header(EventKind kind) => Header(kind, Encoding.UTF8.GetBytes(Comm)) with { Flags = Flags };
}
