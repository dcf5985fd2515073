// SPDX-License-Identifier: Apache-2.0
using System.Buffers;
using System.Globalization;
using System.Text;
using NodeAgent.Api.Alerts;

namespace NodeAgent.Export.Sinks.Formats;

/// <summary>The Common Event Format, version 0: a header of eight fields, then an extension of keys and values.</summary>
internal sealed class CefFormat : IAlertFormat
{
    public string Name => "cef";

    public string Schema => "CEF:0";

    public bool IsJson => false;

    public void Write(RuntimeAlerts envelope, IBufferWriter<byte> output)
    {
        RuntimeAlert alert = envelope.Spec.Alerts[0];
        var line = new StringBuilder("CEF:0|NodeAgent|node-agent|");
        line.Append(Header(AlertView.Version(alert))).Append('|').Append(Header(alert.RuleId)).Append('|').Append(Header(alert.AlertName)).Append('|');
        line.Append(Math.Clamp(alert.Severity, 0, 10).ToString(CultureInfo.InvariantCulture)).Append('|');
        int start = line.Length;
        foreach ((string key, string? value) in Extension(envelope, alert))
        {
            if (!string.IsNullOrEmpty(value))
            {
                line.Append(line.Length == start ? string.Empty : " ").Append(key).Append('=').Append(OneLine.Escape(value, "\\="));
            }
        }

        output.Write(line.ToString());
    }

    private static string Header(string text) => OneLine.Escape(text, "\\|");

    private static IEnumerable<(string Key, string? Value)> Extension(RuntimeAlerts envelope, RuntimeAlert alert)
    {
        AlertProcess? process = AlertView.ProcessOf(envelope);
        yield return ("rt", AlertView.TimeOf(alert).ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture));
        yield return ("externalId", AlertView.IdOf(alert));
        yield return ("msg", alert.Message);
        yield return ("cat", "runtime-detection");
        yield return ("cnt", (alert.Arguments.RepeatCount ?? 1).ToString(CultureInfo.InvariantCulture));
        yield return ("dvchost", AlertView.Host(alert));
        yield return ("spid", alert.InfectedPid == 0 ? null : alert.InfectedPid.ToString(CultureInfo.InvariantCulture));
        yield return ("sproc", AlertView.ProcessName(envelope));
        yield return ("suid", process?.Uid.ToString(CultureInfo.InvariantCulture));
        yield return ("suser", alert.UserInfo?.Name);
        yield return ("filePath", AlertView.FilePath(alert));
        yield return ("fname", alert.Identifiers?.File?.Name);
        AlertFileHash? hash = AlertView.HashOf(alert, AlertView.FilePath(alert));
        yield return ("fileHash", hash?.Sha256);
        yield return ("fsize", hash?.SizeBytes.ToString(CultureInfo.InvariantCulture));
        yield return ("dst", AlertView.Ip(alert) is { } ip && !ip.Contains(':', StringComparison.Ordinal) ? ip : null);
        yield return ("c6a3", AlertView.Ip(alert) is { } ip6 && ip6.Contains(':', StringComparison.Ordinal) ? ip6 : null);
        yield return ("c6a3Label", AlertView.Ip(alert) is { } labelled && labelled.Contains(':', StringComparison.Ordinal) ? "Destination IPv6 Address" : null);
        yield return ("dpt", AlertView.Port(alert)?.ToString(CultureInfo.InvariantCulture));
        yield return ("proto", AlertView.Protocol(alert));
        yield return ("destinationDnsDomain", alert.Arguments.Domain?.TrimEnd('.'));
        foreach ((int number, string label, string? value) in Custom(envelope, alert))
        {
            if (!string.IsNullOrEmpty(value))
            {
                yield return ($"cs{number}Label", label);
                yield return ($"cs{number}", value);
            }
        }
    }

    // CEF has six texts of a producer's own.
    private static IEnumerable<(int Number, string Label, string? Value)> Custom(RuntimeAlerts envelope, RuntimeAlert alert)
    {
        yield return (1, "namespace", alert.Namespace);
        yield return (2, "pod", alert.PodName ?? alert.WorkloadName);
        yield return (3, "container", alert.ContainerName);
        yield return (4, "image", alert.Image);
        yield return (5, "commandLine", AlertView.CommandLine(envelope));
        yield return (6, "containerId", alert.ContainerId ?? alert.Arguments.CgroupPath);
    }
}
