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

/// <summary>What became of an exception, as its conditions <c>Compiled</c> and <c>Expired</c>. How much it keeps back differs by node: a metric tells it.</summary>
internal static class ExceptionConditions
{
    private const int LongestMessage = 2048;

    /// <param name="exception">As it was read; null = it could not be.</param>
    /// <param name="fault">Why it could not be read.</param>
    /// <returns>The merge patch of the status; null when it says so already.</returns>
    public static byte[]? Of(V1CustomObject item, RuleException? exception, RuleSet set, string? fault, DateTimeOffset now)
    {
        string part = $"exception {item.Metadata?.Name}, ";
        string[] errors = [.. set.ExceptionIssues.Where(issue => issue.IsError && issue.Part.StartsWith(part, StringComparison.Ordinal)).Select(issue => issue.ToString())];
        string message = fault ?? (errors.Length > 0 ? string.Join('\n', errors) : "in force");
        bool compiles = fault is null && errors.Length == 0;
        bool isExpired = IsExpired(exception, now);
        RulesStatus? known = StatusOf(item);
        Condition compiled = Made(item, known, "Compiled", compiles, compiles ? "Compiles" : "HasErrors", message, now);
        Condition expired = Made(item, known, "Expired", isExpired, isExpired ? "TimeIsOver" : "TimeIsLeft", isExpired ? $"not in force since {exception!.Spec!.ExpiresAt}" : string.Empty, now);
        Condition[] others = [.. (known?.Conditions ?? []).Where(one => one is not null && one.Type is not ("Compiled" or "Expired"))];
        return known is not null && known.ObservedGeneration == item.Metadata?.Generation && known.Conditions!.Contains(compiled) && known.Conditions!.Contains(expired)
            ? null
            : Patch(new RulesStatus { ObservedGeneration = item.Metadata?.Generation, Conditions = [.. others, compiled, expired] });
    }

    /// <summary>Whether the time of an exception is over.</summary>
    public static bool IsExpired(RuleException? exception, DateTimeOffset now) =>
        DateTimeOffset.TryParse(exception?.Spec?.ExpiresAt, CultureInfo.InvariantCulture, DateTimeStyles.None, out DateTimeOffset end) && end <= now;

    private static Condition Made(V1CustomObject item, RulesStatus? known, string type, bool holds, string reason, string message, DateTimeOffset now)
    {
        string status = holds ? "True" : "False";
        Condition? before = known?.Conditions?.FirstOrDefault(one => one?.Type == type);
        return new Condition
        {
            Type = type,
            Status = status,
            ObservedGeneration = item.Metadata?.Generation,
            LastTransitionTime = before?.Status == status ? before.LastTransitionTime : now.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture),
            Reason = reason,
            Message = message.Length <= LongestMessage ? message : message[..LongestMessage],
        };
    }

    private static byte[] Patch(RulesStatus status) => Encoding.UTF8.GetBytes(
        new JsonObject { ["status"] = JsonSerializer.SerializeToNode(status, RuleJsonContext.Readable.RulesStatus) }.ToJsonString());

    private static RulesStatus? StatusOf(V1CustomObject item)
    {
        try
        {
            RulesStatus? status = item.Status?.Deserialize(RuleJsonContext.Readable.RulesStatus);
            return status?.Conditions is null ? null : status;
        }
        catch (JsonException)
        {
            return null; // Somebody else's; ours goes over it.
        }
    }
}
