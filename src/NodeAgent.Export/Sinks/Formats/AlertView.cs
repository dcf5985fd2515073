// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using NodeAgent.Api.Alerts;

namespace NodeAgent.Export.Sinks.Formats;

/// <summary>What several formats say of one alert in the same way.</summary>
internal static class AlertView
{
    /// <summary>Shape: the stable id of this notification, by which a receiver tells one that comes twice.</summary>
    public static string IdOf(RuntimeAlert alert) => alert.Arguments.AlertId ?? alert.UniqueId;

    /// <summary>The same, but another one for what is told once more with more knowledge: a receiver that drops what it knows must take that.</summary>
    public static string NotificationIdOf(RuntimeAlert alert) => alert.Arguments.Enriched == true ? IdOf(alert) + "-enriched" : IdOf(alert);

    /// <returns>The epoch where the timestamp is none.</returns>
    public static DateTimeOffset TimeOf(RuntimeAlert alert) => TimeOf(alert.Timestamp) ?? DateTimeOffset.UnixEpoch;

    public static DateTimeOffset? TimeOf(string? timestamp) =>
        DateTimeOffset.TryParse(timestamp, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out DateTimeOffset time) ? time : null;

    /// <summary>Units: ns since 1970.</summary>
    public static long UnixNs(RuntimeAlert alert) => ((TimeOf(alert) - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerSecond * 1_000_000_000) + Math.Clamp(alert.Nanoseconds, 0, 999_999_999);

    /// <summary>Shape: RFC 3339 in UTC with six digits, as RFC 5424 takes them.</summary>
    public static string Time(RuntimeAlert alert) => TimeOf(alert).ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);

    /// <summary>Shape: info, low, medium, high or critical.</summary>
    public static string SeverityWord(int severity) => severity switch { >= 10 => "critical", >= 7 => "high", >= 5 => "medium", >= 3 => "low", _ => "info" };

    /// <summary>The process that did it: the last of the chain.</summary>
    public static AlertProcess? ProcessOf(RuntimeAlerts envelope) => Chain(envelope).LastOrDefault();

    public static AlertProcess? ParentOf(RuntimeAlerts envelope) => Chain(envelope).SkipLast(1).LastOrDefault();

    /// <summary>From the unit's first process to the one that did it.</summary>
    public static IEnumerable<AlertProcess> Chain(RuntimeAlerts envelope)
    {
        AlertProcess? at = envelope.Spec.ProcessTree?.Root;
        while (at is not null)
        {
            yield return at;
            at = at.ChildrenMap?.Values.FirstOrDefault();
        }
    }

    public static string? CommandLine(RuntimeAlerts envelope) =>
        envelope.Spec.Alerts[0].Identifiers?.Process?.CommandLine ?? ProcessOf(envelope)?.Cmdline;

    public static string? ProcessName(RuntimeAlerts envelope) => envelope.Spec.Alerts[0].Identifiers?.Process?.Name ?? ProcessOf(envelope)?.Comm;

    /// <summary>Shape: the path of the file that the alert is about.</summary>
    public static string? FilePath(RuntimeAlert alert) =>
        alert.Arguments.Path ?? (alert.Identifiers?.File is { } file ? $"{file.Directory?.TrimEnd('/')}/{file.Name}" : null);

    /// <summary>What was read of the file of this path; null = nothing was.</summary>
    public static AlertFileHash? HashOf(RuntimeAlert alert, string? path) => alert.Arguments.FileHash is { } hash && hash.Path == path ? hash : null;

    public static string? Protocol(RuntimeAlert alert) => alert.Arguments.Proto ?? alert.Identifiers?.Network?.Protocol;

    public static string? Ip(RuntimeAlert alert) => alert.Arguments.Ip ?? alert.Identifiers?.Network?.DestinationIp;

    public static int? Port(RuntimeAlert alert) => alert.Arguments.Port ?? alert.Identifiers?.Network?.DestinationPort;

    public static string Host(RuntimeAlert alert) => alert.NodeName ?? alert.HostName ?? "unknown";

    public static string Version(RuntimeAlert alert) => alert.AgentVersion ?? "0";
}
