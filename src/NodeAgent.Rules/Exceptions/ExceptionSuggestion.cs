// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text;
using NodeAgent.Api.Alerts;
using NodeAgent.Api.Meta;
using NodeAgent.Api.RuntimeRules;

namespace NodeAgent.Rules.Exceptions;

/// <summary>The narrowest exception for an alert: its rule, its workload and container, and what the alert tells of the event.</summary>
public static class ExceptionSuggestion
{
    private const string NameLabel = "kubernetes.io/metadata.name";
    private const int IdPart = 12;
    private const int LongestReason = 1024;
    private const int LongestNamePart = 100;

    /// <param name="alert">Its texts may be of anybody.</param>
    /// <param name="expiresAt">Null = never.</param>
    /// <param name="reason">Null = it names the alert, and says that nobody gave one.</param>
    public static RuleException Of(RuntimeAlerts alert, DateTimeOffset? expiresAt, string? reason)
    {
        ArgumentNullException.ThrowIfNull(alert);
        RuntimeAlert first = alert.Spec.Alerts[0];
        string id = first.Arguments.AlertId ?? first.UniqueId;
        string condition = AlertCondition.Of(alert);
        return new RuleException
        {
            Metadata = new ObjectMeta { Name = NameOf(first, id) },
            Spec = new RuleExceptionSpec
            {
                RuleIds = [first.RuleId],
                NamespaceSelector = string.IsNullOrEmpty(first.Namespace) ? null : new LabelSelector { MatchLabels = new Dictionary<string, string> { [NameLabel] = first.Namespace } },
                Workload = string.IsNullOrEmpty(first.WorkloadKind) && string.IsNullOrEmpty(first.WorkloadName) ? null : new ExceptedWorkload { Kind = first.WorkloadKind, Name = first.WorkloadName },
                ContainerName = first.ContainerName,
                Condition = condition.Length == 0 ? null : condition,
                ExpiresAt = expiresAt?.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture),
                Reason = Cut(string.IsNullOrWhiteSpace(reason) ? $"alert {id} of {first.Timestamp}; nobody said why that is well" : reason),
            },
        };
    }

    private static string Cut(string text) => text.Length <= LongestReason ? text : text[..LongestReason];

    private static string NameOf(RuntimeAlert alert, string id)
    {
        string[] parts = [Part(alert.RuleId), Part(alert.ContainerName ?? alert.WorkloadName ?? string.Empty), Part(id.Length > IdPart ? id[..IdPart] : id)];
        string name = string.Join('-', parts.Where(part => part.Length > 0));
        return name.Length == 0 ? "exception" : name;
    }

    // Shape: of a DNS label, which names of objects are made of.
    private static string Part(string text)
    {
        var part = new StringBuilder(text.Length);
        foreach (char one in text.ToLowerInvariant().Take(LongestNamePart))
        {
            part.Append(char.IsAsciiLetterOrDigit(one) ? one : '-');
        }

        return part.ToString().Trim('-');
    }
}
