// SPDX-License-Identifier: Apache-2.0
using System.Runtime.CompilerServices;
using NodeAgent.Api.RuntimeRules;
using NodeAgent.Cel;
using NodeAgent.Events.Identity;
using NodeAgent.Rules.Compilation;

namespace NodeAgent.Rules.Exceptions;

/// <summary>The exceptions of a set of rules. Immutable but for what it remembers of units; for the loop's thread.</summary>
internal sealed class ExceptionSet
{
    /// <summary>Units: exceptions of a set; each of a rule is asked when that rule fires.</summary>
    public const int MaxExceptions = 1000;

    private readonly CompiledException[][] _byRule;
    private readonly ConditionalWeakTable<ContainerIdentity, bool[]> _known = [];
    private readonly HashSet<string> _failed;

    private ExceptionSet(CompiledException[] all, IReadOnlyList<CompiledRule> rules, HashSet<string> failed, IReadOnlyList<RuleIssue> issues)
    {
        All = all;
        Issues = issues;
        _failed = failed;
        _byRule = [.. rules.Select(rule => all.Where(one => one.Names(rule.Descriptor)).ToArray())];
        NextExpiryUnixNs = all.Length == 0 ? long.MaxValue : all.Min(one => one.ExpiresUnixNs);
    }

    /// <summary>Those that are in force until they expire.</summary>
    public IReadOnlyList<CompiledException> All { get; }

    /// <summary>What is wrong with the others, and remarks.</summary>
    public IReadOnlyList<RuleIssue> Issues { get; }

    /// <summary>Exceptions that are not in force since something is wrong with them.</summary>
    public int FailedCount => _failed.Count;

    /// <summary>When the first of them expires, told or not.</summary>
    public long NextExpiryUnixNs { get; }

    /// <param name="exceptions">Of several with one name the first holds.</param>
    /// <param name="compiled">The rules that are judged by.</param>
    /// <param name="known">Those that exceptions may name.</param>
    public static ExceptionSet Of(
        IReadOnlyList<RuleException> exceptions, IReadOnlyList<CompiledRule> compiled, IReadOnlyList<RuntimeRule> known, CelEnvironment environment,
        Func<string, IReadOnlyDictionary<string, string>?>? labelsOfNamespace)
    {
        var reader = new ExceptionReader(environment, labelsOfNamespace);
        var issues = new List<RuleIssue>();
        var all = new List<CompiledException>();
        var names = new HashSet<string>(StringComparer.Ordinal);
        var failed = new HashSet<string>(StringComparer.Ordinal);
        foreach (RuleException exception in exceptions)
        {
            string name = exception.Metadata?.Name ?? string.Empty;
            if (!names.Add(name) || all.Count >= MaxExceptions)
            {
                issues.Add(ExceptionReader.Issue(name, "metadata.name", all.Count >= MaxExceptions ? $"there are more than {MaxExceptions} exceptions" : "is there twice: the first holds"));
                failed.Add(name);
            }
            else if (reader.Read(exception, all.Count, issues) is { } one)
            {
                all.Add(one);
            }
            else
            {
                failed.Add(name);
            }
        }

        issues.AddRange(all.Where(one => !known.Any(rule => one.Names(rule.Id, rule.Tags))).Select(one => ExceptionReader.Issue(one.Name, "ruleIds", "no rule is named so", isError: false)));
        return new ExceptionSet([.. all], compiled, failed, issues);
    }

    public int ExpiredCount(long unixNs) => All.Count(one => one.ExpiresUnixNs <= unixNs);

    /// <summary>The first exception that holds for what a rule found.</summary>
    /// <param name="unixNs">Units: ns since 1970 of the event.</param>
    /// <param name="onError">Called for a condition that fails: its exception does not hold.</param>
    public CompiledException? Find(CompiledRule rule, CelContext context, ContainerIdentity identity, long unixNs, Action<CompiledException, CelContext> onError)
    {
        CompiledException[] ofRule = _byRule[rule.Index];
        if (ofRule.Length == 0)
        {
            return null;
        }

        bool[] selected = SelectedFor(identity);
        foreach (CompiledException exception in ofRule)
        {
            if (!selected[exception.Index] || exception.ExpiresUnixNs <= unixNs)
            {
                continue;
            }

            bool holds = true;
            if (exception.Condition is { } condition && !condition.TryEvaluateBool(context, out holds))
            {
                onError(exception, context);
                holds = false;
            }

            if (holds)
            {
                return exception;
            }
        }

        return null;
    }

    private bool[] SelectedFor(ContainerIdentity identity)
    {
        if (!_known.TryGetValue(identity, out bool[]? selected))
        {
            selected = Select(identity);
            _known.AddOrUpdate(identity, selected);
        }

        return selected;
    }

    // Apart: its closure would be made for each question.
    private bool[] Select(ContainerIdentity identity) => [.. All.Select(exception => exception.Selector.Selects(identity))];
}
