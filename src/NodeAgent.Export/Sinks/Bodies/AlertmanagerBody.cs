// SPDX-License-Identifier: Apache-2.0
using System.Buffers;
using System.Globalization;
using System.Text.Json;
using NodeAgent.Api.Alerts;
using NodeAgent.Export.Sinks.Formats;

namespace NodeAgent.Export.Sinks.Bodies;

/// <summary>Alerts for the API v2 of Prometheus' Alertmanager, with the label names that Kubescape gives them.</summary>
/// <remarks>
/// Alertmanager knows an alert by its labels, so what differs from one notification to the next (id, message, times) stands in annotations: the same
/// finding stays one alert there, and its end moves on.
/// </remarks>
internal sealed class AlertmanagerBody(IReadOnlyDictionary<string, string> labels, TimeSpan resolveAfter) : IHttpBody
{
    public string ContentType => "application/json";

    public byte[] Write(IReadOnlyList<AlertMessage> batch)
    {
        var body = new ArrayBufferWriter<byte>(4096);
        using (var json = new Utf8JsonWriter(body, AlertJson.WriterOptions))
        {
            json.WriteStartArray();
            foreach (AlertMessage message in batch)
            {
                Write(json, message.Alert);
            }

            json.WriteEndArray();
        }

        return body.WrittenSpan.ToArray();
    }

    private void Write(Utf8JsonWriter json, RuntimeAlerts envelope)
    {
        RuntimeAlert alert = envelope.Spec.Alerts[0];
        json.WriteStartObject();
        json.WriteStartObject("labels");
        foreach ((string name, string? value) in Labels(envelope, alert))
        {
            if (!labels.ContainsKey(name))
            {
                json.Text(name, value);
            }
        }

        foreach ((string name, string value) in labels)
        {
            json.Text(name, value);
        }

        json.WriteEndObject();
        json.WriteStartObject("annotations");
        foreach ((string name, string? value) in Annotations(envelope, alert))
        {
            json.Text(name, value);
        }

        json.WriteEndObject();
        DateTimeOffset start = AlertView.TimeOf(alert.Arguments.FirstTime) ?? AlertView.TimeOf(alert);
        json.WriteString("startsAt", Time(start));
        json.WriteString("endsAt", Time(AlertView.TimeOf(alert) + resolveAfter));
        json.WriteEndObject();
    }

    private static string Time(DateTimeOffset time) => time.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    private static IEnumerable<(string Name, string? Value)> Labels(RuntimeAlerts envelope, RuntimeAlert alert)
    {
        AlertProcess? process = AlertView.ProcessOf(envelope);
        yield return ("alertname", "KubescapeRuleViolated");
        yield return ("rule_name", alert.AlertName);
        yield return ("rule_id", alert.RuleId);
        yield return ("unique_id", alert.UniqueId);
        yield return ("severity", AlertView.SeverityWord(alert.Severity));
        yield return ("container_id", alert.ContainerId);
        yield return ("container_name", alert.ContainerName);
        yield return ("namespace", alert.Namespace);
        yield return ("pod_name", alert.PodName);
        yield return ("pod_uid", alert.PodUid);
        yield return ("workload_kind", alert.WorkloadKind);
        yield return ("workload_name", alert.WorkloadName);
        yield return ("workload_uid", alert.WorkloadUid);
        yield return ("cluster", alert.ClusterName);
        yield return ("host", alert.HostName ?? alert.NodeName);
        yield return ("node_name", alert.NodeName);
        yield return ("comm", AlertView.ProcessName(envelope));
        yield return ("pcomm", process?.Pcomm);
        yield return ("uid", process?.Uid.ToString(CultureInfo.InvariantCulture));
        yield return ("gid", process?.Gid.ToString(CultureInfo.InvariantCulture));
        yield return ("profile_status", alert.ProfileMetadata?.Status);
        yield return ("fail_on_profile", alert.ProfileMetadata is { } profile ? profile.FailOnProfile ? "true" : "false" : null);
    }

    private static IEnumerable<(string Name, string? Value)> Annotations(RuntimeAlerts envelope, RuntimeAlert alert)
    {
        yield return ("title", $"{alert.AlertName} in {alert.PodName ?? alert.ContainerName ?? alert.WorkloadName ?? AlertView.Host(alert)}");
        yield return ("summary", alert.Message);
        yield return ("message", alert.Message);
        yield return ("description", alert.RuleDescription);
        yield return ("alert_id", AlertView.IdOf(alert));
        yield return ("severity_score", alert.Severity.ToString(CultureInfo.InvariantCulture));
        yield return ("pid", alert.InfectedPid.ToString(CultureInfo.InvariantCulture));
        yield return ("ppid", AlertView.ProcessOf(envelope)?.Ppid.ToString(CultureInfo.InvariantCulture));
        yield return ("command_line", AlertView.CommandLine(envelope));
        yield return ("process_tree_depth", AlertView.Chain(envelope).Count().ToString(CultureInfo.InvariantCulture));
        yield return ("repeat_count", alert.Arguments.RepeatCount?.ToString(CultureInfo.InvariantCulture));
    }
}
