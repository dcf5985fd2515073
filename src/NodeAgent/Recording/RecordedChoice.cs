// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Events.Identity;
using NodeAgent.Pipeline;

namespace NodeAgent.Recording;

/// <summary>Which units are recorded: those that are named, and what runs inside them.</summary>
/// <param name="names">Shape: as <c>node-agent trace --container</c> takes them, or the path of a cgroup.</param>
internal sealed class RecordedChoice(IReadOnlyList<string> names)
{
    private const int MaxNesting = 16;
    private readonly TraceFilter[] _filters = [.. names.Select(name => new TraceFilter(TraceKind.All, name, null))];

    public bool Takes(ContainerInfo container)
    {
        ContainerInfo? at = container;
        for (int depth = 0; at is not null && depth < MaxNesting; depth++, at = at.Parent)
        {
            if (names.Contains(at.CgroupPath) || Array.Exists(_filters, filter => filter.Accepts(TraceKind.All, at)))
            {
                return true;
            }
        }

        return false;
    }
}
