// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;
using NodeAgent.Storage.Json;
using NodeAgent.Storage.Objects;
using NodeAgent.Storage.Requests;

namespace NodeAgent.Storage.Collection;

/// <summary>Somebody that an object belongs to.</summary>
internal sealed record OwnerLink(string ApiVersion, string Kind, string Name, string Uid, bool Blocks);

/// <summary>What collecting needs of an object.</summary>
/// <param name="IsDeleting">It waits for its finalizers.</param>
internal sealed record OwnedObject(ObjectKey Key, string Uid, bool IsDeleting, IReadOnlyList<string> Finalizers, IReadOnlyList<OwnerLink> Owners)
{
    /// <summary>Dependents go first.</summary>
    public bool WaitsForDependents => IsDeleting && Finalizers.Contains(DeletePropagation.ForegroundFinalizer);

    /// <summary>Dependents are let go first.</summary>
    public bool Orphans => IsDeleting && Finalizers.Contains(DeletePropagation.OrphanFinalizer);

    public static OwnedObject Read(ObjectKey key, ReadOnlyMemory<byte> body)
    {
        var metadata = (JsonObject)JsonNode.Parse(body.Span[ObjectHeader.RangeOfMetadata(body.Span)])!;
        return new OwnedObject(
            key,
            Text(metadata, "uid"),
            metadata["deletionTimestamp"] is not null,
            DeletePropagation.FinalizersOf(metadata),
            [.. (metadata["ownerReferences"] as JsonArray ?? []).OfType<JsonObject>().Select(owner => new OwnerLink(
                Text(owner, "apiVersion"), Text(owner, "kind"), Text(owner, "name"), Text(owner, "uid"), owner["blockOwnerDeletion"] is JsonValue value && value.TryGetValue(out bool blocks) && blocks))]);
    }

    private static string Text(JsonObject from, string name) => JsonText.TextOf(from, name) ?? string.Empty;
}
