// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;

namespace NodeAgent.Export.Sinks.Formats;

/// <summary>Members that are left out where there is nothing to say.</summary>
internal static class JsonMembers
{
    public static void Text(this Utf8JsonWriter json, string name, string? value)
    {
        if (!string.IsNullOrEmpty(value))
        {
            json.WriteString(name, value);
        }
    }

    public static void Number(this Utf8JsonWriter json, string name, long? value)
    {
        if (value is { } known)
        {
            json.WriteNumber(name, known);
        }
    }

    public static void Texts(this Utf8JsonWriter json, string name, IEnumerable<string?> values)
    {
        string[] known = [.. values.Where(value => !string.IsNullOrEmpty(value)).Select(value => value!)];
        if (known.Length == 0)
        {
            return;
        }

        json.WriteStartArray(name);
        foreach (string value in known)
        {
            json.WriteStringValue(value);
        }

        json.WriteEndArray();
    }

    /// <summary>An object, unless it would be empty.</summary>
    public static void Section(this Utf8JsonWriter json, string name, bool isThere, Action write)
    {
        if (!isThere)
        {
            return;
        }

        json.WriteStartObject(name);
        write();
        json.WriteEndObject();
    }

    public static void Map(this Utf8JsonWriter json, string name, IEnumerable<KeyValuePair<string, string>>? values)
    {
        if (values is null || !values.Any())
        {
            return;
        }

        json.WriteStartObject(name);
        foreach ((string key, string value) in values)
        {
            json.WriteString(key, value);
        }

        json.WriteEndObject();
    }
}
