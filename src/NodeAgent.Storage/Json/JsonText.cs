// SPDX-License-Identifier: Apache-2.0
using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace NodeAgent.Storage.Json;

/// <summary>Reading hostile JSON into nodes, and writing nodes.</summary>
internal static class JsonText
{
    public const int MaxDepth = 64;

    public static readonly JsonWriterOptions WriterOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, MaxDepth = 256 };

    private static readonly JsonReaderOptions ReaderOptions = new() { MaxDepth = MaxDepth };

    /// <param name="duplicates">Receives the paths of members that occur twice; the last one wins.</param>
    /// <exception cref="JsonException">Not one JSON value of at most <see cref="MaxDepth"/> levels in valid UTF-8.</exception>
    public static JsonNode? Parse(ReadOnlySpan<byte> text, List<string> duplicates)
    {
        var reader = new Utf8JsonReader(text, ReaderOptions);
        try
        {
            if (!reader.Read())
            {
                throw new JsonException("unexpected end of JSON input");
            }

            JsonNode? value = ReadValue(ref reader, string.Empty, duplicates);
            if (reader.Read())
            {
                throw new JsonException("data after the JSON value");
            }

            return value;
        }
        catch (InvalidOperationException error)
        {
            // GetString on text that is not UTF-8, or that holds half a surrogate pair.
            throw new JsonException("a string is not valid UTF-8", error);
        }
    }

    /// <returns>A member that is a string; null when it is none, or not there.</returns>
    public static string? TextOf(JsonObject members, string name) => members[name] is JsonValue value && value.TryGetValue(out string? text) ? text : null;

    public static byte[] Write(JsonNode? node)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var writer = new Utf8JsonWriter(buffer, WriterOptions))
        {
            Write(writer, node);
        }

        return buffer.WrittenSpan.ToArray();
    }

    public static void Write(Utf8JsonWriter writer, JsonNode? node)
    {
        if (node is null)
        {
            writer.WriteNullValue();
        }
        else
        {
            node.WriteTo(writer);
        }
    }

    private static JsonNode? ReadValue(ref Utf8JsonReader reader, string path, List<string> duplicates) => reader.TokenType switch
    {
        JsonTokenType.StartObject => ReadObject(ref reader, path, duplicates),
        JsonTokenType.StartArray => ReadArray(ref reader, path, duplicates),
        JsonTokenType.String => JsonValue.Create(reader.GetString()),
        JsonTokenType.True => JsonValue.Create(true),
        JsonTokenType.False => JsonValue.Create(false),
        JsonTokenType.Null => null,

        // Kept as written, so that no digit is lost.
        _ => JsonValue.Create(JsonElement.ParseValue(ref reader)),
    };

    private static JsonObject ReadObject(ref Utf8JsonReader reader, string path, List<string> duplicates)
    {
        var result = new JsonObject();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string name = reader.GetString()!;
            string memberPath = path.Length == 0 ? name : $"{path}.{name}";
            reader.Read();
            JsonNode? value = ReadValue(ref reader, memberPath, duplicates);
            if (!result.TryAdd(name, value))
            {
                duplicates.Add(memberPath);
                result[name] = value;
            }
        }

        return result;
    }

    private static JsonArray ReadArray(ref Utf8JsonReader reader, string path, List<string> duplicates)
    {
        var result = new JsonArray();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            result.Add(ReadValue(ref reader, duplicates.Count < 100 ? $"{path}[{result.Count}]" : path, duplicates));
        }

        return result;
    }
}
