// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;

namespace NodeAgent.Enrichment.Containers;

/// <summary>Reads documents that others write: what is missing or of another type is empty, never an error.</summary>
internal static class Json
{
    /// <returns>An element of kind Undefined when there is no such object; the other methods take it as an empty one.</returns>
    public static JsonElement Object(JsonElement parent, string name) =>
        Find(parent, name, JsonValueKind.Object) ? parent.GetProperty(name) : default;

    public static string Text(JsonElement parent, string name) =>
        Find(parent, name, JsonValueKind.String) ? parent.GetProperty(name).GetString()! : string.Empty;

    public static bool IsTrue(JsonElement parent, string name) => Find(parent, name, JsonValueKind.True);

    /// <returns>0 also when the number does not fit.</returns>
    public static uint Number(JsonElement parent, string name) =>
        Find(parent, name, JsonValueKind.Number) && parent.GetProperty(name).TryGetUInt32(out uint value) ? value : 0;

    public static IEnumerable<JsonElement> Items(JsonElement parent, string name, int limit) =>
        Find(parent, name, JsonValueKind.Array) ? parent.GetProperty(name).EnumerateArray().Take(limit) : [];

    public static string[] Texts(JsonElement parent, string name, int limit) =>
        [.. Items(parent, name, limit).Where(item => item.ValueKind == JsonValueKind.String).Select(item => item.GetString()!)];

    public static Dictionary<string, string> Map(JsonElement parent, string name, int limit)
    {
        var map = new Dictionary<string, string>(StringComparer.Ordinal);
        if (Find(parent, name, JsonValueKind.Object))
        {
            foreach (JsonProperty property in parent.GetProperty(name).EnumerateObject().Where(item => item.Value.ValueKind == JsonValueKind.String).Take(limit))
            {
                map[property.Name] = property.Value.GetString()!;
            }
        }

        return map;
    }

    private static bool Find(JsonElement parent, string name, JsonValueKind kind) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out JsonElement value) && value.ValueKind == kind;
}
