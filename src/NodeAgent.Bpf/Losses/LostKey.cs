// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;
using NodeAgent.Events.Wire;

namespace NodeAgent.Bpf.Losses;

/// <summary>Key of the map na_lost_by_cgroup.</summary>
[WireStruct("na_lost_key")]
[StructLayout(LayoutKind.Sequential)]
internal struct LostKey
{
    public ulong CgroupId;
    public uint Kind;
    public uint Padding;
}

/// <summary>Records that found their ring full since the last look.</summary>
/// <param name="CgroupId">Whose; 0 = unknown.</param>
public readonly record struct LossDelta(EventKind Kind, ulong CgroupId, ulong Count);
