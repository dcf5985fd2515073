// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Api.Meta;

namespace NodeAgent.Api.RuntimeRules;

/// <summary>What rules need not tell of, for whom, until when, and why; cluster-scoped, since it makes detection quiet.</summary>
public sealed record RuleException
{
    public const string KindName = "RuleException";
    public const string Plural = "ruleexceptions";

    public string? ApiVersion { get; init; } = RuntimeRulesGroup.ApiVersion;

    public string? Kind { get; init; } = KindName;

    public ObjectMeta Metadata { get; init; } = new();

    public RuleExceptionSpec? Spec { get; init; }

    public RulesStatus? Status { get; init; }
}

/// <summary>All that is set must hold. Without a selector and a condition it takes <see cref="AcceptAll"/>.</summary>
public sealed record RuleExceptionSpec
{
    /// <summary>Shape: ids of rules; with <see cref="RuleTags"/> at least one.</summary>
    public IReadOnlyList<string>? RuleIds { get; init; }

    /// <summary>Shape: tags of rules, of which a rule needs one.</summary>
    public IReadOnlyList<string>? RuleTags { get; init; }

    public LabelSelector? NamespaceSelector { get; init; }

    public LabelSelector? PodSelector { get; init; }

    public ExceptedWorkload? Workload { get; init; }

    public string? ContainerName { get; init; }

    /// <summary>Shape: the image as alerts name it, or its digest.</summary>
    public string? Image { get; init; }

    /// <summary>Shape: CEL over what rules see, that gives true or false; empty = always.</summary>
    public string? Condition { get; init; }

    /// <summary>Says that an exception without selector and condition is meant: the rules are quiet everywhere.</summary>
    public bool AcceptAll { get; init; }

    /// <summary>Shape: RFC 3339; null = never.</summary>
    public string? ExpiresAt { get; init; }

    public string? Reason { get; init; }

    public string? CreatedBy { get; init; }
}

/// <summary>What is null may be anything.</summary>
public sealed record ExceptedWorkload
{
    public string? Kind { get; init; }

    public string? Name { get; init; }
}
