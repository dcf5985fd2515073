// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using NodeAgent.Api.Meta;
using NodeAgent.Api.RuntimeRules;
using NodeAgent.Kubernetes.Models;
using NodeAgent.Rules.Expressions;
using NodeAgent.Rules.Loading;

namespace NodeAgent.Cluster;

/// <summary>What became of the rules of an object, as its conditions <c>Compiled</c> and <c>Observed</c>: whether what they look at is told.</summary>
internal static class RuleConditions
{
    private const string Observed = "Observed";

    /// <param name="fault">Why nothing of the object can be read; null = it can.</param>
    /// <param name="nodeName">Stands before what this node lacks: others may have it.</param>
    /// <returns>The merge patch of the status; null when it says so already.</returns>
    public static byte[]? Of(V1CustomObject item, IReadOnlyList<RulesObject> rules, RuleOutcome outcome, string? fault, string nodeName, DateTimeOffset now)
    {
        RuntimeRule[] own = [.. rules
            .Where(one => one.Metadata.Name == item.Metadata?.Name && one.Metadata.Namespace == item.Metadata?.Namespace)
            .SelectMany(one => one.Spec?.Rules ?? [])
            .Where(rule => rule is not null)
            .DistinctBy(rule => rule.Id ?? string.Empty)];
        HashSet<string> ids = [.. own.Select(rule => rule.Id ?? string.Empty)];
        string[] errors = [.. outcome.Set.Issues.Where(issue => issue.IsError && ids.Contains(issue.RuleId)).Select(issue => issue.ToString())];
        string message = fault ?? (errors.Length > 0 ? string.Join('\n', errors) : string.Create(CultureInfo.InvariantCulture, $"{ids.Count} rules"));
        bool holds = fault is null && errors.Length == 0;
        var status = new StatusConditions(item, now);
        return status.Patch(status.Make("Compiled", holds, holds ? "AllRulesCompile" : "RulesHaveErrors", message), ObservedOf(own, outcome, status, nodeName));
    }

    // Nodes differ in what their kernels can tell: what another one lacks stays said until it takes it back.
    private static Condition ObservedOf(RuntimeRule[] own, RuleOutcome outcome, StatusConditions status, string nodeName)
    {
        string sign = nodeName + ": ";
        if (status.FindCurrent(Observed) is { Status: "False", Message: { } said } known && !said.StartsWith(sign, StringComparison.Ordinal))
        {
            return known;
        }

        HashSet<string> judged = [.. outcome.Set.Rules.Select(rule => rule.Id)];
        string[] missing = [.. own.Where(rule => judged.Contains(rule.Id ?? string.Empty))
            .SelectMany(rule => rule.Expressions?.RuleExpression ?? [])
            .Select(one => RuleEventTypes.TryParse(one?.EventType, out RuleEventType type) && outcome.Untold.TryGetValue(type, out string? reason) ? $"{one!.EventType}: {reason}" : null)
            .OfType<string>()
            .Distinct(StringComparer.Ordinal)];
        return missing.Length == 0
            ? status.Make(Observed, holds: true, "EventsAreTold", string.Empty)
            : status.Make(Observed, holds: false, "SensorMissing", sign + string.Join('\n', missing));
    }
}
