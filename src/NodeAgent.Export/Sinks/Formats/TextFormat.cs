// SPDX-License-Identifier: Apache-2.0
using System.Buffers;
using NodeAgent.Api.Alerts;

namespace NodeAgent.Export.Sinks.Formats;

/// <summary>A line that people read.</summary>
internal sealed class TextFormat : IAlertFormat
{
    public string Name => "text";

    public string Schema => "node-agent/text/v1";

    public bool IsJson => false;

    public void Write(RuntimeAlerts envelope, IBufferWriter<byte> output)
    {
        RuntimeAlert alert = envelope.Spec.Alerts[0];
        string where = string.Join('/', new[] { alert.Namespace, alert.PodName ?? alert.WorkloadName, alert.ContainerName }.Where(part => !string.IsNullOrEmpty(part)));
        output.Write(OneLine.Escape($"{AlertView.SeverityWord(alert.Severity)} {alert.RuleId} {alert.AlertName}: {alert.Message}"));
        output.Write(OneLine.Escape($" ({(where.Length == 0 ? AlertView.Host(alert) : where)}, pid {alert.InfectedPid}, id {AlertView.IdOf(alert)})"));
    }
}
