// SPDX-License-Identifier: Apache-2.0
using System.Buffers;
using System.Text.Json;
using System.Text.Json.Nodes;
using NodeAgent.Storage.Json;
using NodeAgent.Storage.Objects;
using NodeAgent.Storage.Resources;

namespace NodeAgent.Storage.Requests;

/// <summary>Writes documents for the store: the metadata in one order, before all that may be large.</summary>
internal static class ObjectTemplateWriter
{
    // The order that an API server writes; resourceVersion is filled in by the store.
    private static readonly string[] MetadataOrder =
    [
        "name", "generateName", "namespace", "uid", "resourceVersion", "generation", "creationTimestamp", "deletionTimestamp",
        "deletionGracePeriodSeconds", "labels", "annotations", "ownerReferences", "finalizers", "managedFields",
    ];

    /// <param name="writeRest">Writes all members but apiVersion, kind and metadata.</param>
    public static ObjectTemplate Write(ResourceDefinition resource, JsonObject metadata, Action<Utf8JsonWriter> writeRest)
    {
        var buffer = new ArrayBufferWriter<byte>(4096);
        using var writer = new Utf8JsonWriter(buffer, JsonText.WriterOptions);
        int offset = WriteHead(buffer, writer, resource, metadata);
        writeRest(writer);
        writer.WriteEndObject();
        writer.Flush();
        return new ObjectTemplate(buffer.WrittenMemory, offset, resource.WorkloadOf?.Invoke(metadata));
    }

    /// <param name="rest">Shape: the members themselves, <c>"spec":{…}</c>; empty = none.</param>
    public static ObjectTemplate Write(ResourceDefinition resource, JsonObject metadata, ReadOnlySpan<byte> rest)
    {
        var buffer = new ArrayBufferWriter<byte>(rest.Length + 4096);
        using var writer = new Utf8JsonWriter(buffer, JsonText.WriterOptions);
        int offset = WriteHead(buffer, writer, resource, metadata);
        writer.Flush();
        if (!rest.IsEmpty)
        {
            buffer.Write(","u8);
            buffer.Write(rest);
        }

        buffer.Write("}"u8);
        return new ObjectTemplate(buffer.WrittenMemory, offset, resource.WorkloadOf?.Invoke(metadata));
    }

    private static int WriteHead(ArrayBufferWriter<byte> buffer, Utf8JsonWriter writer, ResourceDefinition resource, JsonObject metadata)
    {
        writer.WriteStartObject();
        writer.WriteString("apiVersion"u8, resource.GroupVersion);
        writer.WriteString("kind"u8, resource.Kind);
        writer.WriteStartObject("metadata"u8);
        int offset = 0;
        foreach (string field in MetadataOrder)
        {
            if (field == "resourceVersion")
            {
                writer.WriteString("resourceVersion"u8, ""u8);
                writer.Flush();
                offset = buffer.WrittenCount - 1;
            }
            else if (metadata[field] is { } value && value is not (JsonObject { Count: 0 } or JsonArray { Count: 0 }))
            {
                writer.WritePropertyName(field);
                JsonText.Write(writer, value);
            }
        }

        writer.WriteEndObject();
        return offset;
    }
}
