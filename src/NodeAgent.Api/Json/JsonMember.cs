// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;

namespace NodeAgent.Api.Json;

/// <summary>Asks JSON of which nothing is known for sure.</summary>
public static class JsonMember
{
    /// <summary>A member of a member.</summary>
    /// <returns>Null when there is none.</returns>
    public static JsonElement? At(JsonElement element, params ReadOnlySpan<string> path)
    {
        foreach (string step in path)
        {
            if (element.ValueKind != JsonValueKind.Object || !element.TryGetProperty(step, out element))
            {
                return null;
            }
        }

        return element;
    }

    /// <returns>Null when there is none, or it is no text.</returns>
    public static string? Text(JsonElement element, params ReadOnlySpan<string> path) =>
        At(element, path) is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;
}
