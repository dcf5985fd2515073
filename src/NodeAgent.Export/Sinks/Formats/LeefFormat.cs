// SPDX-License-Identifier: Apache-2.0
using System.Buffers;
using System.Globalization;
using System.Text;
using NodeAgent.Api.Alerts;

namespace NodeAgent.Export.Sinks.Formats;

/// <summary>The Log Event Extended Format, version 2.0, with tabs between the attributes.</summary>
/// <remarks>Its values know no escape: a tab in a value is written as <c>\x09</c>, like all controls, and a bar in the header as <c>\x7c</c>.</remarks>
internal sealed class LeefFormat : IAlertFormat
{
    private const char Delimiter = '\t';

    public string Name => "leef";

    public string Schema => "LEEF:2.0";

    public bool IsJson => false;

    public void Write(RuntimeAlerts envelope, IBufferWriter<byte> output)
    {
        RuntimeAlert alert = envelope.Spec.Alerts[0];
        var line = new StringBuilder("LEEF:2.0|NodeAgent|node-agent|");
        line.Append(Header(AlertView.Version(alert))).Append('|').Append(Header(alert.RuleId)).Append("|x09|");
        int start = line.Length;
        foreach ((string key, string? value) in Attributes(envelope, alert))
        {
            if (!string.IsNullOrEmpty(value))
            {
                line.Append(line.Length == start ? string.Empty : Delimiter).Append(key).Append('=').Append(OneLine.Escape(value));
            }
        }

        output.Write(line.ToString());
    }

    private static string Header(string text) => OneLine.Escape(text).Replace("|", @"\x7c", StringComparison.Ordinal);

    private static IEnumerable<(string Key, string? Value)> Attributes(RuntimeAlerts envelope, RuntimeAlert alert)
    {
        yield return ("devTime", AlertView.TimeOf(alert).ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
        yield return ("devTimeFormat", "yyyy-MM-dd'T'HH:mm:ss.SSS'Z'");
        yield return ("cat", alert.AlertName);
        yield return ("sev", Math.Clamp(alert.Severity, 1, 10).ToString(CultureInfo.InvariantCulture));
        yield return ("identHostName", AlertView.Host(alert));
        yield return ("dst", AlertView.Ip(alert));
        yield return ("dstPort", AlertView.Port(alert)?.ToString(CultureInfo.InvariantCulture));
        yield return ("proto", AlertView.Protocol(alert));
        yield return ("resource", alert.ContainerName ?? alert.WorkloadName);
        yield return ("alertId", AlertView.IdOf(alert));
        yield return ("message", alert.Message);
        yield return ("namespace", alert.Namespace);
        yield return ("pod", alert.PodName);
        yield return ("containerId", alert.ContainerId);
        yield return ("image", alert.Image);
        yield return ("pid", alert.InfectedPid == 0 ? null : alert.InfectedPid.ToString(CultureInfo.InvariantCulture));
        yield return ("process", AlertView.ProcessName(envelope));
        yield return ("commandLine", AlertView.CommandLine(envelope));
        yield return ("usrName", alert.UserInfo?.Name);
        yield return ("filePath", AlertView.FilePath(alert));
        yield return ("fileHash", AlertView.HashOf(alert, AlertView.FilePath(alert))?.Sha256);
        yield return ("domain", alert.Arguments.Domain?.TrimEnd('.'));
        yield return ("count", alert.Arguments.RepeatCount?.ToString(CultureInfo.InvariantCulture));
    }
}
