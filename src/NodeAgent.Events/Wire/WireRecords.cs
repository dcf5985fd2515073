// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

// The mirrors of bpf/include/event.h, in its order; units and meanings stand there once.
// Fields are public and writable because they are a memory layout, not an abstraction: tests and replay fill them.
namespace NodeAgent.Events.Wire;

[InlineArray(16)]
[SuppressMessage("Performance", "CA1815", Justification = "a buffer, never compared")]
public struct Bytes16
{
    private byte _first;
}

[WireStruct("na_string")]
[StructLayout(LayoutKind.Sequential)]
public struct WireString
{
    public ushort Offset;
    public ushort Length;
}

[WireStruct("na_header")]
[StructLayout(LayoutKind.Sequential)]
public struct HeaderRecord
{
    public ulong TimeNs;
    public ulong CgroupId;
    public ulong StartTimeNs;
    public uint Pid;
    public uint Tid;
    public uint Uid;
    public uint Gid;
    public EventKind Kind;
    public HeaderFlags Flags;
    public uint TailSize;
    public Bytes16 Comm;
}

[WireStruct("na_exec")]
[StructLayout(LayoutKind.Sequential)]
public struct ExecRecord
{
    public HeaderRecord Header;
    public ulong ParentStartTimeNs;
    public ulong ExeInode;
    public ulong Capabilities;
    public uint ParentPid;
    public uint ExeDevice;
    public uint ExeMode;
    public uint ExeLinkCount;
    public uint EffectiveUid;
    public uint MountNs;
    public uint PidNs;
    public uint NetNs;
    public uint Tty;
    public uint Argc;
    [WireField("exec_flags")]
    public ExecFlags Flags;
    public WireString Exe;
    public WireString Cwd;
    public WireString Argv;
}

[WireStruct("na_fork")]
[StructLayout(LayoutKind.Sequential)]
public struct ForkRecord
{
    public HeaderRecord Header;
    public ulong ChildStartTimeNs;
    public ulong ChildCgroupId;
    public uint ChildPid;
    public uint Padding;
}

[WireStruct("na_exit")]
[StructLayout(LayoutKind.Sequential)]
public struct ExitRecord
{
    public HeaderRecord Header;
    public uint ExitCode;
    public uint Signal;
}

[WireStruct("na_open")]
[StructLayout(LayoutKind.Sequential)]
public struct OpenRecord
{
    public HeaderRecord Header;
    public ulong Inode;
    public uint Device;
    public uint Flags;
    public uint Error;
    public uint Mode;
    [WireField("open_flags")]
    public OpenRecordFlags RecordFlags;
    public WireString Path;
}

[WireStruct("na_tcp")]
[StructLayout(LayoutKind.Sequential)]
public struct TcpRecord
{
    public HeaderRecord Header;
    public Bytes16 LocalAddress;
    public Bytes16 RemoteAddress;
    public ulong BytesSent;
    public ulong BytesReceived;
    public ulong DurationNs;
    public ulong SocketCookie;
    public ushort Family;
    public ushort LocalPort;
    public ushort RemotePort;
    public FlowDirection Direction;
    public uint Error;
    public uint NetNs;
}

[WireStruct("na_flow")]
[StructLayout(LayoutKind.Sequential)]
public struct FlowRecord
{
    public HeaderRecord Header;
    public Bytes16 LocalAddress;
    public Bytes16 RemoteAddress;
    public ulong SocketCookie;
    public ushort Family;
    public ushort LocalPort;
    public ushort RemotePort;
    public FlowDirection Direction;
    public uint NetNs;
    public uint Protocol;
}

[WireStruct("na_dns")]
[StructLayout(LayoutKind.Sequential)]
public struct DnsRecord
{
    public HeaderRecord Header;
    public Bytes16 LocalAddress;
    public Bytes16 RemoteAddress;
    public ushort Family;
    public ushort LocalPort;
    public ushort RemotePort;
    public FlowDirection Direction;
    public uint NetNs;
    [WireField("dns_flags")]
    public DnsRecordFlags Flags;
    public uint MessageSize;
    public WireString Message;
}

[WireStruct("na_cgroup")]
[StructLayout(LayoutKind.Sequential)]
public struct CgroupRecord
{
    public HeaderRecord Header;
    public ulong ParentCgroupId;
    public ulong AttachedStartTimeNs;
    public uint AttachedPid;
    public uint Level;
    public WireString Path;
    public uint Padding;
}
