// SPDX-License-Identifier: Apache-2.0
using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using NodeAgent.Storage.Json;
using NodeAgent.Storage.Security.Access;

namespace NodeAgent.Storage.Auditing;

/// <summary>One audit line. Source: Kubernetes API, audit.k8s.io/v1 Event, level Metadata.</summary>
internal static class AuditEvent
{
    private const int MaxTextLength = 1024;

    public static byte[] Write(HttpContext http, AuditRecord record, string stage, DateTimeOffset now)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using var writer = new Utf8JsonWriter(buffer, JsonText.WriterOptions);
        writer.WriteStartObject();
        writer.WriteString("kind"u8, "Event"u8);
        writer.WriteString("apiVersion"u8, "audit.k8s.io/v1"u8);
        writer.WriteString("level"u8, "Metadata"u8);
        writer.WriteString("auditID"u8, record.Id);
        writer.WriteString("stage"u8, stage);
        writer.WriteString("requestURI"u8, Cut(http.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget));
        writer.WriteString("verb"u8, record.Asked?.Verb is { Length: > 0 } verb ? verb : http.Request.Method.ToLowerInvariant());
        WriteUser(writer, record.Caller);
        writer.WriteStartArray("sourceIPs"u8);
        writer.WriteStringValue(http.Connection.RemoteIpAddress?.ToString() ?? string.Empty);
        writer.WriteEndArray();
        if (http.Request.Headers.UserAgent.ToString() is { Length: > 0 } agent)
        {
            writer.WriteString("userAgent"u8, Cut(agent));
        }

        WriteObject(writer, record.Asked);
        WriteStatus(writer, http, record);
        writer.WriteString("requestReceivedTimestamp"u8, Micro(record.Received));
        writer.WriteString("stageTimestamp"u8, Micro(now));
        if (record.Decision is { } decision)
        {
            writer.WriteStartObject("annotations"u8);
            writer.WriteString("authorization.k8s.io/decision"u8, decision);
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
        writer.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    private static void WriteUser(Utf8JsonWriter writer, Caller? caller)
    {
        writer.WriteStartObject("user"u8);
        if (caller is not null)
        {
            writer.WriteString("username"u8, Cut(caller.Name));
            if (caller.Uid.Length > 0)
            {
                writer.WriteString("uid"u8, Cut(caller.Uid));
            }

            WriteList(writer, "groups", caller.Groups);
            if (caller.Extra.Count > 0)
            {
                writer.WriteStartObject("extra"u8);
                foreach ((string key, IReadOnlyList<string> values) in caller.Extra)
                {
                    WriteList(writer, key, values);
                }

                writer.WriteEndObject();
            }
        }

        writer.WriteEndObject();
    }

    private static void WriteList(Utf8JsonWriter writer, string name, IReadOnlyList<string> values)
    {
        writer.WriteStartArray(name);
        foreach (string value in values)
        {
            writer.WriteStringValue(Cut(value));
        }

        writer.WriteEndArray();
    }

    private static void WriteObject(Utf8JsonWriter writer, AccessRequest? asked)
    {
        if (asked is not { IsResource: true })
        {
            return;
        }

        writer.WriteStartObject("objectRef"u8);
        foreach ((string name, string value) in ((string, string)[])
            [("resource", asked.Resource), ("namespace", asked.ObjectNamespace), ("name", asked.Name), ("apiGroup", asked.Group), ("apiVersion", asked.Version), ("subresource", asked.Subresource)])
        {
            if (value.Length > 0)
            {
                writer.WriteString(name, Cut(value));
            }
        }

        writer.WriteEndObject();
    }

    private static void WriteStatus(Utf8JsonWriter writer, HttpContext http, AuditRecord record)
    {
        writer.WriteStartObject("responseStatus"u8);
        writer.WriteStartObject("metadata"u8);
        writer.WriteEndObject();
        if (record.Failure is { } failure)
        {
            writer.WriteString("status"u8, failure.Result);
            writer.WriteString("message"u8, Cut(failure.Message ?? string.Empty));
            writer.WriteString("reason"u8, failure.Reason);
        }

        writer.WriteNumber("code"u8, http.Response.StatusCode);
        writer.WriteEndObject();
    }

    private static string Cut(string text) => text.Length <= MaxTextLength ? text : text[..MaxTextLength];

    private static string Micro(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);
}
