// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Interop.Objects;

namespace NodeAgent.Bpf.Statistics;

/// <summary>A program that runs in the kernel.</summary>
/// <param name="Sensor">Whose it is; <c>snapshot</c> for the task iterator.</param>
/// <param name="Name">Its name.</param>
/// <param name="Hook">Shape: type and hook, <c>tp_btf/sys_exit</c>.</param>
/// <param name="Info">What the kernel says of it.</param>
/// <param name="LockedBytes">Units: bytes of kernel memory.</param>
public sealed record ProgramStatus(string Sensor, string Name, string Hook, ProgramInfo Info, long LockedBytes);

/// <summary>A map in the kernel.</summary>
/// <param name="Sensor">Who made it; <c>shared</c> when all use it.</param>
/// <param name="Name">Its name.</param>
/// <param name="Type">Source: <c>enum bpf_map_type</c>.</param>
/// <param name="MaxEntries">Units: entries; bytes for a ring.</param>
/// <param name="Entries">How many there were at the last count; null where that has no meaning.</param>
/// <param name="LockedBytes">Units: bytes of kernel memory.</param>
public sealed record MapStatus(
    string Sensor, string Name, Interop.Maps.MapType Type, uint MaxEntries, long? Entries, long LockedBytes);
