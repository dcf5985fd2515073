// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;

// The mirrors of bpf/include/event_process.h, in its order; units and meanings stand there once.
namespace NodeAgent.Events.Wire;

[WireStruct("na_exec")]
[StructLayout(LayoutKind.Sequential)]
public struct ExecRecord
{
    public HeaderRecord Header;
    public ulong ParentStartTimeNs;
    public ulong ExeInode;
    public ulong Capabilities;
    public ulong StdinInode;
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
    public uint Session;
    public StdinType StdinType;
    public WireString Exe;
    public WireString Cwd;
    public WireString Argv;
    public WireString Script;
    public WireString Environment;
}

[WireStruct("na_exec_failed")]
[StructLayout(LayoutKind.Sequential)]
public struct ExecFailedRecord
{
    public HeaderRecord Header;
    public uint Error;
    [WireField("exec_flags")]
    public ExecFlags Flags;
    public WireString Path;
    public uint Padding;
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

[WireStruct("na_credentials")]
[StructLayout(LayoutKind.Sequential)]
public struct CredentialsRecord
{
    public HeaderRecord Header;
    public ulong OldEffectiveCaps;
    public ulong NewEffectiveCaps;
    public ulong OldPermittedCaps;
    public ulong NewPermittedCaps;
    public uint OldUid;
    public uint NewUid;
    public uint OldEffectiveUid;
    public uint NewEffectiveUid;
    public uint OldGid;
    public uint NewGid;
    public uint OldEffectiveGid;
    public uint NewEffectiveGid;
    public uint Syscall;
    public uint NewUserNs;
}

[WireStruct("na_namespace")]
[StructLayout(LayoutKind.Sequential)]
public struct NamespaceRecord
{
    public HeaderRecord Header;
    public NamespaceOperation Operation;
    public uint Flags;
    public uint Error;
    public uint ChildPid;
    public uint MountNs;
    public uint PidNs;
    public uint NetNs;
    public uint UserNs;
    public uint UtsNs;
    public uint IpcNs;
    public uint CgroupNs;
    public WireString Path;
    public WireString OtherPath;
    public uint Padding;
}

[WireStruct("na_signal")]
[StructLayout(LayoutKind.Sequential)]
public struct SignalRecord
{
    public HeaderRecord Header;
    public ulong TargetStartTimeNs;
    public ulong TargetCgroupId;
    public uint TargetPid;
    public uint Signal;
    public SignalOperation Operation;
    public uint Error;
    public Bytes16 TargetComm;
}
