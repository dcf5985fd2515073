// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using NodeAgent.Api.Meta;
using NodeAgent.Storage.Collection;
using NodeAgent.Storage.Consolidation;
using NodeAgent.Storage.Objects;
using NodeAgent.Storage.Ownership;
using NodeAgent.Storage.Resources;

namespace NodeAgent.Storage.Requests;

/// <summary>The rules by which objects change, above any engine: identity, generation, optimistic concurrency, finalizers.</summary>
internal sealed class ObjectMutations(IObjectStore store, FollowedWrites writes, ObjectQuotas quotas, TimeProvider time)
{
    // Without vowels and look-alikes, as generated names are everywhere in Kubernetes. Source: k8s.io/apimachinery rand.
    private const string NameAlphabet = "bcdfghjklmnpqrstvwxz2456789";
    private const int NameSuffixLength = 5;
    private const int MaxGeneratedBase = 63 - NameSuffixLength;

    // Retries of a change that names no revision, when others change the same object meanwhile.
    private const int MaxRetries = 20;

    /// <returns>The stored object.</returns>
    /// <param name="manager">Who the fields are of; null: the draft says it already.</param>
    public async Task<StoredObject> CreateAsync(ObjectDraft draft, string? objectNamespace, string? manager, bool dryRun, CancellationToken cancellationToken)
    {
        if (draft.Text("resourceVersion") is not null)
        {
            throw Failures.BadRequest("resourceVersion should not be set on objects to be created");
        }

        using IDisposable? room = quotas.Reserve(draft.Resource, objectNamespace ?? string.Empty, draft.Name ?? string.Empty);
        bool generated = draft.Name is null && draft.Text("generateName") is not null;
        for (int attempt = 0; ; attempt++)
        {
            if (generated)
            {
                draft.Set("name", GenerateName(draft.Text("generateName")!));
            }

            Identify(draft, objectNamespace);
            StatusSubresource.Confine(draft, [], string.Empty);
            Own(draft, [], manager, string.Empty);
            MetadataValidation.Check(draft);
            var key = new ObjectKey(draft.Resource.QualifiedName, objectNamespace ?? string.Empty, draft.Name!);
            WriteResult result = await PutAsync(key, null, draft, dryRun, cancellationToken);
            if (result.Outcome == WriteOutcome.Done)
            {
                return result.Stored!;
            }

            if (!generated || attempt == MaxRetries)
            {
                throw Failures.AlreadyExists(draft.Resource, draft.Name!);
            }
        }
    }

    /// <summary>Changes what is stored.</summary>
    /// <param name="manager">Who the fields that change are of; null: the draft says it already.</param>
    /// <param name="subresource">What of the object is written; empty: all but a status that is written apart.</param>
    /// <param name="change">Gives the new document from the stored one; is called again when another writer came between.</param>
    public async Task<StoredObject> UpdateAsync(
        ResourceDefinition resource, ObjectKey key, Func<StoredObject, ObjectDraft> change, string? manager, string subresource, bool dryRun, CancellationToken cancellationToken)
    {
        for (int attempt = 0; ; attempt++)
        {
            StoredObject stored = store.Get(key) ?? throw Failures.NotFound(resource, key.Name);
            ObjectDraft draft = change(stored);
            bool fixedRevision = CheckRevision(draft, stored, key);
            JsonObject old = ObjectDraft.Parse(stored);
            StatusSubresource.Confine(draft, old, subresource);
            Keep(draft, old, key);
            DeletePropagation.CheckUpdate(draft, old);
            Own(draft, old, manager, subresource);
            MetadataValidation.Check(draft);
            if (draft.ToTemplate().Render(stored.Revision).AsSpan().SequenceEqual(stored.Body.Span))
            {
                return stored;
            }

            WriteResult result = draft.IsDeleting && !draft.HasFinalizers
                ? await RemoveAsync(stored, draft, dryRun, cancellationToken)
                : await PutAsync(key, stored, draft, dryRun, cancellationToken);
            if (result.Outcome == WriteOutcome.Done)
            {
                return result.Stored!;
            }

            if (fixedRevision || attempt == MaxRetries)
            {
                throw Failures.Modified(resource, key.Name);
            }
        }
    }

    /// <param name="options">What becomes of dependents.</param>
    /// <returns>Gone, with its last state; else the object as it waits for its finalizers.</returns>
    public async Task<(StoredObject Object, bool Gone)> DeleteAsync(
        ResourceDefinition resource, ObjectKey key, DeleteOptions options, Action<StoredObject> precondition, bool dryRun, CancellationToken cancellationToken)
    {
        for (int attempt = 0; ; attempt++)
        {
            StoredObject stored;
            try
            {
                stored = store.Get(key) ?? throw Failures.NotFound(resource, key.Name);
            }
            catch (DamagedObjectException damaged)
            {
                return (await DeleteDamagedAsync(resource, damaged.Stored, precondition, dryRun, cancellationToken), true);
            }

            precondition(stored);
            ObjectDraft draft = ObjectDraft.From(ObjectDraft.Parse(stored), resource, [], "Ignore");
            bool marked = DeletePropagation.Mark(draft, options);
            if (draft.HasFinalizers && draft.IsDeleting && !marked)
            {
                return (stored, false);
            }

            WriteResult result;
            if (draft.HasFinalizers)
            {
                draft.Set("deletionTimestamp", draft.Text("deletionTimestamp") ?? ObjectDraft.Timestamp(time));
                draft.Set("deletionGracePeriodSeconds", 0);
                result = await PutAsync(key, stored, draft, dryRun, cancellationToken);
            }
            else
            {
                result = dryRun ? new WriteResult(WriteOutcome.Done, stored) : await writes.DeleteAsync(stored, cancellationToken);
            }

            if (result.Outcome == WriteOutcome.Done)
            {
                return (result.Stored!, !draft.HasFinalizers);
            }

            if (attempt == MaxRetries)
            {
                throw Failures.Modified(resource, key.Name);
            }
        }
    }

    // Its finalizers and owners are lost with it, and it stands in the way of a new one.
    private async Task<StoredObject> DeleteDamagedAsync(ResourceDefinition resource, StoredObject damaged, Action<StoredObject> precondition, bool dryRun, CancellationToken cancellationToken)
    {
        precondition(damaged);
        if (!dryRun && (await store.WriteAsync(new WriteRequest(damaged.Key, damaged.Revision, null), cancellationToken)).Outcome != WriteOutcome.Done)
        {
            throw Failures.Modified(resource, damaged.Key.Name);
        }

        return damaged;
    }

    private static string GenerateName(string prefix) =>
        (prefix.Length > MaxGeneratedBase ? prefix[..MaxGeneratedBase] : prefix) + RandomNumberGenerator.GetString(NameAlphabet, NameSuffixLength);

    private static bool CheckRevision(ObjectDraft draft, StoredObject stored, ObjectKey key)
    {
        string? given = draft.Text("resourceVersion");
        if (given is null or "0")
        {
            return false;
        }

        if (given != stored.Revision.ToString(CultureInfo.InvariantCulture))
        {
            throw Failures.Modified(draft.Resource, key.Name);
        }

        return true;
    }

    // What a client cannot change stays as it is stored.
    private static void Keep(ObjectDraft draft, JsonObject old, ObjectKey key)
    {
        var metadata = (JsonObject)old["metadata"]!;
        string uid = metadata["uid"]!.GetValue<string>();
        if (draft.Text("uid") is { } given && given != uid)
        {
            throw Failures.Conflict(draft.Resource, key.Name, $"Precondition failed: UID in precondition: {given}, UID in object meta: {uid}");
        }

        foreach (string field in (string[])["name", "namespace", "generateName", "uid", "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds"])
        {
            draft.Set(field, metadata[field]?.DeepClone());
        }

        draft.Set("resourceVersion", null);
        long generation = metadata["generation"]?.GetValue<long>() ?? 1;
        draft.Set("generation", draft.SameContent(old) ? generation : generation + 1);
    }

    private static Task<WriteResult> DryRun(ObjectKey key, long revision, ObjectDraft draft) =>
        Task.FromResult(new WriteResult(WriteOutcome.Done, new StoredObject(key, revision, draft.ToTemplate().Render(revision))));

    private void Own(ObjectDraft draft, JsonObject old, string? manager, string subresource)
    {
        if (manager is not null)
        {
            FieldOwnership.Update(old, old.Count == 0 ? draft.Fields : draft.Root, draft.Resource.Type, manager, draft.Resource.GroupVersion, ObjectDraft.Timestamp(time), subresource);
        }
    }

    private void Identify(ObjectDraft draft, string? objectNamespace)
    {
        draft.Set("namespace", objectNamespace);
        draft.Set("uid", Guid.NewGuid().ToString());
        draft.Set("creationTimestamp", ObjectDraft.Timestamp(time));
        draft.Set("generation", 1);
        draft.Set("deletionTimestamp", null);
        draft.Set("deletionGracePeriodSeconds", null);
        draft.Set("resourceVersion", null);
    }

    // stored: what is there; null = nothing.
    private Task<WriteResult> PutAsync(ObjectKey key, StoredObject? stored, ObjectDraft draft, bool dryRun, CancellationToken cancellationToken)
    {
        if (!dryRun)
        {
            return writes.PutAsync(key, stored, draft, cancellationToken);
        }

        return stored is null && store.Get(key) is { } found
            ? Task.FromResult(new WriteResult(WriteOutcome.Conflict, found))
            : DryRun(key, stored?.Revision ?? 0, draft);
    }

    // The last finalizer went: the object goes with it, and its last state is the answer.
    private async Task<WriteResult> RemoveAsync(StoredObject stored, ObjectDraft draft, bool dryRun, CancellationToken cancellationToken)
    {
        if (!dryRun)
        {
            WriteResult result = await writes.DeleteAsync(stored, cancellationToken);
            if (result.Outcome != WriteOutcome.Done)
            {
                return result;
            }
        }

        return new WriteResult(WriteOutcome.Done, stored with { Body = draft.ToTemplate().Render(stored.Revision) });
    }
}
