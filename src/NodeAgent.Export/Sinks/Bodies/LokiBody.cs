// SPDX-License-Identifier: Apache-2.0
using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using NodeAgent.Api.Alerts;
using NodeAgent.Export.Sinks.Formats;

namespace NodeAgent.Export.Sinks.Bodies;

/// <summary>A push of Grafana Loki in JSON. Labels are few, since each set of them is a stream there; the rest stands in the line.</summary>
internal sealed class LokiBody(IAlertFormat format, IReadOnlyDictionary<string, string> labels) : IHttpBody
{
    public string ContentType => "application/json";

    public byte[] Write(IReadOnlyList<AlertMessage> batch)
    {
        var body = new ArrayBufferWriter<byte>(4096);
        using (var json = new Utf8JsonWriter(body, AlertJson.WriterOptions))
        {
            json.WriteStartObject();
            json.WriteStartArray("streams");
            foreach (IGrouping<string, AlertMessage> stream in batch.GroupBy(message => string.Join('\n', LabelsOf(message).Select(label => $"{label.Key}={label.Value}"))))
            {
                json.WriteStartObject();
                json.Map("stream", LabelsOf(stream.First()));
                json.WriteStartArray("values");
                foreach (AlertMessage message in stream)
                {
                    json.WriteStartArray();
                    json.WriteStringValue(AlertView.UnixNs(message.Alert.Spec.Alerts[0]).ToString(CultureInfo.InvariantCulture));
                    json.WriteStringValue(Line(message));
                    json.WriteEndArray();
                }

                json.WriteEndArray();
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return body.WrittenSpan.ToArray();
    }

    private string Line(AlertMessage message)
    {
        var line = new ArrayBufferWriter<byte>(2048);
        format.Write(message.Alert, line);
        return Encoding.UTF8.GetString(line.WrittenSpan);
    }

    private SortedDictionary<string, string> LabelsOf(AlertMessage message)
    {
        RuntimeAlert alert = message.Alert.Spec.Alerts[0];
        var all = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["job"] = "node-agent",
            ["node"] = OneLine.Escape(AlertView.Host(alert)),
            ["severity"] = AlertView.SeverityWord(alert.Severity),
        };
        if (alert.ClusterName is { Length: > 0 } cluster)
        {
            all["cluster"] = OneLine.Escape(cluster);
        }

        if (alert.Namespace is { Length: > 0 } podNamespace)
        {
            all["namespace"] = OneLine.Escape(podNamespace);
        }

        foreach ((string name, string value) in labels)
        {
            all[name] = value;
        }

        return all;
    }
}
