// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Api.RuntimeRules;
using NodeAgent.Rules.Compilation;

namespace NodeAgent.Rules.Loading;

/// <summary>The rules of several objects as one list, each id once.</summary>
/// <remarks>
/// Copies that are not enabled are left out first, so a copy that is enabled in any object holds; of several the first holds, by the names of the
/// objects. What is left out so is said. A rule that is enabled nowhere stays, and is off.
/// </remarks>
internal static class RuleMerge
{
    public static IReadOnlyList<RuntimeRule> Merge(IEnumerable<RulesObject> objects, List<RuleIssue> issues)
    {
        var merged = new Dictionary<string, (RuntimeRule Rule, string Object)>(StringComparer.Ordinal);
        var off = new Dictionary<string, (RuntimeRule Rule, string Object)>(StringComparer.Ordinal);
        var nameless = new List<RuntimeRule>();
        foreach (RulesObject one in objects.OrderBy(one => one.Metadata.Namespace, StringComparer.Ordinal).ThenBy(one => one.Metadata.Name, StringComparer.Ordinal))
        {
            string name = one.Metadata.Name ?? string.Empty;
            foreach (RuntimeRule rule in one.Spec?.Rules?.Where(rule => rule is not null) ?? [])
            {
                if (string.IsNullOrEmpty(rule.Id))
                {
                    nameless.Add(rule);
                }
                else if (!rule.Enabled)
                {
                    off.TryAdd(rule.Id, (rule, name));
                }
                else if (!merged.TryAdd(rule.Id, (rule, name)))
                {
                    issues.Add(new RuleIssue(rule.Id, $"Rules {name}", 0, 0, $"is also in {merged[rule.Id].Object}, whose copy holds", IsError: false));
                }
            }
        }

        issues.AddRange(off.Where(pair => merged.ContainsKey(pair.Key)).Select(pair =>
            new RuleIssue(pair.Key, $"Rules {pair.Value.Object}", 0, 0, $"is not enabled there, but in {merged[pair.Key].Object}: it is on", IsError: false)));
        return [.. merged.Values.Select(one => one.Rule), .. off.Where(pair => !merged.ContainsKey(pair.Key)).Select(pair => pair.Value.Rule), .. nameless];
    }
}
