// SPDX-License-Identifier: Apache-2.0
using System.Buffers;
using NodeAgent.Api.Alerts;
using NodeAgent.Export.Sinks.Formats;

namespace NodeAgent.Export.Sinks.Bodies;

/// <summary>How several alerts stand in one body.</summary>
public enum WebhookWrapping
{
    /// <summary>One alert, one request.</summary>
    None,

    /// <summary>A JSON array.</summary>
    Array,

    /// <summary>One alert a line.</summary>
    Lines,
}

/// <summary>Alerts in any format, for a receiver that takes them as they are.</summary>
internal sealed class WebhookBody(IAlertFormat format, WebhookWrapping wrapping, string? contentType) : IHttpBody
{
    public string ContentType { get; } = contentType ?? (!format.IsJson ? "text/plain; charset=utf-8"
        : wrapping == WebhookWrapping.Lines ? "application/x-ndjson" : "application/json");

    public int MaxBatch => wrapping == WebhookWrapping.None ? 1 : int.MaxValue;

    public byte[] Write(IReadOnlyList<AlertMessage> batch)
    {
        var body = new ArrayBufferWriter<byte>(4096);
        if (wrapping == WebhookWrapping.Array)
        {
            body.Write("["u8);
        }

        for (int at = 0; at < batch.Count; at++)
        {
            if (at > 0 && wrapping == WebhookWrapping.Array)
            {
                body.Write(","u8);
            }

            format.Write(batch[at].Alert, body);
            if (wrapping == WebhookWrapping.Lines)
            {
                body.Write("\n"u8);
            }
        }

        if (wrapping == WebhookWrapping.Array)
        {
            body.Write("]"u8);
        }

        return body.WrittenSpan.ToArray();
    }
}
