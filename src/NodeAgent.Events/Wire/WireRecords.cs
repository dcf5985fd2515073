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

[InlineArray(4)]
[SuppressMessage("Performance", "CA1815", Justification = "a buffer, never compared")]
public struct Words4
{
    private ulong _first;
}

[WireStruct("na_suppressed")]
[StructLayout(LayoutKind.Sequential)]
public struct SuppressedRecord
{
    public HeaderRecord Header;
    public ulong Count;
    public ulong FromNs;
    [WireField("event_class")]
    public EventClass Class;
    public uint Padding;
}
