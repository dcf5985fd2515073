// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using NodeAgent.Storage.Json;
using NodeAgent.Storage.Objects;
using NodeAgent.Storage.Resources;

namespace NodeAgent.Storage.Requests;

/// <summary>An object on its way into the store: checked, pruned, given what only a server gives.</summary>
internal sealed class ObjectDraft
{
    private readonly DocumentParts? _parts;
    private JsonObject? _root;

    private ObjectDraft(ResourceDefinition resource, JsonObject root, JsonObject metadata, IReadOnlyList<string> warnings)
    {
        Resource = resource;
        _root = root;
        Metadata = metadata;
        Warnings = warnings;
    }

    private ObjectDraft(ResourceDefinition resource, DocumentParts parts, JsonObject metadata)
    {
        Resource = resource;
        _parts = parts;
        Metadata = metadata;
        Warnings = [];
        parts.Fields["metadata"] = metadata;
    }

    public ResourceDefinition Resource { get; }

    /// <summary>The whole document; of one that was read once, it is built when it is asked for.</summary>
    public JsonObject Root => _root ??= Build();

    /// <summary>The document as far as its fields can have different owners.</summary>
    public JsonObject Fields => _root ?? _parts!.Fields;

    public JsonObject Metadata { get; }

    /// <summary>For the Warning header.</summary>
    public IReadOnlyList<string> Warnings { get; }

    public string? Name => Text("name");

    public bool HasFinalizers => Metadata["finalizers"] is JsonArray { Count: > 0 };

    public bool IsDeleting => Text("deletionTimestamp") is not null;

    /// <summary>Takes a client's document without building it, which most are plain enough for.</summary>
    /// <returns>Null: it has to be built, to say what is wrong with it or to leave out what its kind does not have.</returns>
    /// <exception cref="ApiException">400: another kind.</exception>
    public static ObjectDraft? FromPlain(ReadOnlySpan<byte> document, ResourceDefinition resource)
    {
        if (DocumentReader.TryRead(document, DocumentShape.Of(resource.Type)) is not { } parts)
        {
            return null;
        }

        JsonObject metadata = parts.Metadata ?? [];
        JsonNode? managers = TakeUnchecked(metadata);
        var problems = new List<string>();
        try
        {
            TypeModel.Prune(metadata, TypeModel.MemberType(resource.Type, "metadata"), "metadata", problems);
        }
        catch (TypeMismatchException)
        {
            return null;
        }

        if (problems.Count > 0)
        {
            return null;
        }

        CheckKind(Given(parts.Kind), Given(parts.ApiVersion), resource);
        GiveBack(metadata, managers);
        return new ObjectDraft(resource, parts, metadata);
    }

    /// <summary>Takes a client's document.</summary>
    /// <param name="duplicates">Members that the text gave twice.</param>
    /// <exception cref="ApiException">400: another kind, a wrong type, or with strict validation an unknown or doubled field.</exception>
    public static ObjectDraft From(JsonObject root, ResourceDefinition resource, IReadOnlyList<string> duplicates, string fieldValidation)
    {
        CheckKind(Given(JsonText.TextOf(root, "kind")), Given(JsonText.TextOf(root, "apiVersion")), resource);
        if (root["metadata"] is not JsonObject metadata)
        {
            root["metadata"] = metadata = [];
        }

        JsonNode? managers = TakeUnchecked(metadata);
        var problems = new List<string>();
        try
        {
            TypeModel.Prune(root, resource.Type, string.Empty, problems);
        }
        catch (TypeMismatchException error)
        {
            throw CannotHandle(resource, error.Message);
        }

        GiveBack(metadata, managers);
        List<string> warnings = [.. problems.Select(path => $"unknown field \"{path}\""), .. duplicates.Select(path => $"duplicate field \"{path}\"")];
        if (fieldValidation == "Strict" && warnings.Count > 0)
        {
            throw CannotHandle(resource, $"strict decoding error: {string.Join(", ", warnings)}");
        }

        return new ObjectDraft(resource, root, metadata, fieldValidation == "Ignore" ? [] : warnings);
    }

    public static JsonObject Parse(StoredObject stored) => (JsonObject)JsonText.Parse(stored.Body.Span, [])!;

    public string? Text(string field) => Given(JsonText.TextOf(Metadata, field));

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

    /// <summary>True when everything but the metadata, and a status that is written apart, is the same.</summary>
    public bool SameContent(JsonObject other) => Content(Root).All(member => JsonNode.DeepEquals(member.Value, other[member.Key])) && Content(Root).Count() == Content(other).Count();

    /// <summary>The document as its type.</summary>
    /// <param name="type">The resource's.</param>
    public T Read<T>(JsonTypeInfo<T> type) => _root is null
        ? JsonSerializer.Deserialize(ToTemplate().Render(0), type)!
        : _root.Deserialize(type)!;

    /// <summary>The document, in one order whatever order it came in.</summary>
    public ObjectTemplate ToTemplate() => _root is null ? ObjectTemplateWriter.Write(Resource, Metadata, _parts!.Rest.Span) : ObjectTemplateWriter.Write(Resource, Metadata, writer =>
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

    // A client may leave out what the URL says already.
    private IEnumerable<KeyValuePair<string, JsonNode?>> Content(JsonObject root) =>
        root.Where(member => member.Key is not ("apiVersion" or "kind" or "metadata") && (member.Key != StatusSubresource.Name || !Resource.HasStatus) && member.Value is not null);

    private JsonObject Build()
    {
        _parts!.Fields.Remove("metadata");
        var root = (JsonObject)JsonText.Parse([.. "{"u8, .. _parts.Rest.Span, .. "}"u8], [])!;
        root["metadata"] = Metadata;
        return root;
    }

    // Not of the contract, which is what our own code reads; whoever writes the object sees to it.
    private static JsonNode? TakeUnchecked(JsonObject metadata)
    {
        JsonNode? managers = metadata["managedFields"];
        metadata.Remove("managedFields");
        metadata.Remove("selfLink");
        return managers;
    }

    private static void GiveBack(JsonObject metadata, JsonNode? managers)
    {
        if (managers is not null)
        {
            metadata["managedFields"] = managers;
        }
    }

    private static void CheckKind(string? givenKind, string? givenVersion, ResourceDefinition resource)
    {
        string kind = givenKind ?? resource.Kind;
        string apiVersion = givenVersion ?? resource.GroupVersion;
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

    private static string? Given(string? text) => string.IsNullOrEmpty(text) ? null : text;

    private static ApiException CannotHandle(ResourceDefinition resource, string why) =>
        Failures.BadRequest($"{resource.Kind} in version \"{resource.Version}\" cannot be handled as a {resource.Kind}: {why}");
}
