// SPDX-License-Identifier: Apache-2.0
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

// The structs of native/include/nodeagent.h.
namespace NodeAgent.Interop.Native;

[InlineArray(16)]
internal struct ObjectName
{
    private byte _first;
}

[StructLayout(LayoutKind.Sequential)]
internal struct NativeProgramInfo
{
    public uint Id;
    public uint Type;
    public uint VerifiedInsns;
    public uint JitedSize;
    public ObjectName Name;
    public ulong RunCount;
    public ulong RunTimeNs;
    public ulong RecursionMisses;
}

[StructLayout(LayoutKind.Sequential)]
internal struct NativeMapInfo
{
    public uint Id;
    public uint Type;
    public uint KeySize;
    public uint ValueSize;
    public uint MaxEntries;
    public uint Flags;
    public ObjectName Name;
}

[StructLayout(LayoutKind.Sequential)]
internal struct NativeLinkInfo
{
    public uint Id;
    public uint Type;
    public uint ProgramId;
    public uint Padding;
}

[StructLayout(LayoutKind.Sequential)]
internal unsafe struct NativeBtfType
{
    public byte* Name;
    public uint Kind;
    public uint Size;
    public uint MemberCount;
    public uint Padding;
}

[StructLayout(LayoutKind.Sequential)]
internal unsafe struct NativeBtfMember
{
    public byte* Name;
    public uint Offset;
    public uint Size;
}

[StructLayout(LayoutKind.Sequential)]
internal unsafe struct NativeBtfEnumValue
{
    public byte* Name;
    public long Value;
}

[StructLayout(LayoutKind.Sequential)]
internal struct NativeFileFacts
{
    public ulong Device;
    public ulong Inode;
    public ulong Size;
    public long ModifiedNs;
    public long ChangedNs;
    public uint Mode;
    public uint Uid;
    public uint Gid;
    public uint Links;
}
