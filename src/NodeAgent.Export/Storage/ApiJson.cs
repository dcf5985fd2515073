// SPDX-License-Identifier: Apache-2.0
using System.Buffers;
using System.Runtime.InteropServices;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using NodeAgent.Api.Json;

namespace NodeAgent.Export.Storage;

/// <summary>The few places of an object that the client itself reads or writes.</summary>
internal static class ApiJson
{
    private static readonly JsonDocumentOptions Reading = new() { MaxDepth = 128 };
    private static readonly JsonWriterOptions Writing = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <returns>The object with this metadata.resourceVersion; with none when it is null.</returns>
    public static byte[] WithResourceVersion(ApiObject item, string? resourceVersion)
    {
        JsonObject root = Parse(item);
        if (root["metadata"] is not JsonObject metadata)
        {
            metadata = new JsonObject { ["name"] = item.Name, ["namespace"] = item.Namespace };
            root["metadata"] = metadata;
        }

        if (resourceVersion is null)
        {
            metadata.Remove("resourceVersion");
        }
        else
        {
            metadata["resourceVersion"] = resourceVersion;
        }

        var output = new ArrayBufferWriter<byte>(item.Json.Length + 64);
        using (var writer = new Utf8JsonWriter(output, Writing))
        {
            root.WriteTo(writer);
        }

        return output.WrittenSpan.ToArray();
    }

    /// <exception cref="JsonException">No JSON.</exception>
    /// <returns>Null when it is no object of the API.</returns>
    public static string? ResourceVersionOf(ReadOnlyMemory<byte> json)
    {
        using JsonDocument document = JsonDocument.Parse(json, Reading);
        return JsonMember.Text(document.RootElement, "metadata", "resourceVersion");
    }

    /// <exception cref="JsonException">No JSON.</exception>
    public static IReadOnlyDictionary<string, string> AnnotationsOf(ReadOnlyMemory<byte> json)
    {
        using JsonDocument document = JsonDocument.Parse(json, Reading);
        return document.RootElement is { ValueKind: JsonValueKind.Object } root
            && root.TryGetProperty("metadata", out JsonElement metadata) && metadata.ValueKind == JsonValueKind.Object
            && metadata.TryGetProperty("annotations", out JsonElement annotations) && annotations.ValueKind == JsonValueKind.Object
            ? annotations.EnumerateObject().Where(annotation => annotation.Value.ValueKind == JsonValueKind.String).ToDictionary(annotation => annotation.Name, annotation => annotation.Value.GetString()!)
            : new Dictionary<string, string>();
    }

    /// <exception cref="JsonException">No JSON, or no list.</exception>
    public static (List<ApiObject> Items, string ResourceVersion, string? Continue) ReadList(string resource, ReadOnlyMemory<byte> json)
    {
        using JsonDocument document = JsonDocument.Parse(json, Reading);
        JsonElement root = document.RootElement;
        if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("items", out JsonElement items))
        {
            throw new JsonException("The answer is no list.");
        }

        var read = new List<ApiObject>();
        if (items.ValueKind == JsonValueKind.Array)
        {
            foreach (JsonElement item in items.EnumerateArray())
            {
                read.Add(ObjectOf(resource, item));
            }
        }

        string? next = JsonMember.Text(root, "metadata", "continue");
        return (read, JsonMember.Text(root, "metadata", "resourceVersion") ?? string.Empty, string.IsNullOrEmpty(next) ? null : next);
    }

    /// <exception cref="JsonException">No JSON, or no event.</exception>
    public static ApiWatchEvent ReadWatchEvent(string resource, ReadOnlyMemory<byte> line)
    {
        using JsonDocument document = JsonDocument.Parse(line, Reading);
        return JsonMember.Text(document.RootElement, "type") is { } type && document.RootElement.TryGetProperty("object", out JsonElement item)
            ? new ApiWatchEvent(type, ObjectOf(resource, item))
            : throw new JsonException("The line is no watch event.");
    }

    /// <returns>Message and reason of a Status object; nulls when it is none.</returns>
    public static (string? Message, string? Reason, int? Code) ReadStatus(ReadOnlyMemory<byte> json)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(json, Reading);
            JsonElement root = document.RootElement;
            int? code = root.ValueKind == JsonValueKind.Object && root.TryGetProperty("code", out JsonElement value) && value.TryGetInt32(out int number)
                ? number
                : null;
            return (JsonMember.Text(root, "message"), JsonMember.Text(root, "reason"), code);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            return (null, null, null);
        }
    }

    private static ApiObject ObjectOf(string resource, JsonElement item) => new(
        resource,
        JsonMember.Text(item, "metadata", "namespace") ?? string.Empty,
        JsonMember.Text(item, "metadata", "name") ?? string.Empty,
        JsonMarshal.GetRawUtf8Value(item).ToArray());

    private static JsonObject Parse(ApiObject item)
    {
        try
        {
            return JsonNode.Parse(item.Json.Span, null, Reading) as JsonObject
                ?? throw new StorageException($"{item.Resource} {item.Namespace}/{item.Name} is no JSON object");
        }
        catch (Exception error) when (error is JsonException or ArgumentException)
        {
            throw new StorageException($"{item.Resource} {item.Namespace}/{item.Name} is no JSON: {error.Message}", error);
        }
    }
}
