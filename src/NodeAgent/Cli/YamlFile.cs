// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace NodeAgent.Cli;

/// <summary>Objects that a person gives: YAML of one or more documents, or JSON, as kubectl takes them.</summary>
internal static class YamlFile
{
    private const string StandardInput = "-";
    private const int Deepest = 64; // as the reader of JSON has it
    private const int MostNodes = 1_000_000; // aliases of aliases make a small file a large one

    /// <param name="path"><c>-</c> = standard input.</param>
    /// <returns>The documents that are not empty; of a <c>List</c>, its items.</returns>
    /// <remarks>Errors: <see cref="CommandException"/> with the line.</remarks>
    public static IReadOnlyList<JsonNode> Read(string path)
    {
        var stream = new YamlStream();
        try
        {
            using TextReader reader = path == StandardInput ? Console.In : File.OpenText(path);
            stream.Load(reader);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandException($"{path}: {e.Message}");
        }
        catch (YamlException e)
        {
            throw new CommandException($"{path}, line {e.Start.Line}: {e.Message}");
        }

        var objects = new List<JsonNode>();
        foreach (YamlDocument document in stream.Documents)
        {
            int left = MostNodes;
            JsonNode? node = Convert(document.RootNode, path, depth: 0, ref left);
            if (node is JsonObject list && list["kind"]?.ToString() is { } kind && kind.EndsWith("List", StringComparison.Ordinal) && list["items"] is JsonArray items)
            {
                objects.AddRange(items.OfType<JsonNode>().Select(item => item.DeepClone()));
            }
            else if (node is not null)
            {
                objects.Add(node);
            }
        }

        return objects;
    }

    private static JsonNode? Convert(YamlNode node, string path, int depth, ref int left)
    {
        if (depth > Deepest || --left < 0)
        {
            throw new CommandException($"{path}, line {node.Start.Line}: more than {Deepest} levels or {MostNodes} values");
        }

        switch (node)
        {
            case YamlMappingNode mapping:
                var made = new JsonObject();
                foreach ((YamlNode key, YamlNode value) in mapping.Children)
                {
                    made[(key as YamlScalarNode)?.Value ?? throw new CommandException($"{path}, line {key.Start.Line}: a key must be text")] = Convert(value, path, depth + 1, ref left);
                }

                return made;
            case YamlSequenceNode sequence:
                var array = new JsonArray();
                foreach (YamlNode child in sequence.Children)
                {
                    array.Add(Convert(child, path, depth + 1, ref left));
                }

                return array;
            default:
                return Scalar((YamlScalarNode)node);
        }
    }

    // The core schema of YAML 1.2, which JSON is a part of; what has quotes is text.
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
            _ => JsonValue.Create(text),
        };
    }
}
