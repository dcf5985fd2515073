// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Api.HostData;
using NodeAgent.HostScan.Configuration;

namespace NodeAgent.HostScan.Sensors.Kubernetes;

/// <summary>Reads with which providers the API server encrypts: names only, the keys stay where they are. Source: apiserver.config.k8s.io/v1 EncryptionConfiguration.</summary>
internal static class EncryptionConfig
{
    private const int MaxRules = 100;
    private const int MaxTexts = 100;

    // What else stands there could be a key at a wrong place, and is not repeated.
    private static readonly HashSet<string> Known = new(StringComparer.Ordinal) { "aescbc", "aesgcm", "secretbox", "kms", "identity" };

    public static EncryptionFacts Read(SensorRun run, string path, ConfigNode config)
    {
        IReadOnlyList<ConfigNode> rules = config["resources"]?.Items ?? [];
        if (rules.Count > MaxRules)
        {
            run.Problem($"{path}: more than {MaxRules} rules, the rest is not told");
        }

        return new EncryptionFacts { Resources = [.. rules.Take(MaxRules).Select(Rule)] };
    }

    private static EncryptionRule Rule(ConfigNode rule) => new()
    {
        Resources = [.. (rule["resources"]?.Texts ?? []).Take(MaxTexts)],
        Providers = [.. (rule["providers"]?.Items ?? []).SelectMany(provider => provider.Members).Take(MaxTexts).Select(provider => Known.Contains(provider.Key) ? provider.Key : "unknown")],
        Line = rule.Line,
    };
}
