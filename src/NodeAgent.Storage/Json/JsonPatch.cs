// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text.Json.Nodes;

namespace NodeAgent.Storage.Json;

/// <summary>JSON patch. Source: RFC 6902, RFC 6901.</summary>
internal static class JsonPatch
{
    // A copy that doubles its own source grows a document exponentially; this many operations bound the work. Source: the API server's own limit.
    private const int MaxOperations = 10_000;

    // Units: nodes that copy operations may add in all.
    private const int MaxCopiedNodes = 1_000_000;

    /// <exception cref="PatchException">The patch is malformed, a path is absent, or a test fails.</exception>
    public static JsonNode? Apply(JsonNode? document, JsonNode? patch)
    {
        if (patch is not JsonArray operations || operations.Count > MaxOperations)
        {
            throw new PatchException($"a JSON patch is an array of at most {MaxOperations} operations");
        }

        int copied = 0;
        foreach (JsonNode? entry in operations)
        {
            JsonObject operation = entry as JsonObject ?? throw new PatchException("an operation is not an object");
            string path = Text(operation, "path");
            document = Text(operation, "op") switch
            {
                "add" => Add(document, path, Value(operation)),
                "remove" => Remove(document, path, out _),
                "replace" => Replace(document, path, Value(operation)),
                "move" => Move(document, Text(operation, "from"), path),
                "copy" => Copy(document, Text(operation, "from"), path, ref copied),
                "test" => Test(document, path, Value(operation)),
                string unknown => throw new PatchException($"unknown operation '{unknown}'"),
            };
        }

        return document;
    }

    private static string Text(JsonObject operation, string member) =>
        JsonText.TextOf(operation, member) ?? throw new PatchException($"an operation lacks '{member}'");

    private static JsonNode? Value(JsonObject operation) =>
        operation.TryGetPropertyValue("value", out JsonNode? value) ? value?.DeepClone() : throw new PatchException("an operation lacks 'value'");

    private static string[] Split(string path)
    {
        if (path.Length == 0)
        {
            return [];
        }

        if (path[0] != '/')
        {
            throw new PatchException($"path '{path}' does not begin with '/'");
        }

        return [.. path[1..].Split('/').Select(token => token.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal))];
    }

    private static JsonNode Parent(JsonNode? document, string[] tokens)
    {
        JsonNode? node = document;
        foreach (string token in tokens.AsSpan(0, tokens.Length - 1))
        {
            node = Child(node, token);
        }

        return node ?? throw new PatchException("path does not exist");
    }

    private static JsonNode? Child(JsonNode? node, string token) => node switch
    {
        JsonObject members when members.TryGetPropertyValue(token, out JsonNode? member) => member,
        JsonArray items => items[Index(items, token, items.Count - 1)],
        _ => throw new PatchException($"path does not exist at '{token}'"),
    };

    private static int Index(JsonArray items, string token, int max)
    {
        bool canonical = token.Length > 0 && (token == "0" || token[0] != '0') && token.All(char.IsAsciiDigit);
        return canonical && int.TryParse(token, NumberStyles.None, CultureInfo.InvariantCulture, out int index) && index <= max
            ? index
            : throw new PatchException($"'{token}' is no index of an array of {items.Count}");
    }

    private static JsonNode? Add(JsonNode? document, string path, JsonNode? value)
    {
        string[] tokens = Split(path);
        if (tokens.Length == 0)
        {
            return value;
        }

        switch (Parent(document, tokens))
        {
            case JsonObject members:
                members[tokens[^1]] = value;
                break;
            case JsonArray items:
                items.Insert(tokens[^1] == "-" ? items.Count : Index(items, tokens[^1], items.Count), value);
                break;
            default:
                throw new PatchException($"nothing can be added at '{path}'");
        }

        return document;
    }

    private static JsonNode? Remove(JsonNode? document, string path, out JsonNode? removed)
    {
        string[] tokens = Split(path);
        if (tokens.Length == 0)
        {
            throw new PatchException("the whole document cannot be removed");
        }

        JsonNode parent = Parent(document, tokens);
        removed = Child(parent, tokens[^1]);
        if (parent is JsonObject members)
        {
            members.Remove(tokens[^1]);
        }
        else if (parent is JsonArray items)
        {
            items.RemoveAt(Index(items, tokens[^1], items.Count - 1));
        }

        return document;
    }

    private static JsonNode? Replace(JsonNode? document, string path, JsonNode? value)
    {
        string[] tokens = Split(path);
        if (tokens.Length == 0)
        {
            return value;
        }

        JsonNode parent = Parent(document, tokens);
        Child(parent, tokens[^1]);
        if (parent is JsonArray items)
        {
            items[Index(items, tokens[^1], items.Count - 1)] = value;
        }
        else
        {
            parent[tokens[^1]] = value;
        }

        return document;
    }

    private static JsonNode? Move(JsonNode? document, string from, string path)
    {
        if (path.StartsWith(from + "/", StringComparison.Ordinal))
        {
            throw new PatchException("a value cannot be moved into itself");
        }

        document = Remove(document, from, out JsonNode? value);
        return Add(document, path, value);
    }

    private static JsonNode? Copy(JsonNode? document, string from, string path, ref int copied)
    {
        JsonNode? value = Split(from).Aggregate(document, Child);
        copied += CountNodes(value);
        return copied <= MaxCopiedNodes ? Add(document, path, value?.DeepClone()) : throw new PatchException("the copies of the patch are too large");
    }

    private static JsonNode? Test(JsonNode? document, string path, JsonNode? value) =>
        JsonNode.DeepEquals(Split(path).Aggregate(document, Child), value) ? document : throw new PatchException($"test of '{path}' failed");

    private static int CountNodes(JsonNode? node) => node switch
    {
        JsonObject members => 1 + members.Sum(member => CountNodes(member.Value)),
        JsonArray items => 1 + items.Sum(CountNodes),
        _ => 1,
    };
}

/// <summary>The patch cannot be applied to this document.</summary>
internal sealed class PatchException(string message) : Exception(message);
