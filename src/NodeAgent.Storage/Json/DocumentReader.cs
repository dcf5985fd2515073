// SPDX-License-Identifier: Apache-2.0
using System.Buffers;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Unicode;

namespace NodeAgent.Storage.Json;

/// <summary>A document as it was read, in the parts that writing it needs.</summary>
/// <param name="Metadata">Its metadata, as it came.</param>
/// <param name="Rest">Shape: the other members as the store writes them, <c>"spec":{…},"status":{…}</c>, without apiVersion and kind.</param>
/// <param name="Fields">The document without what has one owner only: a list or a scalar is <c>true</c> there. Without metadata.</param>
internal sealed record DocumentParts(JsonObject? Metadata, string? ApiVersion, string? Kind, ReadOnlyMemory<byte> Rest, JsonObject Fields);

/// <summary>Reads a client's document once, checked against its kind, and builds no tree of what it holds.</summary>
/// <remarks>
/// It takes only what is plainly right. Of all else (a member that the kind lacks or that stands twice, a wrong type, text that is not
/// UTF-8) it says nothing and takes nothing: the tree then finds the words. What it takes, it takes as the tree does; a test holds both together.
/// </remarks>
internal ref struct DocumentReader
{
    private const int MaxMapNames = 4096;

    private readonly Utf8JsonWriter _writer;
    private Utf8JsonReader _reader;

    private DocumentReader(ReadOnlySpan<byte> text, Utf8JsonWriter writer)
    {
        _reader = new Utf8JsonReader(text, new JsonReaderOptions { MaxDepth = JsonText.MaxDepth });
        _writer = writer;
    }

    /// <returns>Null: it has to be read as a tree.</returns>
    public static DocumentParts? TryRead(ReadOnlySpan<byte> text, DocumentShape shape)
    {
        if (shape.Kind != ShapeKind.Object || !Utf8.IsValid(text))
        {
            return null;
        }

        var buffer = new ArrayBufferWriter<byte>(text.Length + 64);
        using var writer = new Utf8JsonWriter(buffer, JsonText.WriterOptions);
        var reader = new DocumentReader(text, writer);
        try
        {
            return reader.ReadRoot(text, shape, buffer);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private DocumentParts? ReadRoot(ReadOnlySpan<byte> text, DocumentShape shape, ArrayBufferWriter<byte> buffer)
    {
        if (!_reader.Read() || _reader.TokenType != JsonTokenType.StartObject)
        {
            return null;
        }

        string? apiVersion = null;
        string? kind = null;
        JsonObject? metadata = null;
        var fields = new JsonObject();
        ulong seen = 0;
        _writer.WriteStartObject();
        while (_reader.Read() && _reader.TokenType == JsonTokenType.PropertyName)
        {
            bool isVersion = _reader.ValueTextEquals("apiVersion"u8);
            bool isKind = _reader.ValueTextEquals("kind"u8);
            bool isMetadata = _reader.ValueTextEquals("metadata"u8);
            int member = shape.Find(ref _reader);
            if (member < 0 || (seen & 1UL << member) != 0)
            {
                return null;
            }

            seen |= 1UL << member;
            if (isVersion || isKind)
            {
                if (!_reader.Read() || _reader.TokenType != JsonTokenType.String)
                {
                    return null;
                }

                apiVersion = isVersion ? _reader.GetString() : apiVersion;
                kind = isKind ? _reader.GetString() : kind;
            }
            else if (isMetadata)
            {
                if ((metadata = ReadMetadata(text)) is null)
                {
                    return null;
                }
            }
            else if (!CopyMember(shape.Members[member].Shape, fields, isRoot: true))
            {
                return null;
            }
        }

        if (_reader.Read())
        {
            return null;
        }

        _writer.WriteEndObject();
        _writer.Flush();
        return new DocumentParts(metadata, apiVersion, kind, buffer.WrittenMemory[1..^1], fields);
    }

    private JsonObject? ReadMetadata(ReadOnlySpan<byte> text)
    {
        _reader.Read();
        int start = (int)_reader.TokenStartIndex;
        _reader.Skip();
        var duplicates = new List<string>();
        return JsonText.Parse(text[start..(int)_reader.BytesConsumed], duplicates) is JsonObject metadata && duplicates.Count == 0 ? metadata : null;
    }

    // At the name of a member. Null at the root is no member; below it is one, which is no field.
    private bool CopyMember(DocumentShape shape, JsonObject? fields, bool isRoot = false)
    {
        string? name = fields is null ? null : _reader.GetString();
        ReadOnlySpan<byte> raw = _reader.ValueSpan;
        if (_reader.ValueIsEscaped)
        {
            return false;
        }

        _reader.Read();
        if (isRoot && _reader.TokenType == JsonTokenType.Null)
        {
            return true;
        }

        _writer.WritePropertyName(raw);
        JsonObject? inner = fields is not null && _reader.TokenType == JsonTokenType.StartObject ? [] : null;
        if (_reader.TokenType != JsonTokenType.Null)
        {
            fields?.Add(name!, inner ?? (JsonNode)JsonValue.Create(true));
        }

        return Copy(shape, inner);
    }

    // At the first token of a value. inner: what its members go to, when they are fields.
    private bool Copy(DocumentShape shape, JsonObject? inner)
    {
        if (_reader.TokenType == JsonTokenType.Null)
        {
            _writer.WriteNullValue();
            return true;
        }

        return shape.Kind switch
        {
            ShapeKind.Object => _reader.TokenType == JsonTokenType.StartObject && CopyObject(shape, inner),
            ShapeKind.Map => _reader.TokenType == JsonTokenType.StartObject && CopyMap(shape.Item!, inner, nullable: false),
            ShapeKind.List => _reader.TokenType == JsonTokenType.StartArray && CopyList(shape.Item!, nullable: false),
            ShapeKind.Any => CopyAny(shape, inner),
            ShapeKind.Other => false,
            _ => CopyScalar(shape.Kind),
        };
    }

    private bool CopyObject(DocumentShape shape, JsonObject? inner)
    {
        ulong seen = 0;
        _writer.WriteStartObject();
        while (_reader.Read() && _reader.TokenType == JsonTokenType.PropertyName)
        {
            int member = shape.Find(ref _reader);
            if (member < 0 || (seen & 1UL << member) != 0)
            {
                return false;
            }

            seen |= 1UL << member;
            if (!CopyMember(shape.Members[member].Shape, inner))
            {
                return false;
            }
        }

        _writer.WriteEndObject();
        return true;
    }

    private bool CopyMap(DocumentShape item, JsonObject? inner, bool nullable)
    {
        HashSet<string>? names = null;
        _writer.WriteStartObject();
        while (_reader.Read() && _reader.TokenType == JsonTokenType.PropertyName)
        {
            names ??= new HashSet<string>(StringComparer.Ordinal);
            if (!names.Add(_reader.GetString()!) || names.Count > MaxMapNames || !CopyMember(item, inner))
            {
                return false;
            }

            if (!nullable && _reader.TokenType == JsonTokenType.Null)
            {
                return false;
            }
        }

        _writer.WriteEndObject();
        return true;
    }

    private bool CopyList(DocumentShape item, bool nullable)
    {
        _writer.WriteStartArray();
        while (_reader.Read() && _reader.TokenType != JsonTokenType.EndArray)
        {
            if ((!nullable && _reader.TokenType == JsonTokenType.Null) || !Copy(item, null))
            {
                return false;
            }
        }

        _writer.WriteEndArray();
        return true;
    }

    private bool CopyAny(DocumentShape any, JsonObject? inner)
    {
        switch (_reader.TokenType)
        {
            case JsonTokenType.StartObject:
                return CopyMap(any, inner, nullable: true);
            case JsonTokenType.StartArray:
                return CopyList(any, nullable: true);
            case JsonTokenType.String:
                return CopyScalar(ShapeKind.Text);
            case JsonTokenType.Number:
                return CopyScalar(ShapeKind.Number);
            default:
                return CopyScalar(ShapeKind.Boolean);
        }
    }

    private bool CopyScalar(ShapeKind kind)
    {
        switch (_reader.TokenType)
        {
            case JsonTokenType.String when kind == ShapeKind.Text:
                CopyText();
                return true;
            case JsonTokenType.True or JsonTokenType.False when kind == ShapeKind.Boolean:
                _writer.WriteBooleanValue(_reader.TokenType == JsonTokenType.True);
                return true;
            case JsonTokenType.Number when Fits(kind):
                _writer.WriteRawValue(_reader.ValueSpan, skipInputValidation: true);
                return true;
            default:
                return false;
        }
    }

    private bool Fits(ShapeKind kind) => kind switch
    {
        ShapeKind.Int32 => _reader.TryGetInt32(out _),
        ShapeKind.Int64 => _reader.TryGetInt64(out _),
        ShapeKind.UInt64 => _reader.TryGetUInt64(out _),
        ShapeKind.Number => true,
        _ => false,
    };

    private void CopyText()
    {
        if (_reader.ValueIsEscaped)
        {
            // Throws on half a surrogate pair.
            _writer.WriteStringValue(_reader.GetString());
        }
        else
        {
            _writer.WriteStringValue(_reader.ValueSpan);
        }
    }
}
