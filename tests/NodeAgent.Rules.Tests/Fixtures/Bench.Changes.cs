// SPDX-License-Identifier: Apache-2.0
using System.Text;
using NodeAgent.Events;
using NodeAgent.Events.Wire;

namespace NodeAgent.Rules.Tests.Fixtures;

// What changes files, processes and connections.
internal sealed partial class Bench
{
    /// <param name="other">The old name, what a link says, or what is mounted.</param>
    /// <param name="name">Of an attribute, or of a type of file system.</param>
    public void Change(FileOperation operation, string path, string other = "", string name = "", uint mode = 0, ulong size = 0, uint error = 0, uint uid = uint.MaxValue)
    {
        byte[] first = Encoding.UTF8.GetBytes(path), second = Encoding.UTF8.GetBytes(other), third = Encoding.UTF8.GetBytes(name);
        var record = new FileChangeRecord
        {
            Header = Header(EventKind.FileChange),
            Operation = operation,
            Error = error,
            Mode = mode,
            Size = size,
            Uid = uid,
            Gid = uint.MaxValue,
            Path = new WireString { Length = (ushort)first.Length },
            OtherPath = new WireString { Offset = (ushort)first.Length, Length = (ushort)second.Length },
            Name = new WireString { Offset = (ushort)(first.Length + second.Length), Length = (ushort)third.Length },
        };
        var view = new FileChangeEvent(in record, (byte[])[.. first, .. second, .. third]);
        Engine.OnFileChange(in view, Subject);
    }

    /// <param name="syscall">Native number; <c>~0</c> = none of those that change credentials.</param>
    public void Credentials(uint oldUid, uint newUid, uint syscall, ulong oldCaps = 0, ulong newCaps = 0)
    {
        var record = new CredentialsRecord
        {
            Header = Header(EventKind.Credentials),
            OldUid = oldUid,
            OldEffectiveUid = oldUid,
            NewUid = newUid,
            NewEffectiveUid = newUid,
            OldEffectiveCaps = oldCaps,
            NewEffectiveCaps = newCaps,
            Syscall = syscall,
        };
        var view = new CredentialsEvent(in record);
        Engine.OnCredentials(in view, Subject);
    }

    public void Signal(uint number, string target, SignalOperation operation = SignalOperation.Sent, ulong targetCgroup = 3)
    {
        var record = new SignalRecord { Header = Header(EventKind.Signal), Signal = number, Operation = operation, TargetPid = 321, TargetCgroupId = targetCgroup };
        Encoding.UTF8.GetBytes(target).CopyTo(record.TargetComm);
        var view = new SignalEvent(in record);
        Engine.OnSignal(in view, Subject);
    }

    public void Unix(string path, ulong peerCgroup = 3, uint error = 0)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(path);
        var record = new UnixConnectRecord { Header = Header(EventKind.UnixConnect), PeerPid = 17, PeerCgroupId = peerCgroup, Error = error, Path = new WireString { Length = (ushort)bytes.Length } };
        var view = new UnixConnectEvent(in record, bytes);
        Engine.OnUnixConnect(in view, Subject);
    }

    public void Socket(SocketOperation operation, ushort port, ushort family = 2, ushort type = 1)
    {
        var record = new SocketRecord { Header = Header(EventKind.Socket), Operation = operation, LocalPort = port, Family = family, SocketType = type, Protocol = 6 };
        var view = new SocketEvent(in record);
        Engine.OnSocket(in view, Subject);
    }

    public void Close(string peer, ushort port, ulong sent, ulong received = 0, ulong durationNs = 0)
    {
        (ushort family, Bytes16 bytes) = Address(peer);
        var record = new TcpRecord
        {
            Header = Header(EventKind.TcpClose),
            Family = family,
            RemoteAddress = bytes,
            RemotePort = port,
            Direction = FlowDirection.Outbound,
            BytesSent = sent,
            BytesReceived = received,
            DurationNs = durationNs,
        };
        var view = new TcpEvent(in record);
        Engine.OnTcp(in view, Subject);
    }

    /// <param name="protection">As mprotect(2) was asked; the flags of the file stand above bit 32.</param>
    public void Memory(PrivilegeOperation operation, ulong protection, string file = "")
    {
        byte[] bytes = Encoding.UTF8.GetBytes(file);
        var record = new PrivilegeRecord { Header = Header(EventKind.Privilege), Operation = operation, Detail = new WireString { Length = (ushort)bytes.Length } };
        record.Arguments[2] = protection;
        var view = new PrivilegeEvent(in record, bytes);
        Engine.OnPrivilege(in view, Subject);
    }
}
