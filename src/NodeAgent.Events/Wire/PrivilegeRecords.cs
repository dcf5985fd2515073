// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;

// The mirrors of bpf/include/event_privilege.h, in its order; units and meanings stand there once.
namespace NodeAgent.Events.Wire;

[WireStruct("na_capability")]
[StructLayout(LayoutKind.Sequential)]
public struct CapabilityRecord
{
    public HeaderRecord Header;
    public uint Capability;
    public uint Syscall;
    public uint Granted;
    public uint UserNs;
}

[WireStruct("na_privilege")]
[StructLayout(LayoutKind.Sequential)]
public struct PrivilegeRecord
{
    public HeaderRecord Header;
    public Words4 Arguments;
    public ulong TargetStartTimeNs;
    public ulong TargetCgroupId;
    public uint TargetPid;
    public PrivilegeOperation Operation;
    public uint Error;
    public WireString Detail;
}

[WireStruct("na_syscall")]
[StructLayout(LayoutKind.Sequential)]
public struct SyscallRecord
{
    public HeaderRecord Header;
    public uint Number;
    [WireField("syscall_flags")]
    public SyscallFlags Flags;
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
