// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using NodeAgent.Api.Meta;

namespace NodeAgent.Api.RuntimeRules;

/// <summary>Which rules hold for which pods; cluster-scoped. An empty selector chooses all.</summary>
public sealed record RuntimeRuleAlertBinding
{
    public const string KindName = "RuntimeRuleAlertBinding";
    public const string Plural = "runtimerulealertbindings";

    public string? ApiVersion { get; init; } = RuntimeRulesGroup.ApiVersion;

    public string? Kind { get; init; } = KindName;

    public ObjectMeta Metadata { get; init; } = new();

    public RuntimeRuleAlertBindingSpec? Spec { get; init; }
}

public sealed record RuntimeRuleAlertBindingSpec
{
    public LabelSelector? NamespaceSelector { get; init; }

    public LabelSelector? PodSelector { get; init; }

    public IReadOnlyList<BoundRule>? Rules { get; init; }
}

/// <summary>Names rules by exactly one of <see cref="RuleID"/>, <see cref="RuleName"/> and <see cref="RuleTags"/>.</summary>
public sealed record BoundRule
{
    public string? RuleID { get; init; }

    public string? RuleName { get; init; }

    public IReadOnlyList<string>? RuleTags { get; init; }

    public string? Severity { get; init; }

    /// <summary>Shape: an object that takes the place of the rule's state.</summary>
    public JsonElement? Parameters { get; init; }
}
