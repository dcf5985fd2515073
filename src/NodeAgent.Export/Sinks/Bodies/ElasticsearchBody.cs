// SPDX-License-Identifier: Apache-2.0
using System.Buffers;
using System.Text.Json;
using NodeAgent.Api.Alerts;
using NodeAgent.Export.Sinks.Delivery;
using NodeAgent.Export.Sinks.Formats;
using NodeAgent.Export.Sinks.Transports;

namespace NodeAgent.Export.Sinks.Bodies;

/// <summary>A bulk request of Elasticsearch and OpenSearch. The alert's id is that of its document, so one that comes twice is there once.</summary>
/// <remarks>An alert that is told again with more knowledge has its id and another document: it is created beside it, with <c>-enriched</c>.</remarks>
internal sealed class ElasticsearchBody(IAlertFormat format, string index) : IHttpBody
{
    public string ContentType => "application/x-ndjson";

    public byte[] Write(IReadOnlyList<AlertMessage> batch)
    {
        var body = new ArrayBufferWriter<byte>(4096);
        foreach (AlertMessage message in batch)
        {
            RuntimeAlert alert = message.Alert.Spec.Alerts[0];
            using (var json = new Utf8JsonWriter(body, AlertJson.WriterOptions))
            {
                json.WriteStartObject();
                json.WriteStartObject("create");
                json.WriteString("_index", index);
                json.WriteString("_id", AlertView.NotificationIdOf(alert));
                json.WriteEndObject();
                json.WriteEndObject();
            }

            body.Write("\n"u8);
            format.Write(message.Alert, body);
            body.Write("\n"u8);
        }

        return body.WrittenSpan.ToArray();
    }

    public DeliveryResult? Judge(int status, ReadOnlyMemory<byte> answer, IReadOnlyList<AlertMessage> batch) =>
        status is >= 200 and < 300 ? JudgeItems(answer, batch.Count) : null;

    private static DeliveryResult JudgeItems(ReadOnlyMemory<byte> answer, int count)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(answer);
            if (document.RootElement.TryGetProperty("errors", out JsonElement errors) && errors.ValueKind == JsonValueKind.False)
            {
                return DeliveryResult.Delivered;
            }

            DeliveryOutcome[] items = [.. document.RootElement.GetProperty("items").EnumerateArray().Select(item => JudgeItem(item.EnumerateObject().First().Value))];
            return items.Length != count ? new DeliveryResult(DeliveryOutcome.Retry, $"an answer for {items.Length} documents instead of {count}")
                : items.All(item => item == DeliveryOutcome.Delivered) ? DeliveryResult.Delivered
                : new DeliveryResult(DeliveryOutcome.Retry, HttpTransport.Reason(200, FirstError(document.RootElement)), Items: items);
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            // Longer than what is read of it, or from something else: nothing is known, and ids make a second attempt harmless.
            return new DeliveryResult(DeliveryOutcome.Retry, "the answer to the bulk request cannot be read");
        }
    }

    // 409: a document of this id is there, so it had arrived.
    private static DeliveryOutcome JudgeItem(JsonElement item) => item.GetProperty("status").GetInt32() switch
    {
        (>= 200 and < 300) or 409 => DeliveryOutcome.Delivered,
        400 or 413 => DeliveryOutcome.Refused,
        _ => DeliveryOutcome.Retry,
    };

    private static byte[] FirstError(JsonElement root)
    {
        foreach (JsonElement item in root.GetProperty("items").EnumerateArray())
        {
            if (item.EnumerateObject().First().Value.TryGetProperty("error", out JsonElement error))
            {
                return System.Text.Encoding.UTF8.GetBytes(error.GetRawText());
            }
        }

        return [];
    }
}
