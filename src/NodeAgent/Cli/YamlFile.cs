// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;
using NodeAgent.Api.Json;

namespace NodeAgent.Cli;

/// <summary>Objects that a person gives: YAML of one or more documents, or JSON, as kubectl takes them.</summary>
internal static class YamlFile
{
    private const string StandardInput = "-";

    /// <param name="path"><c>-</c> = standard input.</param>
    /// <returns>The documents that are not empty; of a <c>List</c>, its items.</returns>
    /// <remarks>Errors: <see cref="CommandException"/> with the line.</remarks>
    public static IReadOnlyList<JsonNode> Read(string path)
    {
        IReadOnlyList<JsonNode?> documents;
        try
        {
            using TextReader reader = path == StandardInput ? Console.In : File.OpenText(path);
            documents = YamlText.ParseAll(reader);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandException($"{path}: {e.Message}");
        }
        catch (FormatException e)
        {
            throw new CommandException($"{path}, {e.Message}");
        }

        var objects = new List<JsonNode>();
        foreach (JsonNode? node in documents)
        {
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
}
