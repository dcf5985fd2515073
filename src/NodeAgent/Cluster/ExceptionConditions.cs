// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using NodeAgent.Api.RuntimeRules;
using NodeAgent.Kubernetes.Models;
using NodeAgent.Rules.Compilation;

namespace NodeAgent.Cluster;

/// <summary>What became of an exception, as its conditions <c>Compiled</c> and <c>Expired</c>. How much it keeps back differs by node: a metric tells it.</summary>
internal static class ExceptionConditions
{
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
        var status = new StatusConditions(item, now);
        return status.Patch(
            status.Make("Compiled", compiles, compiles ? "Compiles" : "HasErrors", message),
            status.Make("Expired", isExpired, isExpired ? "TimeIsOver" : "TimeIsLeft", isExpired ? $"not in force since {exception!.Spec!.ExpiresAt}" : string.Empty));
    }

    /// <summary>Whether the time of an exception is over.</summary>
    public static bool IsExpired(RuleException? exception, DateTimeOffset now) =>
        DateTimeOffset.TryParse(exception?.Spec?.ExpiresAt, CultureInfo.InvariantCulture, DateTimeStyles.None, out DateTimeOffset end) && end <= now;
}
