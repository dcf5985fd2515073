// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Events.Identity;

namespace NodeAgent.Enrichment.Cgroups;

/// <summary>What a cgroup path says about its owner.</summary>
/// <param name="Kind">What the cgroup belongs to.</param>
/// <param name="Runtime">Shape: containerd, cri-o, docker, podman, runc …; empty when the path does not tell.</param>
/// <param name="ContainerId">Shape: 64 lower-case hex digits, or a runtime's own name; empty when this is no container.</param>
/// <param name="Name">The unit's name as its owner knows it: unit file name, machine name, cgroup name; empty for hex ids.</param>
/// <param name="PodUid">Shape: 8-4-4-4-12 lower-case hex, static pods 32 hex; empty outside pods.</param>
/// <param name="TopLength">Units: bytes of the path up to and with the unit's top cgroup.</param>
/// <param name="ParentTopLength">The same for the container around it; 0 = none.</param>
public readonly record struct CgroupUnit(
    UnitKind Kind,
    string Runtime,
    string ContainerId,
    string Name,
    string PodUid,
    int TopLength,
    int ParentTopLength);
