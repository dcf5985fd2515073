// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;
using NodeAgent.Api.Meta;
using NodeAgent.Storage.Objects;
using NodeAgent.Storage.Requests;
using NodeAgent.Storage.Resources;

namespace NodeAgent.Storage.Collection;

/// <summary>What happens to one object that has owners, or that waits for its dependents. Source: Kubernetes, "Garbage collection".</summary>
/// <remarks>An object goes when none of its owners is there. Threads: one.</remarks>
internal sealed class DependentRules(IObjectStore store, ServedResources served, ObjectMutations mutations, StorageMetrics metrics)
{
    private const string Manager = "node-agent-storage-collector";

    public OwnerIndex Index { get; } = new();

    /// <summary>Brings one object forward as far as it goes now.</summary>
    /// <exception cref="ApiException">It changes too fast, or is gone.</exception>
    public async Task ApplyAsync(ObjectKey key, CancellationToken stop)
    {
        if (Read(key) is not { } item || DefinitionOf(key) is not { } resource)
        {
            return;
        }

        if (item.Orphans)
        {
            await ReleaseAsync(item, stop);
            await FinishAsync(resource, item, DeletePropagation.OrphanFinalizer, stop);
        }
        else if (item.WaitsForDependents)
        {
            await DeleteDependentsAsync(resource, item, stop);
        }

        if (item.Owners.Count > 0 && !item.IsDeleting)
        {
            await JudgeAsync(resource, item, stop);
        }
    }

    /// <summary>Owners of this store, whether or not they are there.</summary>
    public IEnumerable<ObjectKey> OwnersOf(OwnedObject item) => item.Owners.Select(owner => KeyOf(owner, item.Key)).OfType<ObjectKey>();

    private async Task ReleaseAsync(OwnedObject owner, CancellationToken stop)
    {
        foreach (OwnedObject dependent in DependentsOf(owner))
        {
            await RemoveOwnersAsync(dependent, [owner.Uid], stop);
        }
    }

    private async Task DeleteDependentsAsync(ResourceDefinition resource, OwnedObject owner, CancellationToken stop)
    {
        OwnedObject[] blocking = [.. DependentsOf(owner).Where(dependent => dependent.Owners.Any(link => link.Uid == owner.Uid && link.Blocks))];
        if (blocking.Length == 0)
        {
            await FinishAsync(resource, owner, DeletePropagation.ForegroundFinalizer, stop);
            return;
        }

        foreach (OwnedObject dependent in blocking.Where(dependent => !dependent.IsDeleting))
        {
            await JudgeAsync(DefinitionOf(dependent.Key)!, dependent, stop);
        }
    }

    private async Task JudgeAsync(ResourceDefinition resource, OwnedObject item, CancellationToken stop)
    {
        var gone = new List<string>();
        bool waits = false;
        bool isHeld = false;
        foreach (OwnerLink link in item.Owners)
        {
            // An owner that cannot be looked up here counts as there.
            OwnedObject? owner = KeyOf(link, item.Key) is { } key ? Read(key) : null;
            bool isThere = KeyOf(link, item.Key) is null || owner?.Uid == link.Uid;
            bool waitsForThis = isThere && owner?.WaitsForDependents == true;
            waits |= waitsForThis;
            isHeld |= isThere && !waitsForThis;
            if (!isThere || waitsForThis)
            {
                gone.Add(link.Uid);
            }
        }

        if (gone.Count == 0)
        {
            return;
        }

        if (isHeld)
        {
            await RemoveOwnersAsync(item, gone, stop);
            return;
        }

        // Else what its own finalizers say holds.
        var options = new DeleteOptions { PropagationPolicy = waits && Index.DependentsOf(item.Uid).Count > 0 ? DeletePropagation.Foreground : null };
        await mutations.DeleteAsync(resource, item.Key, options, stored => RequireSame(resource, item, stored), false, stop);
        metrics.Collected(resource.Plural, "owner-gone");
    }

    private Task<StoredObject> RemoveOwnersAsync(OwnedObject item, IReadOnlyList<string> owners, CancellationToken stop) => UpdateAsync(DefinitionOf(item.Key)!, item, metadata =>
    {
        JsonNode[] left = [.. (metadata["ownerReferences"] as JsonArray ?? []).OfType<JsonObject>().Where(owner => !owners.Contains((string?)owner["uid"])).Select(owner => owner.DeepClone())];
        metadata["ownerReferences"] = left.Length == 0 ? null : new JsonArray(left);
    }, stop);

    private Task<StoredObject> FinishAsync(ResourceDefinition resource, OwnedObject item, string finalizer, CancellationToken stop) => UpdateAsync(resource, item, metadata =>
    {
        JsonNode[] left = [.. DeletePropagation.FinalizersOf(metadata).Where(name => name != finalizer).Select(name => (JsonNode)name)];
        metadata["finalizers"] = left.Length == 0 ? null : new JsonArray(left);
    }, stop);

    private Task<StoredObject> UpdateAsync(ResourceDefinition resource, OwnedObject item, Action<JsonObject> change, CancellationToken stop) => mutations.UpdateAsync(
        resource,
        item.Key,
        stored =>
        {
            RequireSame(resource, item, stored);
            var draft = ObjectDraft.From(ObjectDraft.Parse(stored), resource, [], "Ignore");
            change(draft.Metadata);
            draft.Set("resourceVersion", null);
            return draft;
        },
        Manager,
        string.Empty,
        false,
        stop);

    // Another object that has its name by now is none of ours.
    private static void RequireSame(ResourceDefinition resource, OwnedObject item, StoredObject stored)
    {
        if (OwnedObject.Read(stored.Key, stored.Body).Uid != item.Uid)
        {
            throw Failures.NotFound(resource, stored.Key.Name);
        }
    }

    private IEnumerable<OwnedObject> DependentsOf(OwnedObject owner) => Index.DependentsOf(owner.Uid).Select(Read).OfType<OwnedObject>();

    private OwnedObject? Read(ObjectKey key) => store.Get(key) is { } stored ? OwnedObject.Read(key, stored.Body) : null;

    private ResourceDefinition? DefinitionOf(ObjectKey key) => served.All.FirstOrDefault(resource => resource.QualifiedName == key.Resource);

    // Null: a kind of another server; or in a namespace, which an object without one cannot name.
    private ObjectKey? KeyOf(OwnerLink link, ObjectKey dependent)
    {
        ResourceDefinition? resource = served.Stored.FirstOrDefault(candidate => candidate.GroupVersion == link.ApiVersion && candidate.Kind == link.Kind);
        return resource is null || (resource.Namespaced && dependent.ObjectNamespace.Length == 0)
            ? null
            : new ObjectKey(resource.QualifiedName, resource.Namespaced ? dependent.ObjectNamespace : string.Empty, link.Name);
    }
}
