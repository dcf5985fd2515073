// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using NodeAgent.Api.RuntimeRules;
using NodeAgent.Kubernetes.Models;
using NodeAgent.Rules.Compilation;

namespace NodeAgent.Cluster;

/// <summary>What became of the rules of an object, as its condition <c>Compiled</c>.</summary>
internal static class RuleConditions
{
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
        var status = new StatusConditions(item, now);
        return status.Patch(status.Make("Compiled", holds, holds ? "AllRulesCompile" : "RulesHaveErrors", message));
    }
}
