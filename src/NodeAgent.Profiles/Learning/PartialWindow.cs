// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Events.Time;

namespace NodeAgent.Profiles.Learning;

/// <summary>From the first to the last time at which something was missed, of what makes a profile partial.</summary>
/// <param name="FirstNs">Units: boot ns; 0 = nothing in this run of the agent, as the next.</param>
/// <param name="Carried">What former runs missed: a boot clock that is gone says nothing.</param>
internal readonly record struct PartialWindow(ulong FirstNs, ulong LastNs, WallInterval? Carried)
{
    /// <param name="fromNs">Units: boot ns.</param>
    /// <param name="toNs">Units: boot ns.</param>
    public PartialWindow With(ulong fromNs, ulong toNs) => this with
    {
        FirstNs = FirstNs == 0 ? Math.Max(fromNs, 1) : Math.Min(FirstNs, Math.Max(fromNs, 1)),
        LastNs = Math.Max(LastNs, toNs),
    };

    public PartialWindow With(WallInterval? carried) => this with { Carried = WallInterval.Unite(Carried, carried) };

    public PartialWindow Unite(PartialWindow other) => (other.FirstNs == 0 ? this : With(other.FirstNs, other.LastNs)).With(other.Carried);

    /// <summary>By the clock as it is set now: one that was wrong when something was missed does not matter.</summary>
    public WallInterval? ToWall(WallClock clock) => FirstNs == 0 ? Carried
        : WallInterval.Unite(Carried, new WallInterval(clock.ToUnixNs(FirstNs) / 1_000_000, clock.ToUnixNs(LastNs) / 1_000_000));
}
