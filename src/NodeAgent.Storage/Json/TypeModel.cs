// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;

namespace NodeAgent.Storage.Json;

/// <summary>What the documents of a kind may hold, taken from the very JSON contract that our code reads them with.</summary>
/// <remarks>The same contract gives the OpenAPI documents, so neither can say what the other does not.</remarks>
internal static class TypeModel
{
    /// <summary>Removes members that the kind does not have, as the API server does.</summary>
    /// <param name="unknown">Receives their paths.</param>
    /// <exception cref="TypeMismatchException">A member is of another JSON type than its field.</exception>
    public static void Prune(JsonNode? node, JsonTypeInfo type, string path, List<string> unknown)
    {
        if (node is null || type.Type == typeof(JsonElement) || type.Type == typeof(JsonElement?))
        {
            return;
        }

        switch (type.Kind)
        {
            case JsonTypeInfoKind.Object:
                PruneObject(Expect<JsonObject>(node, path, "object"), type, path, unknown);
                break;
            case JsonTypeInfoKind.Dictionary:
                JsonTypeInfo valueType = Resolve(type, type.ElementType!);
                foreach ((string key, JsonNode? value) in Expect<JsonObject>(node, path, "object"))
                {
                    RejectNull(value, valueType, Join(path, key));
                    Prune(value, valueType, Join(path, key), unknown);
                }

                break;
            case JsonTypeInfoKind.Enumerable:
                JsonTypeInfo itemType = Resolve(type, type.ElementType!);
                int index = 0;
                foreach (JsonNode? item in Expect<JsonArray>(node, path, "array"))
                {
                    RejectNull(item, itemType, $"{path}[{index}]");
                    Prune(item, itemType, $"{path}[{index++}]", unknown);
                }

                break;
            default:
                CheckScalar(node, Nullable.GetUnderlyingType(type.Type) ?? type.Type, path);
                break;
        }
    }

    /// <param name="name">Of a member that the type has.</param>
    public static JsonTypeInfo MemberType(JsonTypeInfo type, string name) => Resolve(type, type.Properties.First(property => property.Name == name).PropertyType);

    public static JsonTypeInfo Resolve(JsonTypeInfo parent, Type type) => parent.Options.GetTypeInfo(type);

    private static void PruneObject(JsonObject node, JsonTypeInfo type, string path, List<string> unknown)
    {
        List<string>? extra = null;
        foreach ((string name, JsonNode? value) in node)
        {
            JsonPropertyInfo? property = type.Properties.FirstOrDefault(candidate => candidate.Name == name);
            if (property is null)
            {
                (extra ??= []).Add(name);
            }
            else
            {
                Prune(value, Resolve(type, property.PropertyType), Join(path, name), unknown);
            }
        }

        foreach (string name in extra ?? [])
        {
            unknown.Add(Join(path, name));
            node.Remove(name);
        }
    }

    private static string Join(string path, string name) => path.Length == 0 ? name : $"{path}.{name}";

    private static T Expect<T>(JsonNode node, string path, string expected)
        where T : JsonNode => node as T ?? throw new TypeMismatchException(path, expected, Describe(node));

    // Our readers promise non-null items; Go, too, has none for strings.
    private static void RejectNull(JsonNode? value, JsonTypeInfo type, string path)
    {
        if (value is null)
        {
            throw new TypeMismatchException(path, type.Type == typeof(string) ? "string" : "value", "null");
        }
    }

    private static void CheckScalar(JsonNode node, Type type, string path)
    {
        JsonValueKind kind = node.GetValueKind();
        if (type == typeof(string) ? kind == JsonValueKind.String : type == typeof(bool) && kind is JsonValueKind.True or JsonValueKind.False)
        {
            return;
        }

        if (kind == JsonValueKind.Number && type != typeof(string) && type != typeof(bool))
        {
            string text = node.ToJsonString();
            bool fits = type == typeof(int) ? int.TryParse(text, out _)
                : type == typeof(long) ? long.TryParse(text, out _)
                : type == typeof(ulong) ? ulong.TryParse(text, out _)
                : double.TryParse(text, out _);
            if (fits)
            {
                return;
            }
        }

        throw new TypeMismatchException(path, OpenApiName(type), kind == JsonValueKind.Number ? $"number {node.ToJsonString()}" : Describe(node));
    }

    private static string OpenApiName(Type type) =>
        type == typeof(string) ? "string" : type == typeof(bool) ? "boolean" : type == typeof(double) ? "number" : "integer";

    private static string Describe(JsonNode node) => node.GetValueKind() switch
    {
        JsonValueKind.True or JsonValueKind.False => "boolean",
        JsonValueKind kind => kind.ToString().ToLowerInvariant(),
    };
}

/// <summary>A member has the wrong JSON type.</summary>
internal sealed class TypeMismatchException(string path, string expected, string actual)
    : Exception($"json: {(path.Length == 0 ? "the document" : path)}: expected {expected}, got {actual}");
