// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text.Json.Nodes;
using NodeAgent.Storage.Json;
using NodeAgent.Storage.Objects;
using NodeAgent.Storage.Resources;

namespace NodeAgent.Storage.Requests;

/// <summary>An object on its way into the store: checked, pruned, given what only a server gives.</summary>
internal sealed class ObjectDraft
{
    private ObjectDraft(ResourceDefinition resource, JsonObject root, JsonObject metadata, IReadOnlyList<string> warnings)
    {
        Resource = resource;
        Root = root;
        Metadata = metadata;
        Warnings = warnings;
    }

    public ResourceDefinition Resource { get; }

    public JsonObject Root { get; }

    public JsonObject Metadata { get; }

    /// <summary>For the Warning header.</summary>
    public IReadOnlyList<string> Warnings { get; }

    public string? Name => Text("name");

    public bool HasFinalizers => Metadata["finalizers"] is JsonArray { Count: > 0 };

    public bool IsDeleting => Text("deletionTimestamp") is not null;

    /// <summary>Takes a client's document.</summary>
    /// <param name="duplicates">Members that the text gave twice.</param>
    /// <exception cref="ApiException">400: another kind, a wrong type, or with strict validation an unknown or doubled field.</exception>
    public static ObjectDraft From(JsonObject root, ResourceDefinition resource, IReadOnlyList<string> duplicates, string fieldValidation)
    {
        CheckKind(root, resource);
        if (root["metadata"] is not JsonObject metadata)
        {
            root["metadata"] = metadata = [];
        }

        // Known to every client, kept by no server that has no server-side apply.
        metadata.Remove("managedFields");
        metadata.Remove("selfLink");
        var problems = new List<string>();
        try
        {
            TypeModel.Prune(root, resource.Type, string.Empty, problems);
        }
        catch (TypeMismatchException error)
        {
            throw CannotHandle(resource, error.Message);
        }

        List<string> warnings = [.. problems.Select(path => $"unknown field \"{path}\""), .. duplicates.Select(path => $"duplicate field \"{path}\"")];
        if (fieldValidation == "Strict" && warnings.Count > 0)
        {
            throw CannotHandle(resource, $"strict decoding error: {string.Join(", ", warnings)}");
        }

        return new ObjectDraft(resource, root, metadata, fieldValidation == "Ignore" ? [] : warnings);
    }

    public static JsonObject Parse(StoredObject stored) => (JsonObject)JsonText.Parse(stored.Body.Span, [])!;

    public string? Text(string field) => Metadata[field] is JsonValue value && value.TryGetValue(out string? text) && text.Length > 0 ? text : null;

    /// <summary>Sets a member, or takes it away when there is nothing to set.</summary>
    public void Set(string field, JsonNode? value)
    {
        if (value is null)
        {
            Metadata.Remove(field);
        }
        else
        {
            Metadata[field] = value;
        }
    }

    /// <summary>True when everything but the metadata is the same.</summary>
    public bool SameContent(JsonObject other)
    {
        foreach ((string name, JsonNode? value) in Root)
        {
            if (name != "metadata" && !JsonNode.DeepEquals(value, other[name]))
            {
                return false;
            }
        }

        return Root.Count(member => member.Key != "metadata") == other.Count(member => member.Key != "metadata");
    }

    /// <summary>The document, in one order whatever order it came in.</summary>
    public ObjectTemplate ToTemplate() => ObjectTemplateWriter.Write(Resource, Metadata, writer =>
    {
        foreach ((string name, JsonNode? value) in Root)
        {
            if (name is not ("apiVersion" or "kind" or "metadata") && value is not null)
            {
                writer.WritePropertyName(name);
                JsonText.Write(writer, value);
            }
        }
    });

    public static string Timestamp(TimeProvider time) =>
        time.GetUtcNow().UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private static void CheckKind(JsonObject root, ResourceDefinition resource)
    {
        string kind = Member(root, "kind") ?? resource.Kind;
        string apiVersion = Member(root, "apiVersion") ?? resource.GroupVersion;
        if (kind != resource.Kind)
        {
            string version = apiVersion[(apiVersion.IndexOf('/', StringComparison.Ordinal) + 1)..];
            throw Failures.BadRequest(
                $"{kind} in version \"{version}\" cannot be handled as a {resource.Kind}: converting ({apiVersion}.{kind}) to ({resource.GroupVersion}.{resource.Kind}): unknown conversion");
        }

        if (apiVersion != resource.GroupVersion)
        {
            throw Failures.BadRequest($"the API version in the data ({apiVersion}) does not match the expected API version ({resource.GroupVersion})");
        }
    }

    private static string? Member(JsonObject root, string name) =>
        root[name] is JsonValue value && value.TryGetValue(out string? text) && text.Length > 0 ? text : null;

    private static ApiException CannotHandle(ResourceDefinition resource, string why) =>
        Failures.BadRequest($"{resource.Kind} in version \"{resource.Version}\" cannot be handled as a {resource.Kind}: {why}");
}
