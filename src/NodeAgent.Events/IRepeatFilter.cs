// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Events.Wire;

namespace NodeAgent.Events;

/// <summary>What is not told again, since it was told before. To forget is always right and costs one event for each thing.</summary>
/// <remarks>All members may be called by any thread; none throws for a cgroup that is gone.</remarks>
public interface IRepeatFilter
{
    /// <summary>Everything that this container does is told once more: its learning began anew, or events of it were lost.</summary>
    void Forget(ulong cgroupId);

    /// <summary>The same of all containers: a new set of rules, or a loss whose owner is unknown.</summary>
    void ForgetAll();

    /// <summary>Every occurrence of these kinds in this container is told: a rule wants to count them, or to see who did it.</summary>
    /// <param name="kinds">Replaces what was said before; empty = filter all again.</param>
    void TellAlways(ulong cgroupId, params ReadOnlySpan<EventKind> kinds);
}
