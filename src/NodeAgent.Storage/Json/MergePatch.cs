// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;

namespace NodeAgent.Storage.Json;

/// <summary>JSON merge patch. Source: RFC 7386.</summary>
internal static class MergePatch
{
    public static JsonNode? Apply(JsonNode? target, JsonNode? patch)
    {
        if (patch is not JsonObject changes)
        {
            return patch?.DeepClone();
        }

        // DeepClone would copy what is replaced at once; the caller owns the target, so it is changed in place.
        JsonObject result = target as JsonObject ?? [];
        foreach ((string name, JsonNode? change) in changes)
        {
            if (change is null)
            {
                result.Remove(name);
                continue;
            }

            JsonNode? merged = Apply(result[name], change);
            if (!ReferenceEquals(merged, result[name]))
            {
                result[name] = merged;
            }
        }

        return result;
    }

    /// <summary>True when a strategic merge patch means the same as a merge patch for our kinds, whose lists have no merge keys.</summary>
    /// <remarks>Not so with directives (<c>$patch</c> …), and for the two lists of metadata that do have one.</remarks>
    public static bool CoversStrategic(JsonNode? patch) =>
        !HasDirective(patch)
        && (patch?["metadata"] is not JsonObject metadata || !(metadata.ContainsKey("finalizers") || metadata.ContainsKey("ownerReferences")));

    private static bool HasDirective(JsonNode? node) => node switch
    {
        JsonObject members => members.Any(member => member.Key.StartsWith('$') || HasDirective(member.Value)),
        JsonArray items => items.Any(HasDirective),
        _ => false,
    };
}
