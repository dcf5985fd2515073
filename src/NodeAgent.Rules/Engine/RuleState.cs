// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Rules.Engine;

/// <summary>One rule in an engine: where it applies, and its counters. The loop's thread writes, metrics read.</summary>
internal sealed class RuleState(int index, RuleDescriptor descriptor, RuleScopes scopes)
{
    public readonly int Index = index;
    public readonly RuleDescriptor Descriptor = descriptor;
    public readonly RuleScopes Scopes = scopes;

    public long Processed;
    public long Alerts;
    public long SuppressedByCooldown;
    public long SuppressedByProfile;

    /// <summary>Alerts that waited until it was known who the peer was, whom the profile allows.</summary>
    public long SuppressedByPeer;
    public long Errors;

    /// <summary>Alerts that found the queue full.</summary>
    public long Dropped;
}

/// <summary>One rule under one kind of event.</summary>
internal sealed class RuleSlot<TEvent>(IRule<TEvent> rule, RuleState state)
    where TEvent : struct, allows ref struct
{
    public readonly IRule<TEvent> Rule = rule;
    public readonly RuleState State = state;
}
