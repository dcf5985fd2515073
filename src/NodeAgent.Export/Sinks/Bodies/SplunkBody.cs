// SPDX-License-Identifier: Apache-2.0
using System.Buffers;
using System.Text.Json;
using NodeAgent.Api.Alerts;
using NodeAgent.Export.Sinks.Delivery;
using NodeAgent.Export.Sinks.Formats;

namespace NodeAgent.Export.Sinks.Bodies;

/// <summary>Events of Splunk's HTTP Event Collector, one after the other.</summary>
internal sealed class SplunkBody(IAlertFormat format, string index) : IHttpBody
{
    // Of the collector: an event that it cannot read, without data, of a wrong index, without or with an empty event field.
    private static readonly int[] Refusals = [5, 6, 7, 12, 13];

    public string ContentType => "application/json";

    public byte[] Write(IReadOnlyList<AlertMessage> batch)
    {
        var body = new ArrayBufferWriter<byte>(4096);
        foreach (AlertMessage message in batch)
        {
            using var json = new Utf8JsonWriter(body, AlertJson.WriterOptions);
            RuntimeAlert alert = message.Alert.Spec.Alerts[0];
            json.WriteStartObject();
            json.WriteNumber("time", (decimal)AlertView.TimeOf(alert).ToUnixTimeMilliseconds() / 1000);
            json.WriteString("host", AlertView.Host(alert));
            json.WriteString("source", "node-agent");
            json.WriteString("sourcetype", $"node_agent:alert:{format.Name}");
            json.Text("index", index);
            json.WritePropertyName("event");
            format.WriteValue(json, message.Alert);
            json.WriteStartObject("fields");
            json.WriteString("alert_id", AlertView.IdOf(alert));
            json.WriteString("rule_id", alert.RuleId);
            json.WriteString("severity", AlertView.SeverityWord(alert.Severity));
            json.Text("namespace", alert.Namespace);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        return body.WrittenSpan.ToArray();
    }

    public DeliveryResult? Judge(int status, ReadOnlyMemory<byte> answer, IReadOnlyList<AlertMessage> batch)
    {
        int? code = Code(answer);
        return status switch
        {
            // 400 stands for many things there; only some are about the events.
            400 => new DeliveryResult(code is { } known && Refusals.Contains(known) ? DeliveryOutcome.Refused : DeliveryOutcome.Retry, Transports.HttpTransport.Reason(status, answer)),
            >= 200 and < 300 when code is { } failed && failed != 0 => new DeliveryResult(DeliveryOutcome.Retry, Transports.HttpTransport.Reason(status, answer)),
            _ => null,
        };
    }

    private static int? Code(ReadOnlyMemory<byte> answer)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(answer);
            return document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty("code", out JsonElement code) && code.TryGetInt32(out int number) ? number : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
