// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text.RegularExpressions;
using NodeAgent.Api.Meta;
using NodeAgent.Api.RuntimeRules;
using NodeAgent.Cel;
using NodeAgent.Cel.Types;
using NodeAgent.Rules.Bindings;
using NodeAgent.Rules.Compilation;
using NodeAgent.Rules.Expressions;

namespace NodeAgent.Rules.Exceptions;

/// <summary>Checks exceptions and compiles their conditions. What has any fault is not in force: it would keep back less or more than is meant.</summary>
/// <remarks>All types of event share the names that conditions may use, so a condition that compiles does for each event of the rules that are named.</remarks>
internal sealed partial class ExceptionReader(CelEnvironment environment, Func<string, IReadOnlyDictionary<string, string>?>? labelsOfNamespace)
{
    private const int LongestText = 1024;

    /// <param name="index">Its place among those in force.</param>
    /// <returns>Null when something is wrong, which is then among the issues.</returns>
    public CompiledException? Read(RuleException exception, int index, List<RuleIssue> issues)
    {
        string name = exception.Metadata?.Name ?? string.Empty;
        int before = issues.Count;
        if (exception.Spec is not { } spec)
        {
            issues.Add(Issue(name, "spec", "is missing"));
            return null;
        }

        var selector = new ExceptionSelector(spec, labelsOfNamespace);
        issues.AddRange(FaultsOf(name, spec, selector).Select(fault => Issue(name, fault.Field, fault.Text)));
        long expires = long.MaxValue;
        if (!string.IsNullOrEmpty(spec.ExpiresAt) && !TryReadTime(spec.ExpiresAt, out expires))
        {
            issues.Add(Issue(name, "expiresAt", $"'{spec.ExpiresAt}' is no time of RFC 3339, such as 2030-01-31T00:00:00Z"));
        }

        CelProgram? condition = string.IsNullOrWhiteSpace(spec.Condition) ? null : Compile(name, spec.Condition, issues);
        return issues.Count > before ? null : new CompiledException(
            index, name, spec.Reason!, [.. spec.RuleIds ?? []], [.. spec.RuleTags ?? []], selector, condition, expires);
    }

    public static RuleIssue Issue(string name, string field, string fault, int line = 0, int column = 0, bool isError = true) =>
        new(string.Empty, $"exception {name}, {field}", line, column, fault, isError);

    private static IEnumerable<(string Field, string Text)> FaultsOf(string name, RuleExceptionSpec spec, ExceptionSelector selector)
    {
        if (name.Length is 0 or > 253)
        {
            yield return ("metadata.name", "is missing, or longer than 253 characters");
        }

        if (spec.RuleIds is null or { Count: 0 } && spec.RuleTags is null or { Count: 0 })
        {
            yield return ("ruleIds", "names no rule, and ruleTags none either");
        }

        if (string.IsNullOrWhiteSpace(spec.Reason) || spec.Reason.Length > LongestText)
        {
            yield return ("reason", $"is missing, or longer than {LongestText} characters");
        }

        if (selector.IsEmpty && string.IsNullOrWhiteSpace(spec.Condition) && !spec.AcceptAll)
        {
            yield return ("acceptAll", "must be true for an exception without any selector or condition: it makes its rules quiet everywhere");
        }

        foreach ((string field, LabelSelector? labels) in ((string, LabelSelector?)[])[("namespaceSelector", spec.NamespaceSelector), ("podSelector", spec.PodSelector)])
        {
            if (LabelMatch.FaultOf(labels) is { } fault)
            {
                yield return (field, fault);
            }
        }
    }

    private CelProgram? Compile(string name, string text, List<RuleIssue> issues)
    {
        bool compiles = environment.TryCompile(text, CelType.Bool, out CelProgram? program, out IReadOnlyList<CelIssue> found);
        issues.AddRange(found.Concat(program?.Warnings ?? []).Select(issue => Issue(name, "condition", issue.Message, issue.Line, issue.Column)));

        // It would count among what the rule counts, and only when the rule fires.
        if (CountingCall().IsMatch(Literal().Replace(text, "''")))
        {
            issues.Add(Issue(name, "condition", "rate, seen and first are for rules only"));
        }

        return compiles ? program : null;
    }

    private static bool TryReadTime(string text, out long unixNs)
    {
        unixNs = long.MaxValue;
        if (!Rfc3339().IsMatch(text) || !DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.None, out DateTimeOffset time))
        {
            return false;
        }

        // What does not fit into 64 bits of ns (the year 2262) is never.
        long ticks = time.UtcTicks - DateTimeOffset.UnixEpoch.Ticks;
        unixNs = ticks > long.MaxValue / 100 ? long.MaxValue : Math.Max(ticks, 0) * 100;
        return true;
    }

    [GeneratedRegex(@"\b(rate|seen|first)\s*\(", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex CountingCall();

    [GeneratedRegex("\"([^\"\\\\]|\\\\.)*\"|'([^'\\\\]|\\\\.)*'", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Literal();

    [GeneratedRegex(@"^\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}:\d{2}(\.\d{1,9})?([Zz]|[+-]\d{2}:\d{2})\z", RegexOptions.CultureInvariant)]
    private static partial Regex Rfc3339();
}
