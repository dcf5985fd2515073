// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Rules.Counting;

namespace NodeAgent.Rules.Engine;

/// <summary>One rule in an engine: where it applies, and its counters, which stay when the rule is replaced. The loop's thread writes, metrics read.</summary>
internal sealed class RuleState(int index, string id)
{
    public readonly int Index = index;
    public readonly string Id = id;

    /// <summary>As of the set that is judged by.</summary>
    public RuleDescriptor Descriptor = null!;
    public RuleScopes Scopes;

    /// <summary>What the rule has counted; null when it counts nothing.</summary>
    public RuleMemory? Memory;

    public long Processed;
    public long Alerts;
    public long SuppressedByCooldown;
    public long SuppressedByProfile;

    /// <summary>Alerts that waited until it was known who the peer was, whom the profile allows.</summary>
    public long SuppressedByPeer;

    /// <summary>What the profile lets the process do.</summary>
    public long SuppressedByPolicy;

    /// <summary>Occurrences that exceptions kept back.</summary>
    public long SuppressedByException;
    public long Errors;

    /// <summary>Events that it was not asked about since it took too much of the processor.</summary>
    public long Throttled;

    /// <summary>Shape: all bits of it must be 0 in the number of an evaluation that is timed.</summary>
    public long SampleMask = RuleBudgets.Never;

    /// <summary>Units: of Stopwatch; what the timed evaluations of the running window took.</summary>
    public long WindowTicks;

    /// <summary>Containers for which it is, or lately was, throttled.</summary>
    public int Throttles;

    /// <summary>Units: of Stopwatch; what its expressions took, while that is measured.</summary>
    public long Ticks;

    /// <summary>Alerts that found the queue full.</summary>
    public long Dropped;
}
