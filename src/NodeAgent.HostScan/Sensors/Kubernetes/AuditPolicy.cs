// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Api.HostData;
using NodeAgent.HostScan.Configuration;

namespace NodeAgent.HostScan.Sensors.Kubernetes;

/// <summary>Reads what an audit policy records. Source: audit.k8s.io/v1 Policy.</summary>
internal static class AuditPolicy
{
    private const int MaxRules = 200;
    private const int MaxTexts = 200;

    public static AuditPolicyFacts Read(SensorRun run, string path, ConfigNode policy)
    {
        IReadOnlyList<ConfigNode> rules = policy["rules"]?.Items ?? [];
        if (rules.Count > MaxRules)
        {
            run.Problem($"{path}: more than {MaxRules} rules, the rest is not told");
        }

        return new AuditPolicyFacts
        {
            RuleCount = rules.Count,
            Levels = [.. rules.Select(rule => rule["level"]?.Text).OfType<string>().Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).Take(MaxTexts)],
            OmitStages = Texts(policy, "omitStages"),
            Rules = [.. rules.Take(MaxRules).Select(Rule)],
        };
    }

    private static AuditPolicyRule Rule(ConfigNode rule) => new()
    {
        Level = rule["level"]?.Text,
        Verbs = Texts(rule, "verbs"),
        Users = Texts(rule, "users"),
        UserGroups = Texts(rule, "userGroups"),
        Namespaces = Texts(rule, "namespaces"),
        NonResourceURLs = Texts(rule, "nonResourceURLs"),
        Resources = rule["resources"] is { } groups ? [.. groups.Items.SelectMany(Resources).Take(MaxTexts)] : null,
        Line = rule.Line,
    };

    // The core group has an empty name; no resources means all of the group.
    private static IEnumerable<string> Resources(ConfigNode group)
    {
        string prefix = group["group"]?.Text is { Length: > 0 } name ? name + "/" : string.Empty;
        IReadOnlyList<string> resources = group["resources"]?.Texts ?? [];
        return resources.Count == 0 ? [prefix + "*"] : resources.Select(resource => prefix + resource);
    }

    private static IReadOnlyList<string>? Texts(ConfigNode node, string name) => node[name] is { } list ? [.. list.Texts.Take(MaxTexts)] : null;
}
