// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace NodeAgent.Storage.Json;

/// <summary>What lists, watches and tables need of a stored document, read without building it.</summary>
/// <param name="Metadata">Shape: the JSON text of <c>metadata</c>, a slice of the document.</param>
internal sealed record ObjectHeader(
    ReadOnlyMemory<byte> Metadata,
    IReadOnlyDictionary<string, string> Labels,
    IReadOnlyDictionary<string, string> Annotations,
    string Name,
    string ObjectNamespace,
    string CreationTimestamp,
    long ResourceVersion)
{
    /// <summary>Where the digits of the resourceVersion stand in the document.</summary>
    private Range RevisionDigits { get; init; }

    private static readonly Dictionary<string, string> None = [];

    /// <remarks>Errors: none expected, the documents are our own; a strange one throws <see cref="JsonException"/>.</remarks>
    public static ObjectHeader Read(ReadOnlyMemory<byte> document)
    {
        Utf8JsonReader reader = AtMetadata(document.Span);
        return ReadMetadata(ref reader, document);
    }

    /// <summary>Where the JSON text of <c>metadata</c> stands, without a look at what is in it.</summary>
    public static Range RangeOfMetadata(ReadOnlySpan<byte> document)
    {
        Utf8JsonReader reader = AtMetadata(document);
        int start = (int)reader.TokenStartIndex;
        reader.Skip();
        return start..(int)reader.BytesConsumed;
    }

    /// <summary>The document without what follows its metadata.</summary>
    /// <returns>Null: it has none.</returns>
    public static byte[]? HeadOf(ReadOnlySpan<byte> document)
    {
        try
        {
            return [.. document[..RangeOfMetadata(document).End], (byte)'}'];
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static Utf8JsonReader AtMetadata(ReadOnlySpan<byte> document)
    {
        var reader = new Utf8JsonReader(document);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            bool metadata = reader.ValueTextEquals("metadata"u8);
            reader.Read();
            if (metadata)
            {
                return reader;
            }

            reader.Skip();
        }

        throw new JsonException("a document without metadata");
    }

    /// <summary>The document with another resourceVersion: a deletion is told with its own.</summary>
    public byte[] WithRevision(ReadOnlyMemory<byte> document, long revision)
    {
        ReadOnlySpan<byte> text = document.Span;
        return [.. text[..RevisionDigits.Start.Value], .. Encoding.ASCII.GetBytes(revision.ToString(CultureInfo.InvariantCulture)), .. text[RevisionDigits.End.Value..]];
    }

    private static ObjectHeader ReadMetadata(ref Utf8JsonReader reader, ReadOnlyMemory<byte> document)
    {
        int start = (int)reader.TokenStartIndex;
        var header = new ObjectHeader(default, None, None, string.Empty, string.Empty, string.Empty, 0);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string field = reader.GetString()!;
            reader.Read();
            header = field switch
            {
                "name" => header with { Name = reader.GetString()! },
                "namespace" => header with { ObjectNamespace = reader.GetString()! },
                "creationTimestamp" => header with { CreationTimestamp = reader.GetString() ?? string.Empty },
                "resourceVersion" => ReadRevision(ref reader, header),
                "labels" => header with { Labels = ReadMap(ref reader) },
                "annotations" => header with { Annotations = ReadMap(ref reader) },
                _ => Skip(ref reader, header),
            };
        }

        return header with { Metadata = document[start..(int)reader.BytesConsumed] };
    }

    private static ObjectHeader ReadRevision(ref Utf8JsonReader reader, ObjectHeader header)
    {
        int start = (int)reader.TokenStartIndex + 1;
        return header with
        {
            ResourceVersion = long.Parse(reader.GetString()!, CultureInfo.InvariantCulture),
            RevisionDigits = start..(start + reader.ValueSpan.Length),
        };
    }

    private static ObjectHeader Skip(ref Utf8JsonReader reader, ObjectHeader header)
    {
        reader.Skip();
        return header;
    }

#pragma warning disable CA1859 // None is shared and must not be changed.
    private static IReadOnlyDictionary<string, string> ReadMap(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return None;
        }

        var map = new Dictionary<string, string>(StringComparer.Ordinal);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string key = reader.GetString()!;
            reader.Read();
            map[key] = reader.GetString()!;
        }

        return map;
    }
}
