// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;

namespace NodeAgent.Storage.Resources.Columns;

/// <summary>One value of a stored document for a table, read without building it.</summary>
internal static class DocumentValue
{
    /// <param name="path">Members, outermost first. Shape: a name, or of a list <c>type=Ready</c>: its first object whose member has that value.</param>
    /// <returns>A text or a number; of a list how many items it has; null where there is nothing, or nothing that a cell can show.</returns>
    /// <remarks>Errors: none expected, the documents are our own.</remarks>
    public static object? Read(ReadOnlySpan<byte> document, IReadOnlyList<string> path)
    {
        var reader = new Utf8JsonReader(document);
        reader.Read();
        foreach (string name in path)
        {
            if (!Enter(ref reader, name))
            {
                return null;
            }
        }

        return reader.TokenType switch
        {
            JsonTokenType.String => reader.GetString(),
            JsonTokenType.Number when reader.TryGetInt64(out long number) => number,
            JsonTokenType.StartArray => Count(ref reader),
            _ => null,
        };
    }

    // From the begin of an object to the value of one of its members.
    private static bool Enter(ref Utf8JsonReader reader, string name)
    {
        if (reader.TokenType == JsonTokenType.StartArray)
        {
            return name.Split('=') is [var member, var value] && Choose(ref reader, member, value);
        }

        if (reader.TokenType != JsonTokenType.StartObject)
        {
            return false;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            bool found = reader.ValueTextEquals(name);
            reader.Read();
            if (found)
            {
                return true;
            }

            reader.Skip();
        }

        return false;
    }

    // From the begin of a list to that of one of its objects.
    private static bool Choose(ref Utf8JsonReader reader, string member, string value)
    {
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            Utf8JsonReader inside = reader;
            if (Enter(ref inside, member) && inside.TokenType == JsonTokenType.String && inside.ValueTextEquals(value))
            {
                return true;
            }

            reader.Skip();
        }

        return false;
    }

    private static long Count(ref Utf8JsonReader reader)
    {
        long items = 0;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            items++;
            reader.Skip();
        }

        return items;
    }
}
