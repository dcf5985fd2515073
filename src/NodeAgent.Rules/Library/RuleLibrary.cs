// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.Reflection;
using NodeAgent.Api.RuntimeRules;
using NodeAgent.Rules.Loading;

namespace NodeAgent.Rules.Library;

/// <summary>The rules that come with the agent: the YAML files of this folder.</summary>
public static class RuleLibrary
{
    /// <summary>By id; those that are not enabled too.</summary>
    public static ImmutableArray<RuntimeRule> Rules { get; } = [.. Read().OrderBy(rule => rule.Id, StringComparer.Ordinal)];

    /// <summary>Shape: the ids, in order.</summary>
    public static ImmutableArray<string> Ids { get; } = [.. Rules.Select(rule => rule.Id!)];

    private static IEnumerable<RuntimeRule> Read()
    {
        Assembly own = typeof(RuleLibrary).Assembly;
        foreach (string name in own.GetManifestResourceNames().Where(name => name.StartsWith("Library/", StringComparison.Ordinal)))
        {
            using var text = new StreamReader(own.GetManifestResourceStream(name)!);
            foreach (RuntimeRule rule in RuleDocuments.Parse(text).Rules.SelectMany(one => one.Spec?.Rules ?? []))
            {
                yield return rule;
            }
        }
    }
}
