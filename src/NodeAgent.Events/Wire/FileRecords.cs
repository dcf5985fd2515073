// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;

// The mirrors of bpf/include/event_file.h, in its order; units and meanings stand there once.
namespace NodeAgent.Events.Wire;

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
    public uint Generation;
    public WireString Path;
    public WireString Caller;
}

[WireStruct("na_file_change")]
[StructLayout(LayoutKind.Sequential)]
public struct FileChangeRecord
{
    public HeaderRecord Header;
    public ulong Inode;
    public ulong Size;
    public ulong CallFlags;
    public uint Device;
    public uint Generation;
    public FileOperation Operation;
    public uint Error;
    public uint Mode;
    public uint Uid;
    public uint Gid;
    [WireField("open_flags")]
    public OpenRecordFlags RecordFlags;
    public WireString Path;
    public WireString OtherPath;
    public WireString Name;
    public uint Padding;
}
