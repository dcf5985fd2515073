// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text.Json;
using NodeAgent.Api.Meta;
using NodeAgent.Api.RuntimeRules;
using NodeAgent.Events.Identity;
using NodeAgent.Rules.Compilation;

namespace NodeAgent.Rules.Bindings;

/// <summary>One binding, checked: whom it selects, and which rules it names.</summary>
internal sealed class Binding
{
    private const string NameLabel = "kubernetes.io/metadata.name";

    private readonly LabelSelector? _namespaces;
    private readonly LabelSelector? _pods;
    private readonly Func<string, IReadOnlyDictionary<string, string>?>? _labelsOfNamespace;

    private Binding(string name, RuntimeRuleAlertBindingSpec spec, NamedRule[] rules, Func<string, IReadOnlyDictionary<string, string>?>? labelsOfNamespace)
    {
        Name = name;
        _namespaces = spec.NamespaceSelector;
        _pods = spec.PodSelector;
        Rules = rules;
        _labelsOfNamespace = labelsOfNamespace;
    }

    public string Name { get; }

    public IReadOnlyList<NamedRule> Rules { get; }

    /// <returns>Null when nothing of it can be used; what is wrong is among the issues.</returns>
    public static Binding? Read(RuntimeRuleAlertBinding binding, Func<string, IReadOnlyDictionary<string, string>?>? labelsOfNamespace, List<RuleIssue> issues)
    {
        string name = binding.Metadata.Name ?? string.Empty;
        string part = $"binding {name}";
        if (binding.Spec is not { } spec)
        {
            issues.Add(new RuleIssue(string.Empty, part, 0, 0, "has no spec"));
            return null;
        }

        foreach ((string field, LabelSelector? selector) in (ReadOnlySpan<(string, LabelSelector?)>)[("namespaceSelector", spec.NamespaceSelector), ("podSelector", spec.PodSelector)])
        {
            if (LabelMatch.FaultOf(selector) is { } fault)
            {
                issues.Add(new RuleIssue(string.Empty, part, 0, 0, $"{field}: {fault}"));
                return null;
            }
        }

        var rules = new List<NamedRule>();
        foreach (BoundRule? rule in spec.Rules ?? [])
        {
            if (NamedRule.Read(rule, out string? fault) is { } named)
            {
                rules.Add(named);
            }
            else
            {
                issues.Add(new RuleIssue(string.Empty, part, 0, 0, fault!));
            }
        }

        return new Binding(name, spec, [.. rules], labelsOfNamespace);
    }

    public bool Selects(ContainerIdentity identity)
    {
        // Of a pod of which only the cgroup is known yet nobody can say whose it is: an attack must not profit from that.
        if (identity.PodName.Length == 0 && identity.PodUid.Length > 0)
        {
            return true;
        }

        return (AreLabelsUntold(identity) || LabelMatch.Holds(_pods, identity.PodLabels)) && LabelMatch.Holds(_namespaces, LabelsOf(identity.PodNamespace.Length > 0 ? identity.PodNamespace : identity.Workload.Namespace));
    }

    // A pod that a request names and that could not be looked up: nobody told its uid either.
    private static bool AreLabelsUntold(ContainerIdentity identity) =>
        identity.Source == IdentitySource.CgroupPath && identity.PodName.Length > 0 && identity.PodUid.Length == 0 && identity.PodLabels.Count == 0;

    private IReadOnlyDictionary<string, string> LabelsOf(string space) =>
        _labelsOfNamespace?.Invoke(space) ?? new Dictionary<string, string>(1) { [NameLabel] = space };
}

/// <summary>How a binding names rules, and what it changes of them.</summary>
internal sealed class NamedRule
{
    private readonly string? _id;
    private readonly string? _name;
    private readonly string[] _tags;
    private readonly int? _severity;
    private readonly JsonElement? _parameters;

    private NamedRule(BoundRule rule, int? severity)
    {
        (_id, _name, _tags, _severity, _parameters) = (rule.RuleID, rule.RuleName, [.. rule.RuleTags ?? []], severity, rule.Parameters);
        Text = _id ?? _name ?? string.Join(',', _tags);
    }

    /// <summary>As the binding writes it.</summary>
    public string Text { get; }

    public static NamedRule? Read(BoundRule? rule, out string? fault)
    {
        int ways = (string.IsNullOrEmpty(rule?.RuleID) ? 0 : 1) + (string.IsNullOrEmpty(rule?.RuleName) ? 0 : 1) + (rule?.RuleTags is { Count: > 0 } ? 1 : 0);
        fault = ways == 1 ? null : "a rule needs exactly one of ruleID, ruleName and ruleTags";
        int? severity = null;
        if (fault is null && rule!.Severity is { Length: > 0 } text && (severity = SeverityOf(text)) is null)
        {
            fault = $"severity '{text}' is neither low, medium, high, critical nor a number from 0 to 10";
        }

        if (fault is null && Prefilter.Parse(null, rule!.Parameters, out string? wrong) is null && wrong is not null)
        {
            fault = $"parameters: {wrong}";
        }

        return fault is null ? new NamedRule(rule!, severity) : null;
    }

    public bool Names(string? id, string? name, IReadOnlyList<string>? tags) =>
        _id is { Length: > 0 } ? id == _id : _name is { Length: > 0 } ? name == _name : tags?.Any(_tags.Contains) == true;

    public BoundWay How(CompiledRule rule) =>
        new(_severity, _parameters is null ? rule.Prefilter : Prefilter.Parse(rule.Parameters, _parameters, out _));

    private static int? SeverityOf(string text) => text.ToLowerInvariant() switch
    {
        "none" => 0,
        "low" => 1,
        "med" or "medium" => 5,
        "high" => 8,
        "critical" => 10,
        _ => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number <= 10 ? number : null,
    };
}
