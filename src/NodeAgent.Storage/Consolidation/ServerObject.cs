// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using NodeAgent.Storage.Json;
using NodeAgent.Storage.Objects;
using NodeAgent.Storage.Requests;
using NodeAgent.Storage.Resources;

namespace NodeAgent.Storage.Consolidation;

/// <summary>An object that the server writes itself: what only a server gives is kept or given, the rest is its own.</summary>
internal static class ServerObject
{
    /// <param name="stored">What is there; null = nothing.</param>
    /// <param name="labels">Beside others that are there.</param>
    /// <param name="annotations">Beside others that are there; null takes one away.</param>
    /// <param name="generation">Null = one more when the content is another.</param>
    /// <returns>Null when it is stored so already.</returns>
    public static WriteRequest? Write<T>(
        ResourceDefinition resource,
        ObjectKey key,
        StoredObject? stored,
        IReadOnlyDictionary<string, string>? labels,
        IEnumerable<KeyValuePair<string, string?>> annotations,
        T spec,
        JsonTypeInfo<T> type,
        TimeProvider time,
        long? generation = null)
    {
        JsonObject metadata = stored is null ? New(key, time) : (JsonObject)JsonNode.Parse(stored.Body.Span[ObjectHeader.RangeOfMetadata(stored.Body.Span)])!;
        metadata.Remove("resourceVersion");
        Set(metadata, "labels", (labels ?? new Dictionary<string, string>()).Select(label => new KeyValuePair<string, string?>(label.Key, label.Value)));
        Set(metadata, "annotations", annotations);
        metadata["generation"] = generation ?? metadata["generation"]?.GetValue<long>() ?? 1;
        ObjectTemplate template = Template();
        if (stored is null)
        {
            return new WriteRequest(key, 0, template);
        }

        byte[] body = template.Render(stored.Revision);
        if (body.AsSpan().SequenceEqual(stored.Body.Span))
        {
            return null;
        }

        if (generation is null && !Content(body).SequenceEqual(Content(stored.Body.Span)))
        {
            metadata["generation"] = metadata["generation"]!.GetValue<long>() + 1;
            template = Template();
        }

        return new WriteRequest(key, stored.Revision, template, stored);

        ObjectTemplate Template() => ObjectTemplateWriter.Write(resource, metadata, writer =>
        {
            writer.WritePropertyName("spec"u8);
            JsonSerializer.Serialize(writer, spec, type);
        });
    }

    private static JsonObject New(ObjectKey key, TimeProvider time) => new()
    {
        ["name"] = key.Name,
        ["namespace"] = key.ObjectNamespace,
        ["uid"] = Guid.NewGuid().ToString(),
        ["creationTimestamp"] = ObjectDraft.Timestamp(time),
        ["generation"] = 1L,
    };

    private static void Set(JsonObject metadata, string field, IEnumerable<KeyValuePair<string, string?>> values)
    {
        var all = new SortedDictionary<string, string?>(StringComparer.Ordinal);
        foreach ((string name, JsonNode? value) in metadata[field] as JsonObject ?? [])
        {
            all[name] = value?.GetValue<string>();
        }

        foreach ((string name, string? value) in values)
        {
            all[name] = value;
        }

        metadata[field] = new JsonObject(all.Where(pair => pair.Value is not null).Select(pair => new KeyValuePair<string, JsonNode?>(pair.Key, pair.Value)));
    }

    // All that follows the metadata.
    private static ReadOnlySpan<byte> Content(ReadOnlySpan<byte> document) => document[ObjectHeader.RangeOfMetadata(document).End..];
}
