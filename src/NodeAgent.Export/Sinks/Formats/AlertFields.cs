// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using NodeAgent.Api.Alerts;

namespace NodeAgent.Export.Sinks.Formats;

/// <summary>An alert as names and texts, for templates.</summary>
internal static class AlertFields
{
    private static readonly Dictionary<string, Func<RuntimeAlerts, RuntimeAlert, string?>> Fields = new(StringComparer.Ordinal)
    {
        ["id"] = (_, alert) => AlertView.IdOf(alert),
        ["uniqueId"] = (_, alert) => alert.UniqueId,
        ["time"] = (_, alert) => alert.Timestamp,
        ["rule"] = (_, alert) => alert.RuleId,
        ["name"] = (_, alert) => alert.AlertName,
        ["description"] = (_, alert) => alert.RuleDescription,
        ["message"] = (_, alert) => alert.Message,
        ["severity"] = (_, alert) => alert.Severity.ToString(CultureInfo.InvariantCulture),
        ["severityName"] = (_, alert) => AlertView.SeverityWord(alert.Severity),
        ["cluster"] = (_, alert) => alert.ClusterName,
        ["node"] = (_, alert) => alert.NodeName,
        ["namespace"] = (_, alert) => alert.Namespace,
        ["pod"] = (_, alert) => alert.PodName,
        ["container"] = (_, alert) => alert.ContainerName,
        ["containerId"] = (_, alert) => alert.ContainerId,
        ["image"] = (_, alert) => alert.Image,
        ["workloadKind"] = (_, alert) => alert.WorkloadKind,
        ["workload"] = (_, alert) => alert.WorkloadName,
        ["user"] = (_, alert) => alert.UserInfo?.Name,
        ["process"] = (envelope, _) => AlertView.ProcessName(envelope),
        ["pid"] = (_, alert) => alert.InfectedPid.ToString(CultureInfo.InvariantCulture),
        ["commandLine"] = (envelope, _) => AlertView.CommandLine(envelope),
        ["file"] = (_, alert) => AlertView.FilePath(alert),
        ["ip"] = (_, alert) => AlertView.Ip(alert),
        ["port"] = (_, alert) => AlertView.Port(alert)?.ToString(CultureInfo.InvariantCulture),
        ["protocol"] = (_, alert) => AlertView.Protocol(alert),
        ["domain"] = (_, alert) => alert.Arguments.Domain,
    };

    public static IEnumerable<string> Names => Fields.Keys;

    public static bool IsKnown(string name) => Fields.ContainsKey(name);

    /// <returns>Empty where the alert has none.</returns>
    public static string Read(string name, RuntimeAlerts envelope) => Fields[name](envelope, envelope.Spec.Alerts[0]) ?? string.Empty;
}
