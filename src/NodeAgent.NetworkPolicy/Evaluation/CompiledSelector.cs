// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Api.Meta;

namespace NodeAgent.NetworkPolicy.Evaluation;

/// <summary>A label selector, checked; matching allocates nothing.</summary>
internal sealed class CompiledSelector
{
    private readonly List<Term> _terms = [];

    private CompiledSelector()
    {
    }

    private enum Operation
    {
        In,
        NotIn,
        Exists,
        DoesNotExist,
    }

    /// <param name="path">Where it stands, for <paramref name="faults"/>.</param>
    internal static CompiledSelector Of(LabelSelector selector, string path, List<string> faults)
    {
        var compiled = new CompiledSelector();
        foreach ((string key, string value) in selector.MatchLabels ?? new Dictionary<string, string>())
        {
            compiled._terms.Add(new Term(key, Operation.In, [value]));
        }

        IReadOnlyList<LabelSelectorRequirement> expressions = selector.MatchExpressions ?? [];
        for (int at = 0; at < expressions.Count; at++)
        {
            if (Check(expressions[at] ?? new LabelSelectorRequirement(), $"{path}.matchExpressions[{at}]", faults) is { } term)
            {
                compiled._terms.Add(term);
            }
        }

        return compiled;
    }

    /// <summary>Labels without which nothing matches.</summary>
    internal IReadOnlyList<KeyValuePair<string, string>> Required =>
        [.. _terms.Where(term => term is { Operation: Operation.In, Values.Count: 1 }).Select(term => KeyValuePair.Create(term.Key, term.Values.First()))];

    internal bool Matches(IReadOnlyDictionary<string, string> labels)
    {
        foreach (Term term in _terms)
        {
            bool has = labels.TryGetValue(term.Key, out string? value);
            bool holds = term.Operation switch
            {
                Operation.In => has && term.Values.Contains(value!),
                Operation.NotIn => !has || !term.Values.Contains(value!),
                Operation.Exists => has,
                _ => !has,
            };
            if (!holds)
            {
                return false;
            }
        }

        return true;
    }

    private static Term? Check(LabelSelectorRequirement requirement, string path, List<string> faults)
    {
        if (string.IsNullOrEmpty(requirement.Key))
        {
            faults.Add($"{path}.key: missing");
            return null;
        }

        // As the API server spells them: other cases are refused there.
        if (!Enum.TryParse(requirement.Operator, ignoreCase: false, out Operation operation) || !Enum.IsDefined(operation)
            || char.IsAsciiDigit(requirement.Operator![0]))
        {
            faults.Add($"{path}.operator: '{requirement.Operator}' is none of In, NotIn, Exists, DoesNotExist");
            return null;
        }

        bool wantsValues = operation is Operation.In or Operation.NotIn;
        if (requirement.Values is { Count: > 0 } != wantsValues)
        {
            faults.Add($"{path}.values: {(wantsValues ? "missing" : $"not allowed with {operation}")}");
            return null;
        }

        return new Term(requirement.Key, operation, [.. requirement.Values ?? []]);
    }

    private sealed record Term(string Key, Operation Operation, HashSet<string> Values);
}
