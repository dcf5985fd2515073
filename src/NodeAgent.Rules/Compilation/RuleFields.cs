// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using System.Text.RegularExpressions;
using NodeAgent.Api.RuntimeRules;
using NodeAgent.Events.Wire;
using NodeAgent.Rules.Expressions;

namespace NodeAgent.Rules.Compilation;

/// <summary>The fields of a rule beside its expressions, checked.</summary>
internal sealed partial class RuleFields
{
    private const int LongestId = 64;
    private const int HighestSeverity = 10;

    private static readonly string[] ProfileParts =
        ["execs", "opens", "syscalls", "capabilities", "endpoints", "egressDomains", "egressAddresses", "ingressDomains", "ingressAddresses"];

    private static readonly string[] Patterns = ["exact", "prefix", "suffix", "contains"];

    private RuleFields(RuntimeRule rule, string agentVersion, List<RuleIssue> issues)
    {
        string id = rule.Id ?? string.Empty;
        Require(IdShape().IsMatch(id) && id.Length <= LongestId, "id", $"'{id}' is not 1 to {LongestId} letters, digits, dots, dashes and underscores");
        Require(!string.IsNullOrWhiteSpace(rule.Name), "name", "is missing");
        Require(rule.Severity is >= 0 and <= HighestSeverity, "severity", $"{rule.Severity} is not from 0 to {HighestSeverity}");
        Require(Enum.IsDefined((ProfileDependency)rule.ProfileDependency), "profileDependency", $"{rule.ProfileDependency} is not 0, 1 or 2");
        foreach (string fault in FaultsOf(rule.ProfileDataRequired))
        {
            Require(false, "profileDataRequired", fault);
        }

        IsMet = true;
        if (rule.AgentVersionRequirement is { Length: > 0 } requirement && agentVersion.Length > 0)
        {
            bool isRange = VersionRange.TryParse(requirement, out VersionRange? range);
            Require(isRange, "agentVersionRequirement", $"'{requirement}' is no range of versions");
            IsMet = isRange && range!.Holds(agentVersion);
            if (isRange && !IsMet)
            {
                issues.Add(new RuleIssue(id, "agentVersionRequirement", 0, 0, $"'{requirement}' is not met by {agentVersion}: the rule is off", IsError: false));
            }
        }

        Expressions = [.. ReadExpressions(rule, Require)];
        Require(Expressions.Count > 0, "ruleExpression", "there is none");
        Counts = Expressions.Any(one => CountingCall().IsMatch(one.Text));
        Descriptor = DescriptorOf(rule, Expressions, Counts && !IsContentWithFirst(rule.State));

        void Require(bool holds, string field, string fault)
        {
            if (!holds)
            {
                issues.Add(new RuleIssue(id, field, 0, 0, fault));
            }
        }
    }

    public RuleDescriptor Descriptor { get; }

    public IReadOnlyList<(RuleEventType Type, string Text)> Expressions { get; }

    /// <summary>It uses <c>rate</c>, <c>seen</c> or <c>first</c>.</summary>
    public bool Counts { get; }

    /// <summary>The agent is of a version that the rule is for.</summary>
    public bool IsMet { get; }

    public static RuleFields Read(RuntimeRule rule, string agentVersion, List<RuleIssue> issues) => new(rule, agentVersion, issues);

    private static IEnumerable<(RuleEventType Type, string Text)> ReadExpressions(RuntimeRule rule, Action<bool, string, string> require)
    {
        foreach (RuleExpression? expression in rule.Expressions?.RuleExpression ?? [])
        {
            bool isKnown = RuleEventTypes.TryParse(expression?.EventType, out RuleEventType type);
            require(isKnown, "eventType", $"'{expression?.EventType}' is none of {string.Join(", ", RuleEventTypes.All)}");
            require(!string.IsNullOrWhiteSpace(expression?.Expression), "expression", "is missing");
            if (isKnown && !string.IsNullOrWhiteSpace(expression?.Expression))
            {
                yield return (type, expression.Expression);
            }
        }
    }

    private static RuleDescriptor DescriptorOf(RuntimeRule rule, IReadOnlyList<(RuleEventType Type, string Text)> expressions, bool wantsEach)
    {
        RuleEventType[] types = [.. expressions.Select(one => one.Type).Distinct()];
        return new RuleDescriptor
        {
            Id = rule.Id ?? string.Empty,
            Name = rule.Name ?? string.Empty,
            Description = rule.Description ?? string.Empty,
            Remediation = rule.Remediation ?? string.Empty,
            Severity = rule.Severity,
            MitreTactic = rule.MitreTactic ?? string.Empty,
            MitreTechnique = rule.MitreTechnique ?? string.Empty,
            ProfileDependency = (ProfileDependency)rule.ProfileDependency,
            IsTriggerAlert = rule.IsTriggerAlert,
            SupportsPolicy = rule.SupportPolicy,
            Tags = [.. rule.Tags ?? []],
            EventTypes = types,
            EveryOccurrenceOf = wantsEach ? [.. types.SelectMany(KindsOf)] : [],
            JudgesPeers = expressions.Any(one => one.Type == RuleEventType.Network && PeerCall().IsMatch(one.Text)),
            Scopes = RuleScopeTags.Of(rule.Tags ?? []),
        };
    }

    // A rule that counts different things need not see the same one twice.
    private static bool IsContentWithFirst(JsonElement? state) =>
        state is { ValueKind: JsonValueKind.Object } keys && keys.TryGetProperty("everyOccurrence", out JsonElement wanted) && wanted.ValueKind == JsonValueKind.False;

    // Of what the kernel keeps back when it was told before.
    private static EventKind[] KindsOf(RuleEventType type) => type switch
    {
        RuleEventType.Open => [EventKind.Open],
        RuleEventType.Network => [EventKind.Flow, EventKind.TcpConnect, EventKind.TcpAccept],
        RuleEventType.Ssh => [EventKind.TcpConnect, EventKind.TcpAccept],
        _ => [],
    };

    private static IEnumerable<string> FaultsOf(IReadOnlyDictionary<string, JsonElement>? required)
    {
        foreach ((string part, JsonElement wanted) in required ?? new Dictionary<string, JsonElement>())
        {
            if (!ProfileParts.Contains(part))
            {
                yield return $"'{part}' is none of {string.Join(", ", ProfileParts)}";
            }
            else if (!(wanted.ValueKind == JsonValueKind.String && wanted.GetString() == "all") && !IsPatternList(wanted))
            {
                yield return $"{part} is neither \"all\" nor a list of {{{string.Join('|', Patterns)}: text}}";
            }
        }
    }

    private static bool IsPatternList(JsonElement list) => list.ValueKind == JsonValueKind.Array && list.EnumerateArray().All(one =>
        one.ValueKind == JsonValueKind.Object && one.EnumerateObject().All(pair => Patterns.Contains(pair.Name) && pair.Value.ValueKind == JsonValueKind.String));

    [GeneratedRegex(@"^[A-Za-z0-9._-]+$", RegexOptions.CultureInvariant)]
    private static partial Regex IdShape();

    // A text that only looks like a call costs some more events, and nothing else.
    [GeneratedRegex(@"\b(rate|seen|first)\s*\(", RegexOptions.CultureInvariant)]
    private static partial Regex CountingCall();

    [GeneratedRegex(@"\b(nn|cp|ap)\s*\.\s*was_address_", RegexOptions.CultureInvariant)]
    private static partial Regex PeerCall();
}
