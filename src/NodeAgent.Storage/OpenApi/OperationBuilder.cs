// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;
using NodeAgent.Storage.Requests;
using NodeAgent.Storage.Resources;

namespace NodeAgent.Storage.OpenApi;

/// <summary>The operations of one resource, in the dialect of OpenAPI 2 or 3.</summary>
internal sealed class OperationBuilder(bool v3, SchemaBuilder schemas)
{
    private const string Json = "application/json";

    private static readonly string[] ListParameters =
        ["labelSelector", "fieldSelector", "limit", "continue", "resourceVersion", "resourceVersionMatch", "watch", "allowWatchBookmarks", "timeoutSeconds", "sendInitialEvents"];

    // kubectl validates on the server when it finds fieldValidation among the parameters of a patch.
    private static readonly string[] WriteParameters = ["dryRun", "fieldManager", "fieldValidation"];
    private static readonly string[] PatchParameters = [.. WriteParameters, "force"];
    private static readonly string[] DeleteParameters = ["dryRun", "gracePeriodSeconds", "orphanDependents", "propagationPolicy"];

    private static readonly string[] Integers = ["limit", "timeoutSeconds", "gracePeriodSeconds"];
    private static readonly string[] Booleans = ["watch", "allowWatchBookmarks", "sendInitialEvents", "force", "orphanDependents"];

    // Only these: a kind that announces strategic merge patches gets directives from kubectl apply.
    private static readonly string[] PatchTypes = ["application/json-patch+json", "application/merge-patch+json", ApplyHandler.MediaType];

    public IEnumerable<(string Path, JsonObject Item)> Build(ResourceDefinition resource)
    {
        string root = resource.Group.Length == 0 ? $"/api/{resource.Version}" : $"/apis/{resource.GroupVersion}";
        string collection = resource.Namespaced ? $"{root}/namespaces/{{namespace}}/{resource.Plural}" : $"{root}/{resource.Plural}";
        yield return (collection, Collection(resource, resource.Namespaced));
        yield return ($"{collection}/{{name}}", Single(resource));
        if (resource.HasStatus)
        {
            yield return ($"{collection}/{{name}}/{StatusSubresource.Name}", Status(resource));
        }

        if (resource.Namespaced)
        {
            yield return ($"{root}/{resource.Plural}", new JsonObject { ["get"] = List(resource, "ForAllNamespaces") });
        }
    }

    private JsonObject Collection(ResourceDefinition resource, bool namespaced)
    {
        var item = new JsonObject { ["parameters"] = PathParameters(namespaced, named: false), ["get"] = List(resource, string.Empty) };
        if (resource.Verbs.Contains("create"))
        {
            item["post"] = Operation(resource, "post", "create", WriteParameters, Schema(resource), 201, Schema(resource), [Json]);
            item["delete"] = Operation(resource, "deletecollection", "deleteCollection", [.. DeleteParameters, .. ListParameters], Reference("DeleteOptions"), 200, Reference("Status"), [Json]);
        }

        return item;
    }

    private JsonObject Single(ResourceDefinition resource)
    {
        var item = new JsonObject
        {
            ["parameters"] = PathParameters(resource.Namespaced, named: true),
            ["get"] = Operation(resource, "get", "read", ["resourceVersion"], null, 200, Schema(resource)),
        };
        if (resource.Verbs.Contains("patch"))
        {
            item["put"] = Operation(resource, "put", "replace", WriteParameters, Schema(resource), 200, Schema(resource), [Json]);
            item["patch"] = Operation(resource, "patch", "patch", PatchParameters, Reference("Patch"), 200, Schema(resource), PatchTypes);
            item["delete"] = Operation(resource, "delete", "delete", DeleteParameters, Reference("DeleteOptions"), 200, Reference("Status"), [Json]);
        }

        return item;
    }

    private JsonObject Status(ResourceDefinition resource) => new()
    {
        ["parameters"] = PathParameters(resource.Namespaced, named: true),
        ["get"] = Operation(resource, "get", "read", ["resourceVersion"], null, 200, Schema(resource), suffix: "Status"),
        ["put"] = Operation(resource, "put", "replace", WriteParameters, Schema(resource), 200, Schema(resource), [Json], "Status"),
        ["patch"] = Operation(resource, "patch", "patch", PatchParameters, Reference("Patch"), 200, Schema(resource), PatchTypes, "Status"),
    };

    private JsonObject List(ResourceDefinition resource, string suffix) =>
        Operation(resource, "list", "list", ListParameters, null, 200, ListSchema(resource), suffix: suffix);

    private JsonObject Operation(
        ResourceDefinition resource,
        string action,
        string verb,
        IReadOnlyList<string> parameters,
        JsonObject? body,
        int code,
        JsonObject answer,
        IReadOnlyList<string>? consumes = null,
        string suffix = "")
    {
        var list = new JsonArray([.. parameters.Select(Parameter)]);
        var operation = new JsonObject
        {
            ["operationId"] = $"{verb}{resource.Kind}{suffix}",
            ["parameters"] = list,
            ["responses"] = new JsonObject { [code.ToString(System.Globalization.CultureInfo.InvariantCulture)] = Answer(answer) },
            ["x-kubernetes-action"] = action,
            ["x-kubernetes-group-version-kind"] = GroupVersionKind(resource),
        };
        if (v3 && body is not null)
        {
            operation["requestBody"] = new JsonObject
            {
                ["required"] = !action.StartsWith("delete", StringComparison.Ordinal),
                ["content"] = new JsonObject(consumes!.Select(type => KeyValuePair.Create(type, (JsonNode?)new JsonObject { ["schema"] = body.DeepClone() }))),
            };
        }
        else if (!v3)
        {
            operation["produces"] = new JsonArray(Json);
            if (body is not null)
            {
                operation["consumes"] = new JsonArray([.. consumes!.Select(type => (JsonNode)type)]);
                list.Add((JsonNode)new JsonObject { ["name"] = "body", ["in"] = "body", ["required"] = !action.StartsWith("delete", StringComparison.Ordinal), ["schema"] = body });
            }
        }

        return operation;
    }

    public static JsonObject GroupVersionKind(ResourceDefinition resource) =>
        new() { ["group"] = resource.Group, ["version"] = resource.Version, ["kind"] = resource.Kind };

    private static string TypeOf(string parameter) =>
        Array.IndexOf(Integers, parameter) >= 0 ? "integer" : Array.IndexOf(Booleans, parameter) >= 0 ? "boolean" : "string";

    private JsonNode Parameter(string name) => Parameter(name, "query", TypeOf(name), required: false);

    private JsonObject Parameter(string name, string place, string type, bool required)
    {
        var parameter = new JsonObject { ["name"] = name, ["in"] = place };
        if (required)
        {
            parameter["required"] = true;
        }

        if (v3)
        {
            parameter["schema"] = new JsonObject { ["type"] = type };
        }
        else
        {
            parameter["type"] = type;
        }

        return parameter;
    }

    private JsonArray PathParameters(bool namespaced, bool named) =>
    [
        .. (namespaced ? (string[])["namespace"] : []).Concat(named ? ["name"] : []).Select(name => Parameter(name, "path", "string", required: true)),
    ];

    private JsonObject Answer(JsonObject schema) => v3
        ? new JsonObject { ["description"] = "OK", ["content"] = new JsonObject { [Json] = new JsonObject { ["schema"] = schema } } }
        : new JsonObject { ["description"] = "OK", ["schema"] = schema };

    private JsonObject Schema(ResourceDefinition resource) => schemas.Reference(resource.Type);

    private JsonObject ListSchema(ResourceDefinition resource) => schemas.ReferenceTo(SchemaBuilder.NameOf(resource.Type.Type) + "List");

    private JsonObject Reference(string metaType) => schemas.ReferenceTo("io.k8s.apimachinery.pkg.apis.meta.v1." + metaType);
}
