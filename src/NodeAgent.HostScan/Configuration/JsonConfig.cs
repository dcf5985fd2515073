// SPDX-License-Identifier: Apache-2.0
using System.Text;
using System.Text.Json;

namespace NodeAgent.HostScan.Configuration;

/// <summary>Builds the tree from JSON, which need not be YAML: it may be indented with tabs. Source: RFC 8259.</summary>
internal static class JsonConfig
{
    public static ConfigNode Parse(string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text.TrimStart('\uFEFF'));
        var reader = new Utf8JsonReader(bytes, new JsonReaderOptions { MaxDepth = ConfigText.Deepest, AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip });
        var lines = new LineCounter(bytes);
        try
        {
            reader.Read();
            int nodes = 0;
            ConfigNode root = ReadNode(ref reader, ref lines, ref nodes);
            return reader.Read() ? throw ConfigText.Bad(lines.At(reader.TokenStartIndex), "more than one value") : root;
        }
        catch (JsonException e)
        {
            throw ConfigText.Bad((int)((e.LineNumber ?? 0) + 1), "is no JSON");
        }
        catch (InvalidOperationException)
        {
            // A text of code points that are none.
            throw new FormatException("is no JSON");
        }
    }

    private static ConfigNode ReadNode(ref Utf8JsonReader reader, ref LineCounter lines, ref int nodes)
    {
        int line = lines.At(reader.TokenStartIndex);
        if (++nodes > ConfigText.MostNodes)
        {
            throw ConfigText.TooMuch(line);
        }

        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                ConfigNode map = ConfigNode.Map(line);
                while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
                {
                    string name = reader.GetString()!;
                    reader.Read();
                    map.Set(name, ReadNode(ref reader, ref lines, ref nodes));
                }

                return map;
            case JsonTokenType.StartArray:
                ConfigNode list = ConfigNode.List(line);
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                {
                    list.Add(ReadNode(ref reader, ref lines, ref nodes));
                }

                return list;
            default:
                return ConfigNode.Of(line, Scalar(ref reader));
        }
    }

    private static object? Scalar(ref Utf8JsonReader reader) => reader.TokenType switch
    {
        JsonTokenType.True => true,
        JsonTokenType.False => false,
        JsonTokenType.Null => null,
        JsonTokenType.Number => reader.TryGetInt64(out long number) ? number : reader.GetDouble(),
        _ => reader.GetString(),
    };

    /// <summary>Counts forward only: the reader asks in the order of the text.</summary>
    private struct LineCounter(byte[] bytes)
    {
        private int _line = 1;
        private int _counted;

        public int At(long index)
        {
            _line += bytes.AsSpan(_counted, (int)index - _counted).Count((byte)'\n');
            _counted = (int)index;
            return _line;
        }
    }
}
