// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Api.RuntimeRules;
using NodeAgent.Cel;
using NodeAgent.Cel.Types;
using NodeAgent.Rules.Bindings;
using NodeAgent.Rules.Exceptions;
using NodeAgent.Rules.Expressions;

namespace NodeAgent.Rules.Compilation;

/// <summary>Compiles rules. One that does not compile is left out and told of; the others are not touched by it. Any thread.</summary>
internal sealed class RuleCompiler(RuleEnvironment environment, string agentVersion)
{
    /// <summary>Units: rules of a set; each of them costs every event of its type.</summary>
    public const int MaxRules = 2000;

    private readonly List<RuleIssue> _issues = [];
    private readonly List<CompiledRule> _compiled = [];
    private readonly List<(CompiledRule Rule, RuleEventType Type, string[] Texts)> _expressions = [];

    /// <param name="rules">Those that are enabled, each id once.</param>
    /// <param name="known">Those that bindings may name.</param>
    /// <param name="exceptions">Null = none.</param>
    /// <param name="labelsOfNamespace">For the selectors of exceptions; null = only names are known.</param>
    public RuleSet Compile(
        IReadOnlyList<RuntimeRule> rules, BindingSet bindings, IReadOnlyList<RuntimeRule> known,
        IReadOnlyList<RuleException>? exceptions = null, Func<string, IReadOnlyDictionary<string, string>?>? labelsOfNamespace = null)
    {
        foreach (RuntimeRule rule in rules.Take(MaxRules))
        {
            Add(rule);
        }

        foreach (RuntimeRule rule in rules.Skip(MaxRules))
        {
            _issues.Add(new RuleIssue(rule.Id ?? string.Empty, "rules", 0, 0, $"there are more than {MaxRules} rules"));
        }

        var slots = new RuleSlot[RuleEventTypes.Count][];
        var programs = new CelProgramSet[RuleEventTypes.Count];
        foreach (RuleEventType type in Enum.GetValues<RuleEventType>())
        {
            (slots[(int)type], programs[(int)type]) = Together(type);
        }

        _issues.AddRange(bindings.Unmatched(known));
        return new RuleSet(
            [.. _compiled], slots, programs, bindings, [.. _issues], ExceptionSet.Of(exceptions ?? [], _compiled, known, environment.Cel, labelsOfNamespace));
    }

    private void Add(RuntimeRule rule)
    {
        int before = _issues.Count;
        RuleFields fields = RuleFields.Read(rule, agentVersion, _issues);
        CelProgram? message = Text(rule, "message", rule.Expressions?.Message);
        CelProgram? uniqueId = Text(rule, "uniqueId", rule.Expressions?.UniqueId);
        foreach ((RuleEventType type, string text) in fields.Expressions)
        {
            Check(rule, $"{RuleEventTypes.NameOf(type)} expression", text, CelType.Bool);
        }

        if (_issues.Skip(before).Any(issue => issue.IsError) || !fields.IsMet || message is null || uniqueId is null)
        {
            return;
        }

        var compiled = new CompiledRule(_compiled.Count, fields.Descriptor, rule.State, Prefilter.Parse(rule.State, null, out string? fault), message, uniqueId, fields.Counts);
        if (fault is not null)
        {
            _issues.Add(new RuleIssue(rule.Id!, "state", 0, 0, fault));
            return;
        }

        _compiled.Add(compiled);
        foreach (var byType in fields.Expressions.GroupBy(one => one.Type))
        {
            _expressions.Add((compiled, byType.Key, [.. byType.Select(one => one.Text)]));
        }
    }

    private CelProgram? Text(RuntimeRule rule, string part, string? text)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            _issues.Add(new RuleIssue(rule.Id ?? string.Empty, part, 0, 0, "is missing"));
            return null;
        }

        return Check(rule, part, text, CelType.String);
    }

    private CelProgram? Check(RuntimeRule rule, string part, string text, CelType result)
    {
        bool compiles = environment.Cel.TryCompile(text, result, out CelProgram? program, out IReadOnlyList<CelIssue> issues);
        foreach (CelIssue issue in issues.Concat(program?.Warnings ?? []))
        {
            _issues.Add(new RuleIssue(rule.Id ?? string.Empty, part, issue.Line, issue.Column, issue.Message));
        }

        return compiles ? program : null;
    }

    // What several rules ask of one event is found once.
    private (RuleSlot[] Slots, CelProgramSet Programs) Together(RuleEventType type)
    {
        (CompiledRule Rule, RuleEventType Type, string[] Texts)[] all = [.. _expressions.Where(one => one.Type == type)];
        CelProgramSet set = environment.Cel.CompileSet([.. all.SelectMany(one => one.Texts)], CelType.Bool, out _);
        var slots = new RuleSlot[all.Length];
        int at = 0;
        for (int i = 0; i < all.Length; i++)
        {
            slots[i] = new RuleSlot(all[i].Rule, [.. set.Programs.Skip(at).Take(all[i].Texts.Length).Select(program => program!)]);
            at += all[i].Texts.Length;
        }

        return (slots, set);
    }
}
