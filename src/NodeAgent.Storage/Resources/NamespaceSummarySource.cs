// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using NodeAgent.Api.Meta;
using NodeAgent.Storage.Json;
using NodeAgent.Storage.Objects;

namespace NodeAgent.Storage.Resources;

/// <summary>One object for each namespace that holds something to sum up, named as it; nothing of them is stored.</summary>
/// <param name="summary">The kind that is computed.</param>
/// <param name="parts">The kind that is summed up.</param>
/// <param name="sum">From the parts of one namespace, in list order, to the summary's document.</param>
/// <remarks>The resourceVersion is that of the state that was read, so equal versions are equal documents.</remarks>
internal sealed class NamespaceSummarySource<TPart>(
    IObjectStore store, ResourceDefinition summary, ResourceDefinition parts, JsonTypeInfo<TPart> type, Func<ObjectMeta, IReadOnlyList<TPart>, byte[]> sum) : IObjectSource
{
    public StoredObject? Get(ObjectKey key)
    {
        using ListSnapshot snapshot = store.List(new ListRequest(parts.QualifiedName, key.Name));
        return Compute(key.Name, [.. snapshot.Objects], snapshot.Revision);
    }

    public ListSnapshot List(ListRequest request)
    {
        ListSnapshot snapshot = store.List(new ListRequest(parts.QualifiedName, null, null, request.Revision));
        return snapshot with { Objects = ComputeAll(snapshot, request.After?.Name), Heads = null };
    }

    public string WatchedResource(ResourceDefinition resource) => parts.QualifiedName;

    public StoreEvent Translate(StoreEvent change)
    {
        string objectNamespace = change.Key.ObjectNamespace;
        List<StoredObject> after = PartsAt(objectNamespace, change.Revision);
        List<StoredObject> before = [.. after.Where(part => part.Key != change.Key)];
        if (change.Previous is { } previous)
        {
            before.Add(new StoredObject(change.Key, change.Revision, previous));
        }

        return change with
        {
            Key = KeyOf(objectNamespace),
            Current = Compute(objectNamespace, after, change.Revision)?.Body,
            Previous = Compute(objectNamespace, before, change.Revision)?.Body,
        };
    }

    private static List<StoredObject> Read(ListSnapshot snapshot)
    {
        using (snapshot)
        {
            return [.. snapshot.Objects];
        }
    }

    private ObjectKey KeyOf(string objectNamespace) => new(summary.QualifiedName, string.Empty, objectNamespace);

    private List<StoredObject> PartsAt(string objectNamespace, long revision)
    {
        try
        {
            return Read(store.List(new ListRequest(parts.QualifiedName, objectNamespace, null, revision)));
        }
        catch (RevisionGoneException)
        {
            // A watcher that lags so far gets the newest state; the events that follow say the same again.
            return Read(store.List(new ListRequest(parts.QualifiedName, objectNamespace)));
        }
    }

    private IEnumerable<StoredObject> ComputeAll(ListSnapshot snapshot, string? after)
    {
        // In list order, thus namespace by namespace.
        var group = new List<StoredObject>();
        foreach (StoredObject part in snapshot.Objects.Where(part => after is null || string.CompareOrdinal(part.Key.ObjectNamespace, after) > 0))
        {
            if (group.Count > 0 && group[0].Key.ObjectNamespace != part.Key.ObjectNamespace)
            {
                yield return Compute(group[0].Key.ObjectNamespace, group, snapshot.Revision)!;
                group.Clear();
            }

            group.Add(part);
        }

        if (group.Count > 0)
        {
            yield return Compute(group[0].Key.ObjectNamespace, group, snapshot.Revision)!;
        }
    }

    private StoredObject? Compute(string objectNamespace, List<StoredObject> stored, long revision)
    {
        if (stored.Count == 0)
        {
            return null;
        }

        var metadata = new ObjectMeta
        {
            Name = objectNamespace,
            Uid = UidOf(objectNamespace),
            ResourceVersion = revision.ToString(System.Globalization.CultureInfo.InvariantCulture),
            CreationTimestamp = stored.Min(part => ObjectHeader.Read(part.Body).CreationTimestamp),
        };
        return new StoredObject(KeyOf(objectNamespace), revision, sum(metadata, [.. stored.Select(part => JsonSerializer.Deserialize(part.Body.Span, type)!)]));
    }

    // The same for ever: what is computed has no birth of its own.
    private string UidOf(string objectNamespace) =>
        new Guid(SHA256.HashData(Encoding.UTF8.GetBytes($"{summary.QualifiedName}/{objectNamespace}")).AsSpan(0, 16)).ToString();
}
