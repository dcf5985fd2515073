// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace NodeAgent.Api.Json;

/// <summary>YAML as the JSON that it means. Source: YAML 1.2.2 section 10.3, the core schema, of which JSON is a part.</summary>
public static class YamlText
{
    private const int Deepest = 64;
    private const int DocumentLevels = 4; // of stream and document
    private const int MostNodes = 1_000_000; // aliases of aliases make a small file a large one

    /// <summary>The one document of a text.</summary>
    /// <returns>Null: an empty document, or <c>null</c>.</returns>
    /// <exception cref="FormatException">The message has the line.</exception>
    public static JsonNode? Parse(string text)
    {
        using var reader = new StringReader(text);
        IReadOnlyList<JsonNode?> documents = ParseAll(reader);
        return documents switch
        {
            [] => null,
            [var only] => only,
            _ => throw new FormatException($"{documents.Count} documents instead of one"),
        };
    }

    /// <summary>Every document of a text.</summary>
    /// <exception cref="FormatException">The message has the line.</exception>
    public static IReadOnlyList<JsonNode?> ParseAll(TextReader text)
    {
        string all = text.ReadToEnd();
        var stream = new YamlStream();
        try
        {
            MeasureDepth(all);
            stream.Load(new StringReader(all));
        }
        catch (YamlException e)
        {
            throw new FormatException($"line {e.Start.Line}: {e.Message}", e);
        }
        catch (InvalidOperationException e)
        {
            // The scanner's answer to some plain scalars that are none; it does not say where.
            throw new FormatException($"is no YAML: {e.Message}", e);
        }

        var found = new List<JsonNode?>();
        foreach (YamlDocument document in stream.Documents)
        {
            int left = MostNodes;
            found.Add(Convert(document.RootNode, depth: 0, ref left));
        }

        return found;
    }

    // Loading recurses, and the end of the stack would be the end of the process; the events that it is made of do not.
    private static void MeasureDepth(string text)
    {
        var parser = new Parser(new StringReader(text));
        for (int depth = 0; parser.MoveNext();)
        {
            depth += parser.Current!.NestingIncrease;
            if (depth > Deepest + DocumentLevels)
            {
                throw new FormatException($"line {parser.Current.Start.Line}: more than {Deepest} levels or {MostNodes} values");
            }
        }
    }

    private static JsonNode? Convert(YamlNode node, int depth, ref int left)
    {
        if (depth > Deepest || --left < 0)
        {
            throw new FormatException($"line {node.Start.Line}: more than {Deepest} levels or {MostNodes} values");
        }

        switch (node)
        {
            case YamlMappingNode mapping:
                var made = new JsonObject();
                foreach ((YamlNode key, YamlNode value) in mapping.Children)
                {
                    made[(key as YamlScalarNode)?.Value ?? throw new FormatException($"line {key.Start.Line}: a key must be text")] = Convert(value, depth + 1, ref left);
                }

                return made;
            case YamlSequenceNode sequence:
                var array = new JsonArray();
                foreach (YamlNode child in sequence.Children)
                {
                    array.Add(Convert(child, depth + 1, ref left));
                }

                return array;
            default:
                return Scalar((YamlScalarNode)node);
        }
    }

    // What has quotes is text.
    private static JsonValue? Scalar(YamlScalarNode scalar)
    {
        string text = scalar.Value ?? string.Empty;
        if (scalar.Style is not (ScalarStyle.Plain or ScalarStyle.Any))
        {
            return JsonValue.Create(text);
        }

        return text switch
        {
            "" or "~" or "null" or "Null" or "NULL" => null,
            "true" or "True" or "TRUE" => JsonValue.Create(true),
            "false" or "False" or "FALSE" => JsonValue.Create(false),
            _ when long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number) => JsonValue.Create(number),
            _ when IsFraction(text) && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double fraction) && double.IsFinite(fraction) => JsonValue.Create(fraction),
            _ => JsonValue.Create(text),
        };
    }

    // Of digits, one point or an exponent: neither "1.2.3" nor "e5" nor "Infinity".
    private static bool IsFraction(string text) =>
        (char.IsAsciiDigit(text[0]) || (text.Length > 1 && text[0] is '-' or '+' or '.' && char.IsAsciiDigit(text[1])))
        && text.AsSpan().ContainsAny('.', 'e', 'E');
}
