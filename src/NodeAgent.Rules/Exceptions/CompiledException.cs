// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Cel;
using NodeAgent.Rules.Compilation;

namespace NodeAgent.Rules.Exceptions;

/// <summary>An exception that is in force until it expires. Immutable but for its counters, which an engine gives it.</summary>
/// <param name="index">Its place in the set.</param>
/// <param name="condition">Null = always.</param>
/// <param name="expiresUnixNs">Units: ns since 1970; <see cref="long.MaxValue"/> = never.</param>
internal sealed class CompiledException(
    int index, string name, string reason, IReadOnlyList<string> ruleIds, IReadOnlyList<string> ruleTags, ExceptionSelector selector, CelProgram? condition, long expiresUnixNs)
{
    public int Index { get; } = index;

    public string Name { get; } = name;

    public string Reason { get; } = reason;

    public ExceptionSelector Selector { get; } = selector;

    public CelProgram? Condition { get; } = condition;

    public long ExpiresUnixNs { get; } = expiresUnixNs;

    /// <summary>Set when an engine takes the set over, before its first event.</summary>
    public ExceptionState State { get; set; } = null!;

    public bool Names(RuleDescriptor rule) => Names(rule.Id, rule.Tags);

    public bool Names(string? id, IReadOnlyList<string>? tags) => (id is not null && ruleIds.Contains(id)) || tags?.Any(ruleTags.Contains) == true;
}
