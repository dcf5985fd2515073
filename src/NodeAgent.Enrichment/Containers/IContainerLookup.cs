// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Events.Identity;

namespace NodeAgent.Enrichment.Containers;

/// <summary>Who answers for the container table. It is asked on the loop's thread and never waits; what it finds is taken at a later tick.</summary>
public interface IContainerLookup
{
    /// <summary>Whether anybody knows more of containers than the paths of their cgroups.</summary>
    bool HasSources { get; }

    /// <returns>False: not now; the table asks again.</returns>
    bool TryAskPath(CgroupMiss miss);

    /// <returns>False: not now; the table asks again.</returns>
    bool TryAskMetadata(ContainerInfo container);

    bool TryTake(out LookupAnswer answer);
}

/// <param name="CgroupId">The unknown cgroup.</param>
/// <param name="Pid">A process in it, or 0.</param>
public readonly record struct CgroupMiss(ulong CgroupId, uint Pid);
