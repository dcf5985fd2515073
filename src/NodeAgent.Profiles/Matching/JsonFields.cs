// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace NodeAgent.Profiles.Matching;

/// <summary>Decides of a part of a profile; says what is wrong before it answers false. The part may be changed.</summary>
internal delegate bool FieldCheck(JsonNode node, string field, ProfileReport report);

/// <summary>Walks through objects and lists, and takes out what does not pass.</summary>
internal static class JsonFields
{
    private const int ShownText = 80;

    /// <summary>Absent and null fields pass.</summary>
    /// <returns>False when the field did not pass, and is gone.</returns>
    public static bool Field(JsonObject parent, string name, string at, ProfileReport report, FieldCheck check)
    {
        if (!parent.TryGetPropertyValue(name, out JsonNode? node) || node is null || check(node, at.Length == 0 ? name : $"{at}.{name}", report))
        {
            return true;
        }

        parent.Remove(name);
        return false;
    }

    /// <returns>Passes a list, without the entries that do not pass.</returns>
    public static FieldCheck ListOf(FieldCheck item) => (node, field, report) => Filter(node, field, report, item) >= 0;

    /// <returns>Passes a list of which something is left, or that was empty before: where none would mean any.</returns>
    public static FieldCheck NotEmptied(FieldCheck item) => (node, field, report) =>
        node is JsonArray { Count: 0 } || Filter(node, field, report, item) > 0;

    /// <returns>Passes a list of which every entry passes.</returns>
    public static FieldCheck AllOf(FieldCheck item) => (node, field, report) =>
        node is JsonArray { Count: var count } ? Filter(node, field, report, item) == count : Refuse(field, report, $"{Show(node)} is no list");

    public static bool Text(JsonNode node, string field, ProfileReport report) => AsText(node) is not null || Refuse(field, report, $"{Show(node)} is no text");

    public static bool Truth(JsonNode node, string field, ProfileReport report) =>
        node.GetValueKind() is JsonValueKind.True or JsonValueKind.False || Refuse(field, report, $"{Show(node)} is neither true nor false");

    public static bool Object(JsonNode node, string field, ProfileReport report) => node is JsonObject || Refuse(field, report, $"{Show(node)} is no object");

    /// <summary>Names with a text each, all of them.</summary>
    public static bool Labels(JsonNode node, string field, ProfileReport report) =>
        node is not JsonObject labels ? Refuse(field, report, $"{Show(node)} is no object")
        : labels.All(label => AsText(label.Value) is not null || Refuse($"{field}.{label.Key}", report, $"{Show(label.Value)} is no text"));

    /// <returns>Null for what is no text, and for a text that holds half a character.</returns>
    public static string? AsText(JsonNode? node)
    {
        try
        {
            return node is JsonValue value && value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : null;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    public static bool Refuse(string field, ProfileReport report, string problem)
    {
        report.Error(field, problem);
        return false;
    }

    public static string Show(JsonNode? node)
    {
        string text = node switch
        {
            null => "null",
            JsonObject => "an object",
            JsonArray => "a list",
            _ when AsText(node) is { } some => $"'{some}'",
            _ => node.ToJsonString(),
        };
        return text.Length <= ShownText ? text : string.Concat(text.AsSpan(0, ShownText), "…");
    }

    // How many are left; -1 = it is no list.
    private static int Filter(JsonNode node, string field, ProfileReport report, FieldCheck item)
    {
        if (node is not JsonArray list)
        {
            Refuse(field, report, $"{Show(node)} is no list");
            return -1;
        }

        bool[] kept = new bool[list.Count];
        for (int i = 0; i < kept.Length; i++)
        {
            string at = string.Create(CultureInfo.InvariantCulture, $"{field}[{i}]");
            kept[i] = list[i] is { } entry ? item(entry, at, report) : Refuse(at, report, "is null");
        }

        int place = 0;
        list.RemoveAll(_ => !kept[place++]);
        return list.Count;
    }
}
