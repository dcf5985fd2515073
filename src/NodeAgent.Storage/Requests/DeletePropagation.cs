// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;
using NodeAgent.Api.Meta;

namespace NodeAgent.Storage.Requests;

/// <summary>What a deletion asks for about dependents: the finalizers by which the collector is told. Source: k8s.io/apiserver, deletion of registry objects.</summary>
/// <remarks>
/// Behind an API server its garbage collector carries it out; where this server stands alone, <see cref="Collection.DependentCollector"/> does.
/// A grace period means nothing here: no kind has anything that would need time to end.
/// </remarks>
internal static class DeletePropagation
{
    public const string Foreground = "Foreground";
    public const string Background = "Background";
    public const string Orphan = "Orphan";

    public const string OrphanFinalizer = "orphan";
    public const string ForegroundFinalizer = "foregroundDeletion";

    /// <summary>Sets the finalizers of an object that is to go.</summary>
    /// <returns>True when they are others than before.</returns>
    public static bool Mark(ObjectDraft draft, DeleteOptions options)
    {
        string[] before = FinalizersOf(draft.Metadata);
        bool isSaid = options.PropagationPolicy is not null || options.OrphanDependents is not null;
        bool orphans = isSaid ? options.OrphanDependents ?? options.PropagationPolicy == Orphan : before.Contains(OrphanFinalizer);
        bool waits = isSaid ? options.PropagationPolicy == Foreground : before.Contains(ForegroundFinalizer);
        string[] after =
        [
            .. before.Where(name => name is not (OrphanFinalizer or ForegroundFinalizer)),
            .. orphans ? (string[])[OrphanFinalizer] : [],
            .. waits ? (string[])[ForegroundFinalizer] : [],
        ];
        if (before.SequenceEqual(after))
        {
            return false;
        }

        draft.Set("finalizers", after.Length == 0 ? null : new JsonArray([.. after.Select(name => (JsonNode)name)]));
        return true;
    }

    /// <summary>An object that is to go takes no further finalizers.</summary>
    /// <exception cref="ApiException">422.</exception>
    public static void CheckUpdate(ObjectDraft draft, JsonObject old)
    {
        string[] added = [.. draft.IsDeleting ? FinalizersOf(draft.Metadata).Except(FinalizersOf((JsonObject)old["metadata"]!)) : []];
        if (added.Length > 0)
        {
            throw Failures.Invalid(
                draft.Resource,
                draft.Name!,
                "metadata.finalizers",
                "FieldValueForbidden",
                $"Forbidden: no new finalizers can be added if the object is being deleted, found new finalizers []string{{{string.Join(", ", added.Select(name => $"\"{name}\""))}}}");
        }
    }

    public static string[] FinalizersOf(JsonObject metadata) =>
        metadata["finalizers"] is JsonArray list ? [.. list.Select(item => item!.GetValue<string>())] : [];
}
