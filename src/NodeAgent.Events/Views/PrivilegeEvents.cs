// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Events.Wire;

// Typed views of one ring record. A view points into the ring: it is valid only until the handler returns, costs
// nothing to make, and was validated by the decoder (every string lies inside the record), so its members never throw.
// Whoever keeps something copies it. Units and meanings of the record's fields: bpf/include/event.h.
namespace NodeAgent.Events;

/// <summary>A capability was asked for, once for each container and capability.</summary>
public readonly ref struct CapabilityEvent(ref readonly CapabilityRecord record)
{
    public readonly ref readonly CapabilityRecord Record = ref record;
}

/// <summary>A call that reaches into other processes or the kernel.</summary>
public readonly ref struct PrivilegeEvent(ref readonly PrivilegeRecord record, ReadOnlySpan<byte> tail)
{
    public readonly ref readonly PrivilegeRecord Record = ref record;
    private readonly ReadOnlySpan<byte> _tail = tail;

    public bool Failed => Record.Error != 0;

    /// <summary>Shape: text by operation, see <see cref="PrivilegeOperation"/>; else empty.</summary>
    public ReadOnlySpan<byte> Detail => _tail.Slice(Record.Detail.Offset, Record.Detail.Length);
}

/// <summary>The first call of its number in a container.</summary>
public readonly ref struct SyscallEvent(ref readonly SyscallRecord record)
{
    public readonly ref readonly SyscallRecord Record = ref record;
}

/// <summary>A cgroup was made, removed, or a process moved into it.</summary>
public readonly ref struct CgroupEvent(ref readonly CgroupRecord record, ReadOnlySpan<byte> tail)
{
    public readonly ref readonly CgroupRecord Record = ref record;
    private readonly ReadOnlySpan<byte> _tail = tail;

    /// <summary>Shape: path in the cgroup2 tree, <c>/</c> first.</summary>
    public ReadOnlySpan<byte> Path => _tail.Slice(Record.Path.Offset, Record.Path.Length);
}

/// <summary>Events that a container's budget cut. The header holds time and cgroup only.</summary>
public readonly ref struct SuppressedEvent(ref readonly SuppressedRecord record)
{
    public readonly ref readonly SuppressedRecord Record = ref record;
}
