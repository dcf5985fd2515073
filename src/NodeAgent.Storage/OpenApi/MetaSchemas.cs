// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;
using NodeAgent.Api.HostData;
using NodeAgent.Api.Meta;

namespace NodeAgent.Storage.OpenApi;

/// <summary>What every kind shares and no contract of ours says: patches, the managers of fields, and how lists of the metadata are merged.</summary>
/// <remarks>Source: Kubernetes API, meta/v1.</remarks>
internal static class MetaSchemas
{
    private const string Package = "io.k8s.apimachinery.pkg.apis.meta.v1.";

    private static readonly (string Name, string Text)[] Manager =
    [
        ("apiVersion", "Version of the API in which the fields are named."),
        ("fieldsType", "FieldsV1: how fieldsV1 is written."),
        ("manager", "Who set the fields."),
        ("operation", "Apply or Update: how they were set."),
        ("subresource", "At which subresource, such as status; empty: at the object itself."),
        ("time", "When the fields last changed."),
    ];

    private static readonly (string Name, string Text)[] Metadata =
    [
        ("annotations", "Texts that tools keep with the object; nothing is selected by them."),
        ("creationTimestamp", "When the object was created. Set by the server."),
        ("deletionGracePeriodSeconds", "Always 0 while the object waits for its finalizers."),
        ("deletionTimestamp", "Since when the object is to go: it goes when its finalizers are gone. Set by the server."),
        ("finalizers", "Who has to do something before the object goes, and takes itself off this list then."),
        ("generateName", "Begin of the name that the server makes when there is none."),
        ("generation", "Counts the changes of everything but metadata and status. Set by the server."),
        ("labels", "What objects are selected by."),
        ("name", "Name, which no other object of this kind has in the namespace."),
        ("namespace", "Namespace of the object; empty for kinds without."),
        ("ownerReferences", "Objects that this one belongs to: when all of them are gone, it goes too."),
        ("resourceVersion", "State of the object; a write that carries an older one is refused. Set by the server."),
        ("uid", "Tells the object from others that had its name. Set by the server."),
    ];

    public static void Add(SchemaBuilder schemas)
    {
        schemas.Add(Package + "Patch", Described("object", "A JSON patch, a merge patch or an applied configuration, by its content type."));
        schemas.Add(Package + "FieldsV1", Described("object", "A set of fields: f:NAME is a member, v:VALUE and k:KEYS are items of lists, and . is the thing itself."));
        var properties = new JsonObject { ["fieldsV1"] = schemas.ReferenceTo(Package + "FieldsV1") };
        foreach ((string name, string text) in Manager)
        {
            properties[name] = Described("string", text);
        }

        JsonObject manager = Described("object", "Who set which fields.");
        manager["properties"] = properties;
        schemas.Add(Package + "ManagedFieldsEntry", manager);
    }

    /// <summary>Adds what a contract leaves out to the properties of its schema.</summary>
    public static void Complete(Type type, JsonObject properties, SchemaBuilder schemas)
    {
        if (type == typeof(HostSetting))
        {
            // A text, a number, a switch or a list: a schema of objects would have kubectl refuse it.
            properties["value"] = new JsonObject { ["x-kubernetes-preserve-unknown-fields"] = true };
        }

        if (type != typeof(ObjectMeta))
        {
            return;
        }

        foreach ((string name, string text) in Metadata)
        {
            properties[name]!["description"] = text;
        }

        properties["finalizers"]!["x-kubernetes-list-type"] = "set";
        properties["ownerReferences"]!["x-kubernetes-list-type"] = "map";
        properties["ownerReferences"]!["x-kubernetes-list-map-keys"] = new JsonArray("uid");
        properties["managedFields"] = new JsonObject
        {
            ["description"] = "Who set which fields. Kept by the server.",
            ["type"] = "array",
            ["items"] = schemas.ReferenceTo(Package + "ManagedFieldsEntry"),
            ["x-kubernetes-list-type"] = "atomic",
        };
    }

    private static JsonObject Described(string type, string text) => new() { ["description"] = text, ["type"] = type };
}
