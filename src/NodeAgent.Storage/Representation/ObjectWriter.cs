// SPDX-License-Identifier: Apache-2.0
using System.Buffers;
using System.Text;
using System.Text.Json;
using NodeAgent.Storage.Json;
using NodeAgent.Storage.Objects;
using NodeAgent.Storage.Resources;
using NodeAgent.Storage.Resources.Columns;

namespace NodeAgent.Storage.Representation;

/// <summary>Writes stored documents in the form that was asked for; documents are copied as bytes, never rebuilt.</summary>
internal sealed class ObjectWriter(ResourceDefinition resource, ObjectRepresentation representation, DateTimeOffset now, bool metadataOnly = false)
{
    private bool _columnsWritten;

    /// <summary>Nothing but the metadata of documents is read.</summary>
    public bool ReadsMetadataOnly { get; } = representation.Kind switch
    {
        RepresentationKind.PartialMetadata => true,
        RepresentationKind.Table => (metadataOnly || representation.IncludeObject != "Object") && resource.Columns.All(column => column.Path is null),
        _ => metadataOnly,
    };

    public void WriteOne(Utf8JsonWriter writer, StoredObject item)
    {
        switch (representation.Kind)
        {
            case RepresentationKind.Table:
                BeginTable(writer, item.Revision, null);
                WriteItem(writer, item);
                EndList(writer);
                break;
            default:
                WriteItem(writer, item);
                break;
        }
    }

    /// <summary>One line of a watch, as bytes that stand already; the forms that thousands watch are such.</summary>
    /// <param name="type">Shape: <c>ADDED</c> and its like.</param>
    /// <returns>False, with nothing written, for a form that has to be rendered.</returns>
    public bool TryWriteEvent(IBufferWriter<byte> output, string type, StoredObject item, ObjectHeader header)
    {
        if (representation.Kind == RepresentationKind.Table || metadataOnly)
        {
            return false;
        }

        output.Write("{\"type\":\""u8);
        Encoding.ASCII.GetBytes(type, output);
        output.Write("\",\"object\":"u8);
        if (representation.Kind == RepresentationKind.PartialMetadata)
        {
            output.Write("{\"kind\":\"PartialObjectMetadata\",\"apiVersion\":\""u8);
            Encoding.ASCII.GetBytes(MetaApiVersion, output);
            output.Write("\",\"metadata\":"u8);
            output.Write(header.Metadata.Span);
            output.Write("}"u8);
        }
        else
        {
            output.Write(item.Body.Span);
        }

        output.Write("}\n"u8);
        return true;
    }

    public void BeginList(Utf8JsonWriter writer, long revision, string? continueToken)
    {
        switch (representation.Kind)
        {
            case RepresentationKind.Table:
                BeginTable(writer, revision, continueToken);
                return;
            case RepresentationKind.PartialMetadata:
                Begin(writer, "PartialObjectMetadataList", MetaApiVersion, revision, continueToken);
                break;
            default:
                Begin(writer, resource.ListKind, resource.GroupVersion, revision, continueToken);
                break;
        }

        writer.WriteStartArray("items"u8);
    }

    public void WriteItem(Utf8JsonWriter writer, StoredObject item)
    {
        switch (representation.Kind)
        {
            case RepresentationKind.Table:
                WriteRow(writer, item);
                break;
            case RepresentationKind.PartialMetadata:
                WritePartial(writer, ObjectHeader.Read(item.Body));
                break;
            default:
                WriteDocument(writer, item);
                break;
        }
    }

    public static void EndList(Utf8JsonWriter writer)
    {
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    /// <summary>An object that tells only a revision, in the form of this writer.</summary>
    public void WriteBookmark(Utf8JsonWriter writer, long revision, bool initialEventsEnd)
    {
        if (representation.Kind == RepresentationKind.Table)
        {
            BeginTable(writer, revision, null);
            EndList(writer);
            return;
        }

        writer.WriteStartObject();
        writer.WriteString("kind"u8, representation.Kind == RepresentationKind.PartialMetadata ? "PartialObjectMetadata" : resource.Kind);
        writer.WriteString("apiVersion"u8, representation.Kind == RepresentationKind.PartialMetadata ? MetaApiVersion : resource.GroupVersion);
        writer.WriteStartObject("metadata"u8);
        writer.WriteString("resourceVersion"u8, Text(revision));
        writer.WriteNull("creationTimestamp"u8);
        if (initialEventsEnd)
        {
            writer.WriteStartObject("annotations"u8);
            writer.WriteString("k8s.io/initial-events-end"u8, "true"u8);
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private string MetaApiVersion => "meta.k8s.io/" + representation.MetaVersion;

    private static string Text(long revision) => revision.ToString(System.Globalization.CultureInfo.InvariantCulture);

    private static void Begin(Utf8JsonWriter writer, string kind, string apiVersion, long revision, string? continueToken)
    {
        writer.WriteStartObject();
        writer.WriteString("kind"u8, kind);
        writer.WriteString("apiVersion"u8, apiVersion);
        writer.WriteStartObject("metadata"u8);
        writer.WriteString("resourceVersion"u8, Text(revision));
        if (continueToken is not null)
        {
            writer.WriteString("continue"u8, continueToken);
        }

        writer.WriteEndObject();
    }

    private void BeginTable(Utf8JsonWriter writer, long revision, string? continueToken)
    {
        Begin(writer, "Table", MetaApiVersion, revision, continueToken);

        // A watch tells its columns once.
        if (_columnsWritten)
        {
            writer.WriteNull("columnDefinitions"u8);
        }
        else
        {
            WriteColumns(writer);
        }

        writer.WriteStartArray("rows"u8);
    }

    private void WriteColumns(Utf8JsonWriter writer)
    {
        _columnsWritten = true;
        writer.WriteStartArray("columnDefinitions"u8);
        foreach (TableColumn column in resource.Columns)
        {
            writer.WriteStartObject();
            writer.WriteString("name"u8, column.Name);
            writer.WriteString("type"u8, column.Type);
            writer.WriteString("format"u8, column.Format);
            writer.WriteString("description"u8, column.Description);
            writer.WriteNumber("priority"u8, column.Priority);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private void WriteRow(Utf8JsonWriter writer, StoredObject item)
    {
        ObjectHeader header = ObjectHeader.Read(item.Body);
        writer.WriteStartObject();
        writer.WriteStartArray("cells"u8);
        foreach (TableColumn column in resource.Columns)
        {
            switch (column.Path is { } path ? DocumentValue.Read(item.Body.Span, path) : column.Value(header, now))
            {
                case long number:
                    writer.WriteNumberValue(number);
                    break;
                case string text:
                    writer.WriteStringValue(text);
                    break;
                default:
                    writer.WriteNullValue();
                    break;
            }
        }

        writer.WriteEndArray();
        if (representation.IncludeObject != "None")
        {
            writer.WritePropertyName("object"u8);
            if (representation.IncludeObject == "Object")
            {
                WriteDocument(writer, item);
            }
            else
            {
                WritePartial(writer, header);
            }
        }

        writer.WriteEndObject();
    }

    private void WritePartial(Utf8JsonWriter writer, ObjectHeader header)
    {
        writer.WriteStartObject();
        writer.WriteString("kind"u8, "PartialObjectMetadata"u8);
        writer.WriteString("apiVersion"u8, MetaApiVersion);
        WriteMetadata(writer, header);
        writer.WriteEndObject();
    }

    private void WriteDocument(Utf8JsonWriter writer, StoredObject item)
    {
        if (!metadataOnly)
        {
            writer.WriteRawValue(item.Body.Span, skipInputValidation: true);
            return;
        }

        writer.WriteStartObject();
        writer.WriteString("apiVersion"u8, resource.GroupVersion);
        writer.WriteString("kind"u8, resource.Kind);
        WriteMetadata(writer, ObjectHeader.Read(item.Body));
        writer.WriteEndObject();
    }

    private static void WriteMetadata(Utf8JsonWriter writer, ObjectHeader header)
    {
        writer.WritePropertyName("metadata"u8);
        writer.WriteRawValue(header.Metadata.Span, skipInputValidation: true);
    }
}
