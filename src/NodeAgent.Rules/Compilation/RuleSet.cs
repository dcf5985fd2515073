// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Cel;
using NodeAgent.Rules.Bindings;
using NodeAgent.Rules.Exceptions;
using NodeAgent.Rules.Expressions;

namespace NodeAgent.Rules.Compilation;

/// <summary>Rules as an engine judges by them: compiled once, by event type. An engine swaps it whole between two events.</summary>
public sealed class RuleSet
{
    internal RuleSet(IReadOnlyList<CompiledRule> rules, RuleSlot[][] slots, CelProgramSet[] programs, BindingSet bindings, IReadOnlyList<RuleIssue> issues, ExceptionSet exceptions)
    {
        (Compiled, Slots, Programs, Bindings, Issues, Exceptions) = (rules, slots, programs, bindings, issues, exceptions);
    }

    /// <summary>The rules that are judged by.</summary>
    public IReadOnlyList<RuleDescriptor> Rules => [.. Compiled.Select(rule => rule.Descriptor)];

    /// <summary>What is wrong with those that are not, and remarks.</summary>
    public IReadOnlyList<RuleIssue> Issues { get; }

    /// <summary>Rules that are not judged by since something is wrong with them.</summary>
    public int FailedCount => Issues.Where(issue => issue.IsError).Select(issue => issue.RuleId).Distinct(StringComparer.Ordinal).Count();

    /// <summary>What is wrong with exceptions that are not in force, and remarks. Shape of a part: <c>exception NAME, FIELD</c>.</summary>
    public IReadOnlyList<RuleIssue> ExceptionIssues => Exceptions.Issues;

    /// <summary>The event types that rules of the set look at.</summary>
    public IReadOnlyList<RuleEventType> EventTypes => [.. Enum.GetValues<RuleEventType>().Where(Judges)];

    /// <summary>Whether a rule of the set looks at events of the type.</summary>
    public bool Judges(RuleEventType type) => Slots[(int)type].Length > 0;

    internal IReadOnlyList<CompiledRule> Compiled { get; }

    /// <summary>By event type.</summary>
    internal RuleSlot[][] Slots { get; }

    /// <summary>By event type.</summary>
    internal CelProgramSet[] Programs { get; }

    internal BindingSet Bindings { get; }

    internal ExceptionSet Exceptions { get; }
}
