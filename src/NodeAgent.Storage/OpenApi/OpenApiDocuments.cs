// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using NodeAgent.Api.Meta;
using NodeAgent.Storage.Json;
using NodeAgent.Storage.Resources;

namespace NodeAgent.Storage.OpenApi;

/// <summary>The OpenAPI documents, built from the catalog and the JSON contracts of its kinds when first asked for.</summary>
internal sealed class OpenApiDocuments(ServedResources served)
{
    private const string ListMetaName = "io.k8s.apimachinery.pkg.apis.meta.v1.ListMeta";

    private readonly Lazy<Dictionary<string, byte[]>> _v3 = new(() =>
        served.All.GroupBy(Address).ToDictionary(version => version.Key, version => Build(version, v3: true), StringComparer.Ordinal));

    private readonly Lazy<byte[]> _v2 = new(() => Build(served.All, v3: false));

    public byte[] V2 => _v2.Value;

    public byte[] Index => JsonText.Write(new JsonObject
    {
        ["paths"] = new JsonObject(_v3.Value.Select(document => KeyValuePair.Create(document.Key, (JsonNode?)new JsonObject
        {
            // The hash lets clients keep what they have.
            ["serverRelativeURL"] = $"/openapi/v3/{document.Key}?hash={Convert.ToHexString(SHA256.HashData(document.Value))}",
        }))),
    });

    /// <param name="path">Shape: <c>apis/GROUP/VERSION</c> or <c>api/v1</c>.</param>
    public byte[]? V3(string path) => _v3.Value.GetValueOrDefault(path);

    private static string Address(ResourceDefinition resource) => resource.Group.Length == 0 ? $"api/{resource.Version}" : $"apis/{resource.GroupVersion}";

    private static byte[] Build(IEnumerable<ResourceDefinition> resources, bool v3)
    {
        var schemas = new SchemaBuilder(v3 ? "#/components/schemas/" : "#/definitions/");
        var operations = new OperationBuilder(v3, schemas);
        var paths = new JsonObject();
        MetaSchemas.Add(schemas);
        schemas.Reference(MetaJsonContext.Readable.Status);
        schemas.Reference(MetaJsonContext.Readable.DeleteOptions);
        foreach (ResourceDefinition resource in resources)
        {
            foreach ((string path, JsonObject item) in operations.Build(resource))
            {
                paths[path] = item;
            }

            Announce(schemas, resource);
        }

        var info = new JsonObject { ["title"] = "NodeAgent storage", ["version"] = "v1beta1" };
        return JsonText.Write(v3
            ? new JsonObject { ["openapi"] = "3.0.0", ["info"] = info, ["paths"] = paths, ["components"] = new JsonObject { ["schemas"] = schemas.Schemas } }
            : new JsonObject { ["swagger"] = "2.0", ["info"] = info, ["paths"] = paths, ["definitions"] = schemas.Schemas });
    }

    // Which kind a schema is stands in the schema itself; the list kinds have no contract of their own and follow from the kind.
    private static void Announce(SchemaBuilder schemas, ResourceDefinition resource)
    {
        JsonObject schema = schemas.Find(resource.Type)!;
        schema["x-kubernetes-group-version-kind"] = new JsonArray(OperationBuilder.GroupVersionKind(resource));
        JsonObject listKind = OperationBuilder.GroupVersionKind(resource with { Kind = resource.ListKind });
        string name = SchemaBuilder.NameOf(resource.Type.Type);
        schemas.Add(name + "List", new JsonObject
        {
            ["type"] = "object",
            ["required"] = new JsonArray("items"),
            ["properties"] = new JsonObject
            {
                ["apiVersion"] = new JsonObject { ["type"] = "string" },
                ["kind"] = new JsonObject { ["type"] = "string" },
                ["metadata"] = schemas.ReferenceTo(ListMetaName),
                ["items"] = new JsonObject { ["type"] = "array", ["items"] = schemas.Reference(resource.Type) },
            },
            ["x-kubernetes-group-version-kind"] = new JsonArray(listKind),
        });
    }
}
