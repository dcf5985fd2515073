// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using NodeAgent.Storage.Json;
using NodeAgent.Storage.Resources;

namespace NodeAgent.Storage.OpenApi;

/// <summary>OpenAPI schemas out of JSON contracts.</summary>
/// <param name="referencePrefix">Shape: <c>#/components/schemas/</c> (v3) or <c>#/definitions/</c> (v2).</param>
internal sealed class SchemaBuilder(string referencePrefix)
{
    private readonly SortedDictionary<string, JsonObject?> _schemas = new(StringComparer.Ordinal);

    /// <summary>All schemas referred to so far, by name.</summary>
    public JsonObject Schemas => [.. _schemas.Select(schema => KeyValuePair.Create(schema.Key, (JsonNode?)schema.Value))];

    public JsonObject Reference(JsonTypeInfo type)
    {
        string name = NameOf(type.Type);
        if (_schemas.TryAdd(name, null))
        {
            // Entered before it is built: types may hold themselves.
            _schemas[name] = Build(type);
        }

        return ReferenceTo(name);
    }

    public JsonObject ReferenceTo(string name) => new() { ["$ref"] = referencePrefix + name };

    public void Add(string name, JsonObject schema) => _schemas[name] = schema;

    public JsonObject? Find(JsonTypeInfo type) => _schemas.GetValueOrDefault(NameOf(type.Type));

    // Shape: as in every published OpenAPI of Kubernetes, reversed domain, then package, then type.
    public static string NameOf(Type type) => type.Namespace switch
    {
        "NodeAgent.Api.Meta" when type.Name is "NamespaceObject" or "NamespaceStatus" => "io.k8s.api.core.v1." + type.Name.Replace("Object", string.Empty, StringComparison.Ordinal),
        "NodeAgent.Api.Meta" => "io.k8s.apimachinery.pkg.apis.meta.v1." + type.Name,
        "NodeAgent.Api.HostData" => "cloud.kubescape.hostdata.v1beta1." + (type.IsGenericType ? type.GenericTypeArguments[0].Name.Replace("Spec", string.Empty, StringComparison.Ordinal) : type.Name),
        "NodeAgent.Api.RuntimeRules" => "io.kubescape.v1." + type.Name.Replace("Object", string.Empty, StringComparison.Ordinal),
        "NodeAgent.Api.Networking" => "io.k8s.api.networking.v1." + type.Name,
        _ => "io.kubescape.softwarecomposition.spdx.v1beta1." + type.Name,
    };

    private JsonObject Build(JsonTypeInfo type)
    {
        var properties = new JsonObject();
        foreach (JsonPropertyInfo property in type.Properties)
        {
            properties[property.Name] = SchemaOf(TypeModel.Resolve(type, property.PropertyType));
        }

        MetaSchemas.Complete(type.Type, properties, this);
        var schema = new JsonObject { ["type"] = "object", ["properties"] = properties };
        if (RequiredFields.Of(type.Type) is { Count: > 0 } required)
        {
            schema["required"] = new JsonArray([.. required.Select(name => (JsonNode)name)]);
        }

        return schema;
    }

    private JsonObject SchemaOf(JsonTypeInfo type)
    {
        Type clr = Nullable.GetUnderlyingType(type.Type) ?? type.Type;
        if (type.Type == typeof(JsonElement))
        {
            // Of a list or a map: anything at all.
            return new JsonObject { ["x-kubernetes-preserve-unknown-fields"] = true };
        }

        if (clr == typeof(JsonElement))
        {
            return new JsonObject { ["type"] = "object", ["x-kubernetes-preserve-unknown-fields"] = true };
        }

        return type.Kind switch
        {
            JsonTypeInfoKind.Object => Reference(type),
            JsonTypeInfoKind.Dictionary => new JsonObject { ["type"] = "object", ["additionalProperties"] = SchemaOf(TypeModel.Resolve(type, type.ElementType!)) },
            JsonTypeInfoKind.Enumerable => new JsonObject
            {
                ["type"] = "array",
                ["items"] = SchemaOf(TypeModel.Resolve(type, type.ElementType!)),
                ["x-kubernetes-list-type"] = "atomic",
            },
            _ => Scalar(clr),
        };
    }

    private static JsonObject Scalar(Type type) =>
        type == typeof(string) ? new JsonObject { ["type"] = "string" }
        : type == typeof(bool) ? new JsonObject { ["type"] = "boolean" }
        : type == typeof(double) ? new JsonObject { ["type"] = "number", ["format"] = "double" }
        : new JsonObject { ["type"] = "integer", ["format"] = type == typeof(int) ? "int32" : "int64" };
}
