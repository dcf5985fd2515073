// SPDX-License-Identifier: Apache-2.0
using System.Runtime.CompilerServices;
using NodeAgent.Api.RuntimeRules;
using NodeAgent.Events.Identity;
using NodeAgent.Rules.Compilation;

namespace NodeAgent.Rules.Bindings;

/// <summary>Which rules hold for which units. Immutable but for what it remembers of the rules of one set; for the loop's thread.</summary>
/// <remarks>Without any binding each rule holds everywhere.</remarks>
public sealed class BindingSet
{
    private readonly Binding[] _bindings;
    private readonly ConditionalWeakTable<ContainerIdentity, Bound[]> _known = [];
    private ContainerIdentity? _last;
    private Bound[]? _lastBound;

    /// <param name="bindings">As they are written.</param>
    /// <param name="labelsOfNamespace">Null, or gives null, = only its name is known.</param>
    public BindingSet(IReadOnlyList<RuntimeRuleAlertBinding> bindings, Func<string, IReadOnlyDictionary<string, string>?>? labelsOfNamespace = null)
    {
        var issues = new List<RuleIssue>();
        _bindings = [.. bindings.OrderBy(one => one.Metadata.Name, StringComparer.Ordinal).Select(one => Binding.Read(one, labelsOfNamespace, issues)).OfType<Binding>()];
        HoldsEverywhere = bindings.Count == 0;
        Issues = issues;
    }

    public static BindingSet Everywhere { get; } = new([]);

    public bool HoldsEverywhere { get; }

    /// <summary>What is wrong with the bindings.</summary>
    public IReadOnlyList<RuleIssue> Issues { get; }

    /// <summary>How each rule of the set holds for a unit.</summary>
    /// <returns>By the rule's place in the set.</returns>
    internal Bound[] Of(ContainerIdentity identity, IReadOnlyList<CompiledRule> rules)
    {
        if (!ReferenceEquals(identity, _last) || _lastBound is null)
        {
            if (!_known.TryGetValue(identity, out Bound[]? bound))
            {
                bound = Find(identity, rules);
                _known.AddOrUpdate(identity, bound);
            }

            (_last, _lastBound) = (identity, bound);
        }

        return _lastBound;
    }

    /// <summary>What bindings name that no rule is.</summary>
    internal IEnumerable<RuleIssue> Unmatched(IReadOnlyList<RuntimeRule> rules) => Issues.Concat(
        from binding in _bindings
        from wanted in binding.Rules
        where !rules.Any(rule => wanted.Names(rule.Id, rule.Name, rule.Tags))
        select new RuleIssue(wanted.Text, $"binding {binding.Name}", 0, 0, "no rule is named so", IsError: false));

    private Bound[] Find(ContainerIdentity identity, IReadOnlyList<CompiledRule> rules)
    {
        Binding[] holding = [.. _bindings.Where(binding => binding.Selects(identity))];
        return [.. rules.Select(rule => new Bound([.. holding.SelectMany(binding => binding.Rules).Where(one => one.Names(rule.Descriptor.Id, rule.Descriptor.Name, rule.Descriptor.Tags)).Select(one => one.How(rule))]))];
    }
}

/// <summary>How one rule holds for one unit: in any of these ways; in none, not at all.</summary>
internal readonly record struct Bound(BoundWay[] Ways);

/// <param name="Severity">Null = the rule's own.</param>
/// <param name="Prefilter">Null = nothing is left out.</param>
internal sealed record BoundWay(int? Severity, Prefilter? Prefilter);
