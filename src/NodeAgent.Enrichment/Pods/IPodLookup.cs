// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.CodeAnalysis;

namespace NodeAgent.Enrichment.Pods;

/// <summary>The pods of this node as the API server knows them. It may know a pod before or after its containers are seen.</summary>
public interface IPodLookup
{
    /// <summary>Any thread; no waiting, no allocation.</summary>
    /// <param name="podUid">As the cgroup path has it.</param>
    bool TryFind(string podUid, [NotNullWhen(true)] out PodRecord? pod);

    /// <summary>Gives each pod of which more became known, once. For the loop's thread.</summary>
    bool TryTakeChanged([NotNullWhen(true)] out PodRecord? pod);
}
