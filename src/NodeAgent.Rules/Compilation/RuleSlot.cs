// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using NodeAgent.Cel;
using NodeAgent.Rules.Engine;

namespace NodeAgent.Rules.Compilation;

/// <summary>A rule of a set: what it is, and its compiled texts. Immutable but for the counters, which an engine gives it.</summary>
/// <param name="index">Its place in the set.</param>
internal sealed class CompiledRule(int index, RuleDescriptor descriptor, JsonElement? parameters, Prefilter? prefilter, CelProgram message, CelProgram uniqueId, bool counts)
{
    public int Index { get; } = index;

    public RuleDescriptor Descriptor { get; } = descriptor;

    /// <summary>Its <c>state</c>.</summary>
    public JsonElement? Parameters { get; } = parameters;

    /// <summary>Of its <c>state</c>; null = it looks at each event.</summary>
    public Prefilter? Prefilter { get; } = prefilter;

    public CelProgram Message { get; } = message;

    public CelProgram UniqueId { get; } = uniqueId;

    /// <summary>It uses <c>rate</c> or <c>first</c>.</summary>
    public bool Counts { get; } = counts;

    /// <summary>Set when an engine takes the set over, before its first event.</summary>
    public RuleState State { get; set; } = null!;
}

/// <summary>A rule under one type of event: all of its expressions for it must hold.</summary>
internal sealed class RuleSlot(CompiledRule rule, CelProgram[] programs)
{
    public readonly CompiledRule Rule = rule;
    public readonly CelProgram First = programs[0];
    public readonly CelProgram[] Rest = programs[1..];
}
