// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Rules;

/// <summary>Options of the rules. Configuration section: <see cref="SectionName"/>.</summary>
public sealed class RulesOptions
{
    public const string SectionName = "rules";

    /// <summary>The deepest process tree whose JSON a reader with the usual limit of 64 levels still accepts.</summary>
    public const int DefaultProcessTreeDepth = 28;

    /// <summary>Default: true. Off, no event is judged.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>Shape: rule ids, such as <c>R0011</c>. Default: none.</summary>
    public IList<string> DisabledRules { get; set; } = [];

    /// <summary>Shape: ids of rules that are off by themselves and are to be on. Default: none.</summary>
    public IList<string> EnabledRules { get; set; } = [];

    /// <summary>How long the same alert of the same container is counted instead of sent. Default: 10 min; 0 sends every one.</summary>
    public TimeSpan Cooldown { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>Units: alerts that are remembered for the cooldown. Default: 8192.</summary>
    public int CooldownCapacity { get; set; } = 8192;

    /// <summary>Units: alerts waiting for the sinks. Default: 1024.</summary>
    public int AlertQueueCapacity { get; set; } = 1024;

    /// <summary>How long an alert waits for somebody who knows more of its container, to be told once more. Default: 2 min; 0 = never.</summary>
    public TimeSpan CorrectionPatience { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>Units: alerts that wait so. Default: 1024.</summary>
    public int CorrectionCapacity { get; set; } = 1024;

    /// <summary>
    /// How long somebody may tell whose an address was, where the cluster is watched: an alert about a private one waits for it, one that left is told once
    /// more. Default: 20 s; 0 = not at all.
    /// </summary>
    public TimeSpan PeerPatience { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>R0011 also judges private addresses (never loopback): for a machine whose peers are private. Default: false.</summary>
    public bool IncludePrivateAddresses { get; set; }

    /// <summary>The rules that compare with a baseline also judge processes of the host that are in no unit. Default: false.</summary>
    public bool BaselineRulesOnHost { get; set; }

    /// <summary>R0010: opening a path that starts with one of these is an access. Default: /etc/shadow.</summary>
    public IList<string> SensitivePathPrefixes { get; set; } = ["/etc/shadow"];

    /// <summary>R0005: names below it are the cluster's own. Default: svc.cluster.local.</summary>
    public string ClusterServiceDomain { get; set; } = "svc.cluster.local";

    /// <summary>R1005: file names of the runtimes that start containers from a sealed copy of themselves. Default: runc and its kin.</summary>
    public IList<string> RuntimeExecutables { get; set; } = ["runc", "crun", "youki", "docker-runc", "runsc"];

    /// <summary>Addresses of the API server besides those that the cluster tells. Default: none.</summary>
    public IList<string> ApiServerAddresses { get; set; } = [];

    /// <summary>Units: keys that the counters of one rule hold. Default: 4096.</summary>
    public int CounterCapacity { get; set; } = Counting.RuleMemory.DefaultCapacity;

    /// <summary>
    /// Units: share of one core that one rule's expressions may take; above it the rule is not asked for a while about the containers that make it dear.
    /// Default: 0, nothing is held; the agent's own default is 0.1, three times what a rule of 150 ns takes at 200,000 events/s.
    /// </summary>
    public double CpuBudget { get; set; }

    /// <summary>Shape: a semantic version; what rules ask for with <c>agentVersionRequirement</c>. Empty = each is met.</summary>
    public string AgentVersion { get; set; } = string.Empty;

    /// <summary>Units: processes in an alert's tree, nearest first. Default: 28; at most 64.</summary>
    public int MaxProcessTreeDepth { get; set; } = DefaultProcessTreeDepth;

    /// <summary>Says what is wrong, each line with the key at fault; empty when nothing is.</summary>
    public IReadOnlyList<string> Validate()
    {
        var errors = new List<string>();
        Check(Cooldown >= TimeSpan.Zero && Cooldown <= TimeSpan.FromDays(7), nameof(Cooldown), "must be from 0 to 7 days");
        Check(CooldownCapacity is >= 16 and <= 1_000_000, nameof(CooldownCapacity), "must be from 16 to 1000000");
        Check(CorrectionPatience >= TimeSpan.Zero && CorrectionPatience <= TimeSpan.FromHours(1), nameof(CorrectionPatience), "must be from 0 to 1 hour");
        Check(CorrectionCapacity is >= 0 and <= 1_000_000, nameof(CorrectionCapacity), "must be from 0 to 1000000");
        Check(PeerPatience >= TimeSpan.Zero && PeerPatience <= TimeSpan.FromMinutes(10), nameof(PeerPatience), "must be from 0 to 10 minutes");
        Check(AlertQueueCapacity is >= 1 and <= 1_000_000, nameof(AlertQueueCapacity), "must be from 1 to 1000000");
        Check(MaxProcessTreeDepth is >= 1 and <= 64, nameof(MaxProcessTreeDepth), "must be from 1 to 64");
        Check(SensitivePathPrefixes.All(p => p.StartsWith('/')), nameof(SensitivePathPrefixes), "must hold absolute paths");
        Check(CounterCapacity is >= 16 and <= 1_000_000, nameof(CounterCapacity), "must be from 16 to 1000000");
        Check(CpuBudget is >= 0 and <= 1, nameof(CpuBudget), "must be from 0 to 1");
        Check(ClusterServiceDomain.Trim('.').Length > 0, nameof(ClusterServiceDomain), "must be a domain name");
        foreach (string id in DisabledRules)
        {
            Check(Library.RuleLibrary.Ids.Contains(id), nameof(DisabledRules), $"names no rule: '{id}'");
        }

        return errors;

        void Check(bool holds, string key, string fault)
        {
            if (!holds)
            {
                errors.Add($"{SectionName}:{char.ToLowerInvariant(key[0])}{key[1..]} {fault}");
            }
        }
    }
}
