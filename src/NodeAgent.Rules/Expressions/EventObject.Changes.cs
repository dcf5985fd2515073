// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Cel.Types;
using NodeAgent.Cel.Values;
using NodeAgent.Events;
using NodeAgent.Events.Net;
using NodeAgent.Events.Text;
using NodeAgent.Events.Wire;

namespace NodeAgent.Rules.Expressions;

// What changes files, processes and memory: fields and records of types that Kubescape's rules do not have.
internal sealed partial class EventObject
{
    private const int ProtectionBits = 32;

    // Read only for events of their own types, so an event of another one need not clear them.
    private CredentialsRecord _credentials;
    private ulong _size;
    private uint _newUid;
    private uint _newGid;
    private ulong _bytesSent;
    private ulong _bytesReceived;
    private ulong _duration;
    private ushort _family;
    private ushort _socketType;

    private ulong _targetCgroupId;
    private CelText _operation;

    private bool IsFileChange => EventType is >= RuleEventType.Rename and <= RuleEventType.Umount;

    private bool IsCredentials => EventType == RuleEventType.Credentials;

    public void Begin(in FileChangeEvent change, RuleEventType type)
    {
        Begin(type, in change.Record.Header);
        CelText path = _scope.Arena.Copy(change.Path), other = _scope.Arena.Copy(change.OtherPath);
        if (type is RuleEventType.Symlink or RuleEventType.Hardlink)
        {
            (_newPath, _oldPath) = (path, other);
        }
        else
        {
            _path = path;
            (_newPath, _oldPath) = type == RuleEventType.Rename ? (path, other) : (default, other);
            TakeChange(in change);
        }

        _fileFlags = change.Record.RecordFlags;
        Error = change.Record.Error;
    }

    public void Begin(in CredentialsEvent credentials)
    {
        Begin(RuleEventType.Credentials, in credentials.Record.Header);
        _credentials = credentials.Record;
        _syscall = _credentials.Syscall == uint.MaxValue ? default : Native.Of(_credentials.Syscall);
    }

    public void Begin(in SignalEvent signal)
    {
        Begin(RuleEventType.Signal, in signal.Record.Header);
        _number = signal.Record.Signal;
        Target(signal.Record.TargetPid, signal.Record.TargetCgroupId);
        _detail = _scope.Arena.Copy(CommText.Bytes(in signal.Record.TargetComm));
        Error = signal.Record.Error;
    }

    public void Begin(in SocketEvent socket)
    {
        Begin(RuleEventType.Socket, in socket.Record.Header);
        Between(socket.LocalAddress, socket.Record.LocalPort, default, 0, FlowDirection.Unknown);
        ProtocolNumber = socket.Record.Protocol;
        _protocol = Words.OfProtocol(socket.Record.Protocol);
        _operation = Words.OfSocket(socket.Record.Operation);
        (_family, _socketType) = (socket.Record.Family, socket.Record.SocketType);
        Error = socket.Record.Error;
    }

    public void Begin(in UnixConnectEvent connect)
    {
        Begin(RuleEventType.Unix, in connect.Record.Header);
        _path = _scope.Arena.Copy(connect.Path);
        Target(connect.Record.PeerPid, connect.Record.PeerCgroupId);
        Error = connect.Record.Error;
    }

    private static CelObjectType<EventObject> WithChanges(CelObjectType<EventObject> type) => type
        .Text("operation", e => e._operation, e => e._operation.Length > 0)
        .Text("source", e => e.EventType == RuleEventType.Mount ? e._oldPath : default, e => e.EventType == RuleEventType.Mount)
        .Text("fsType", e => e.EventType == RuleEventType.Mount ? e._detail : default, e => e.EventType == RuleEventType.Mount)
        .Int("size", e => e.EventType == RuleEventType.Truncate ? (long)e._size : 0, e => e.EventType == RuleEventType.Truncate)
        .Int("oldUid", e => e.IsCredentials ? e._credentials.OldUid : 0, e => e.IsCredentials)
        .Int("newUid", e => e.IsCredentials ? e._credentials.NewUid : e.EventType == RuleEventType.Chown ? Owner(e._newUid) : 0, e => e.IsCredentials || e.EventType == RuleEventType.Chown)
        .Int("oldEuid", e => e.IsCredentials ? e._credentials.OldEffectiveUid : 0, e => e.IsCredentials)
        .Int("newEuid", e => e.IsCredentials ? e._credentials.NewEffectiveUid : 0, e => e.IsCredentials)
        .Int("oldGid", e => e.IsCredentials ? e._credentials.OldGid : 0, e => e.IsCredentials)
        .Int("newGid", e => e.IsCredentials ? e._credentials.NewGid : e.EventType == RuleEventType.Chown ? Owner(e._newGid) : 0, e => e.IsCredentials || e.EventType == RuleEventType.Chown)
        .List("gainedCaps", CelType.String, e => e.IsCredentials ? CapabilitySets.NamesOf(e._credentials.NewEffectiveCaps & ~e._credentials.OldEffectiveCaps) : CelList.Empty, e => e.IsCredentials)
        .Int("signal", e => e.EventType == RuleEventType.Signal ? e._number : 0, e => e.EventType == RuleEventType.Signal)
        .Text("targetComm", e => e.EventType == RuleEventType.Signal ? e._detail : default, e => e.EventType == RuleEventType.Signal)
        .Bool("targetSameContainer", e => e._targetCgroupId != 0 && e._targetCgroupId == e._scope.Context.Container.CgroupId, e => e._targetCgroupId != 0)
        .Int("protection", e => e.EventType == RuleEventType.Memory ? e._flags : 0, e => e.EventType == RuleEventType.Memory)
        .Int("option", e => e.HasOption ? e._number : 0, e => e.HasOption)
        .Int("bytesSent", e => e.EventType == RuleEventType.Close ? (long)e._bytesSent : 0, e => e.EventType == RuleEventType.Close)
        .Int("bytesReceived", e => e.EventType == RuleEventType.Close ? (long)e._bytesReceived : 0, e => e.EventType == RuleEventType.Close)
        .Value("duration", CelType.Duration, e => CelValue.Of(new CelDuration(e.EventType == RuleEventType.Close ? (long)e._duration : 0)), e => e.EventType == RuleEventType.Close)
        .Int("family", e => e.EventType == RuleEventType.Socket ? e._family : 0, e => e.EventType == RuleEventType.Socket)
        .Int("socketType", e => e.EventType == RuleEventType.Socket ? e._socketType : 0, e => e.EventType == RuleEventType.Socket);

    private bool HasOption => EventType is RuleEventType.Prctl or RuleEventType.Keyctl or RuleEventType.Seccomp or RuleEventType.Perf or RuleEventType.Memfd
        or RuleEventType.Userfaultfd or RuleEventType.Kexec or RuleEventType.Reboot;

    private void TakeChange(in FileChangeEvent change)
    {
        ref readonly FileChangeRecord record = ref change.Record;
        (_flags, _mode, _size, _newUid, _newGid) = ((uint)record.CallFlags, record.Mode, record.Size, record.Uid, record.Gid);
        _operation = record.Operation switch
        {
            FileOperation.SetXattr => Words.Set,
            FileOperation.RemoveXattr => Words.Remove,
            _ => default,
        };
        CelText name = _scope.Arena.Copy(change.Name);
        _name = EventType == RuleEventType.Xattr ? name : default;
        _detail = EventType == RuleEventType.Mount ? name : default;
    }

    private void TakeRare(in PrivilegeEvent privilege)
    {
        switch (EventType)
        {
            case RuleEventType.Memory:
                // The lower half is what mprotect(2) was asked for, the upper one says what the file is.
                ulong protection = privilege.Record.Arguments[2];
                (_flags, _fileFlags, _path) = ((uint)protection, (OpenRecordFlags)(protection >> ProtectionBits), _detail);
                _operation = privilege.Record.Operation == PrivilegeOperation.MmapExec ? Words.Mmap : Words.Mprotect;
                break;
            case RuleEventType.ProcessVm:
                _operation = privilege.Record.Operation == PrivilegeOperation.ProcessVmRead ? Words.Read : Words.Write;
                break;
            case RuleEventType.Memfd or RuleEventType.Prctl:
                _name = _detail;
                break;
        }
    }

    // chown(2) leaves what is ~0 as it is.
    private static long Owner(uint id) => id == uint.MaxValue ? -1 : id;

    private void Target(uint pid, ulong cgroupId) => (_targetPid, _targetCgroupId) = (pid, cgroupId);
}
