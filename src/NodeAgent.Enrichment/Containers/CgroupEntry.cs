// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Events.Identity;

namespace NodeAgent.Enrichment.Containers;

/// <summary>One cgroup and whose it is; a unit's sub-cgroups lead to the unit.</summary>
internal sealed class CgroupEntry(ulong cgroupId, ContainerInfo info, ulong addedNs)
{
    public ulong CgroupId { get; } = cgroupId;

    public ContainerInfo Info { get; set; } = info;

    /// <summary>Units: boot ns.</summary>
    public ulong AddedNs { get; } = addedNs;

    /// <summary>Units: boot ns; 0 while it exists.</summary>
    public ulong RemovedNs { get; set; }

    /// <summary>The walk that last saw it.</summary>
    public int Round { get; set; }

    public bool IsTop => Info.CgroupId == CgroupId;

    public bool IsPlaceholder => Info.CgroupPath.Length == 0;

    public bool IsForgotten { get; set; }
}
