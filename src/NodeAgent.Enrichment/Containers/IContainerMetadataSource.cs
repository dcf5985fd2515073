// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Events.Identity;

namespace NodeAgent.Enrichment.Containers;

/// <summary>Somebody who knows more of a container than its cgroup path: a runtime's state files, the CRI.</summary>
public interface IContainerMetadataSource
{
    /// <summary>What an answer is worth: the source is asked for containers of which only less is known.</summary>
    IdentitySource Gives { get; }

    /// <summary>Whether it could answer, now or later. While a better source could, the question stays open.</summary>
    bool IsThere => true;

    /// <summary>Asked on a background task, again after a while when nobody knew.</summary>
    /// <returns>The completed identity, or null when this source does not know the container (yet).</returns>
    ValueTask<ContainerIdentity?> FindAsync(ContainerQuery query, CancellationToken cancellation);
}

/// <param name="CgroupId">The container's top cgroup.</param>
/// <param name="CgroupPath">Shape: <c>ByteText</c>, path in the cgroup2 tree.</param>
/// <param name="Known">What is known so far.</param>
public sealed record ContainerQuery(ulong CgroupId, string CgroupPath, ContainerIdentity Known);
