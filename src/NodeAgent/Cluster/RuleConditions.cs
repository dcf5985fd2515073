// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using NodeAgent.Api.Json;
using NodeAgent.Api.Meta;
using NodeAgent.Api.RuntimeRules;
using NodeAgent.Kubernetes.Models;
using NodeAgent.Rules.Compilation;

namespace NodeAgent.Cluster;

/// <summary>What became of the rules of an object, as its condition <c>Compiled</c>.</summary>
internal static class RuleConditions
{
    private const string Type = "Compiled";
    private const int LongestMessage = 2048;

    /// <param name="fault">Why nothing of the object can be read; null = it can.</param>
    /// <returns>The merge patch of the status; null when it says so already.</returns>
    public static byte[]? Of(V1CustomObject item, IReadOnlyList<RulesObject> rules, RuleSet set, string? fault, DateTimeOffset now)
    {
        HashSet<string> own = [.. rules
            .Where(one => one.Metadata.Name == item.Metadata?.Name && one.Metadata.Namespace == item.Metadata?.Namespace)
            .SelectMany(one => one.Spec?.Rules ?? [])
            .Where(rule => rule is not null)
            .Select(rule => rule.Id ?? string.Empty)];
        string[] errors = [.. set.Issues.Where(issue => issue.IsError && own.Contains(issue.RuleId)).Select(issue => issue.ToString())];
        string message = fault ?? (errors.Length > 0 ? string.Join('\n', errors) : string.Create(CultureInfo.InvariantCulture, $"{own.Count} rules"));
        bool holds = fault is null && errors.Length == 0;
        var condition = new Condition
        {
            Type = Type,
            Status = holds ? "True" : "False",
            ObservedGeneration = item.Metadata?.Generation,
            LastTransitionTime = now.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture),
            Reason = holds ? "AllRulesCompile" : "RulesHaveErrors",
            Message = message.Length <= LongestMessage ? message : message[..LongestMessage],
        };
        RulesStatus? known = StatusOf(item);
        Condition? before = known?.Conditions?.FirstOrDefault(one => one?.Type == Type);
        if (before is not null && before.Status == condition.Status)
        {
            condition = condition with { LastTransitionTime = before.LastTransitionTime };
        }

        return before == condition && known!.ObservedGeneration == item.Metadata?.Generation
            ? null
            : Patch(new RulesStatus
            {
                ObservedGeneration = item.Metadata?.Generation,
                Conditions = [.. (known?.Conditions ?? []).Where(one => one is not null && one.Type != Type), condition],
            });
    }

    private static byte[] Patch(RulesStatus status) => Encoding.UTF8.GetBytes(
        new JsonObject { ["status"] = JsonSerializer.SerializeToNode(status, RuleJsonContext.Readable.RulesStatus) }.ToJsonString());

    private static RulesStatus? StatusOf(V1CustomObject item)
    {
        try
        {
            return item.Status?.Deserialize(RuleJsonContext.Readable.RulesStatus);
        }
        catch (JsonException)
        {
            return null; // Somebody else's; ours goes over it.
        }
    }
}
