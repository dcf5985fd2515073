// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Enrichment.Cgroups;

namespace NodeAgent.Tests.Pipeline;

/// <summary>A machine with the root cgroup and nothing else; what there is more is told by events.</summary>
internal sealed class OneCgroupTree : ICgroupTree
{
    public bool TryGetId(string path, out ulong cgroupId)
    {
        cgroupId = path == "/" ? 1u : 0u;
        return cgroupId != 0;
    }

    public string? PathOf(uint pid) => null;

    public IEnumerable<CgroupDirectory> Walk(int limit) => [new CgroupDirectory("/", 1)];
}
