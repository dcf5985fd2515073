// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;

// The mirrors of bpf/include/event_network.h, in its order; units and meanings stand there once.
namespace NodeAgent.Events.Wire;

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
    public uint PacketsSent;
    public uint PacketsReceived;
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
    public uint Protocol;
    public uint Padding;
}

[WireStruct("na_socket")]
[StructLayout(LayoutKind.Sequential)]
public struct SocketRecord
{
    public HeaderRecord Header;
    public Bytes16 LocalAddress;
    public ulong SocketCookie;
    public SocketOperation Operation;
    public uint Error;
    public ushort Family;
    public ushort LocalPort;
    public ushort SocketType;
    public ushort Protocol;
    public uint Backlog;
    public uint NetNs;
}

[WireStruct("na_unix_connect")]
[StructLayout(LayoutKind.Sequential)]
public struct UnixConnectRecord
{
    public HeaderRecord Header;
    public ulong Inode;
    public ulong PeerStartTimeNs;
    public ulong PeerCgroupId;
    public uint Device;
    public uint PeerPid;
    public uint Error;
    public WireString Path;
}

[WireStruct("na_payload")]
[StructLayout(LayoutKind.Sequential)]
public struct PayloadRecord
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
    public PayloadProtocol Protocol;
    [WireField("payload_flags")]
    public PayloadFlags Flags;
    public uint PayloadSize;
    public WireString Payload;
    public uint Padding;
}
