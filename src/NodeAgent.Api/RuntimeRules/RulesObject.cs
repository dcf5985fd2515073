// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using NodeAgent.Api.Meta;

namespace NodeAgent.Api.RuntimeRules;

/// <summary>The API group of the rules; in a cluster its kinds are custom resources.</summary>
public static class RuntimeRulesGroup
{
    public const string Name = "kubescape.io";

    public const string Version = "v1";

    public const string ApiVersion = Name + "/" + Version;
}

/// <summary>A set of runtime rules.</summary>
public sealed record RulesObject
{
    public const string KindName = "Rules";
    public const string Plural = "rules";

    public string? ApiVersion { get; init; } = RuntimeRulesGroup.ApiVersion;

    public string? Kind { get; init; } = KindName;

    public ObjectMeta Metadata { get; init; } = new();

    public RulesSpec? Spec { get; init; }

    public RulesStatus? Status { get; init; }
}

public sealed record RulesSpec
{
    public IReadOnlyList<RuntimeRule>? Rules { get; init; }
}

public sealed record RuntimeRule
{
    public bool Enabled { get; init; }

    public string? Id { get; init; }

    public string? Name { get; init; }

    public string? Description { get; init; }

    /// <summary>What to do about an alert. Ours: Kubescape's rules have none.</summary>
    public string? Remediation { get; init; }

    /// <summary>What it is for and what only looks like it. Ours: Kubescape's rules have none.</summary>
    public RuleTextExamples? Examples { get; init; }

    public RuleExpressions? Expressions { get; init; }

    /// <summary>Shape: 0 = needs a profile, 1 = uses one when there is one, 2 = uses none.</summary>
    public int ProfileDependency { get; init; }

    public int Severity { get; init; }

    public bool SupportPolicy { get; init; }

    public bool IsTriggerAlert { get; init; }

    public string? MitreTechnique { get; init; }

    public string? MitreTactic { get; init; }

    public IReadOnlyList<string>? Tags { get; init; }

    /// <summary>Shape: an object that the rule's expressions read.</summary>
    public JsonElement? State { get; init; }

    /// <summary>Shape: a range of semantic versions.</summary>
    public string? AgentVersionRequirement { get; init; }

    /// <summary>Shape: part of a profile to <c>"all"</c> or a list of <c>{exact|prefix|suffix|contains: "…"}</c>.</summary>
    public IReadOnlyDictionary<string, JsonElement>? ProfileDataRequired { get; init; }
}

/// <summary>In words, for whoever looks at an alert.</summary>
public sealed record RuleTextExamples
{
    /// <summary>What the rule is to find.</summary>
    public string? TruePositive { get; init; }

    /// <summary>What it may find in a workload that is well.</summary>
    public string? FalsePositive { get; init; }
}

public sealed record RuleExpressions
{
    /// <summary>Shape: CEL that gives a text.</summary>
    public string? Message { get; init; }

    /// <summary>Shape: CEL that gives a text; alerts with the same one are one.</summary>
    public string? UniqueId { get; init; }

    public IReadOnlyList<RuleExpression>? RuleExpression { get; init; }
}

public sealed record RuleExpression
{
    public string? EventType { get; init; }

    /// <summary>Shape: CEL that gives true or false.</summary>
    public string? Expression { get; init; }
}

/// <summary>What became of the rules in the agents.</summary>
public sealed record RulesStatus
{
    /// <summary>The generation that the conditions are about.</summary>
    public long? ObservedGeneration { get; init; }

    public IReadOnlyList<Condition>? Conditions { get; init; }
}
