// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Api.Json;
using NodeAgent.Api.RuntimeRules;
using NodeAgent.Storage.Resources.Columns;

namespace NodeAgent.Storage.Resources.Kinds;

/// <summary>Rules, where they hold and what they need not tell of. In a cluster the API server has them as custom resources.</summary>
internal static class RuntimeRuleKinds
{
    public static IReadOnlyList<ResourceDefinition> All { get; } =
    [
        new()
        {
            Group = RuntimeRulesGroup.Name,
            Version = RuntimeRulesGroup.Version,
            Kind = RuleException.KindName,
            Plural = RuleException.Plural,
            Singular = "ruleexception",
            Categories = ["kubescape"],
            Namespaced = false,
            HasStatus = true,
            StandAloneOnly = true,
            Verbs = ResourceVerbs.Stored,
            Type = RuleJsonContext.Readable.RuleException,
            Columns = AgentColumns.Exception,
        },
        new()
        {
            Group = RuntimeRulesGroup.Name,
            Version = RuntimeRulesGroup.Version,
            Kind = RulesObject.KindName,
            Plural = RulesObject.Plural,
            Singular = "rule",
            Categories = ["kubescape"],
            Namespaced = true,
            HasStatus = true,
            StandAloneOnly = true,
            Verbs = ResourceVerbs.Stored,
            Type = RuleJsonContext.Readable.RulesObject,
            Columns = AgentColumns.Rules,
        },
        new()
        {
            Group = RuntimeRulesGroup.Name,
            Version = RuntimeRulesGroup.Version,
            Kind = RuntimeRuleAlertBinding.KindName,
            Plural = RuntimeRuleAlertBinding.Plural,
            Singular = "runtimerulealertbinding",
            ShortNames = ["rab"],
            Categories = ["kubescape"],
            Namespaced = false,
            StandAloneOnly = true,
            Verbs = ResourceVerbs.Stored,
            Type = RuleJsonContext.Readable.RuntimeRuleAlertBinding,
            Columns = AgentColumns.Binding,
        },
    ];
}
