// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Storage.Json;

namespace NodeAgent.Storage.Objects;

/// <summary>An older state out of the newest one: what changed since is taken back.</summary>
internal static class Overlay
{
    /// <param name="newest">In list order, already cut to the request's namespace and position.</param>
    /// <param name="before">What changed objects were; null: they did not exist.</param>
    public static IEnumerable<StoredObject> Apply(
        IEnumerable<StoredObject> newest,
        ListRequest request,
        SortedDictionary<ListPosition, ReadOnlyMemory<byte>?> before,
        long revision)
    {
        using IEnumerator<KeyValuePair<ListPosition, ReadOnlyMemory<byte>?>> changed = before
            .Where(entry => (request.ObjectNamespace is null || entry.Key.ObjectNamespace == request.ObjectNamespace)
                && (request.After is not { } after || entry.Key.CompareTo(after) > 0))
            .GetEnumerator();
        bool more = changed.MoveNext();
        foreach (StoredObject current in newest)
        {
            var position = new ListPosition(current.Key.ObjectNamespace, current.Key.Name);
            for (; more && changed.Current.Key.CompareTo(position) < 0; more = changed.MoveNext())
            {
                if (Restore(request.Resource, changed.Current) is { } deletedSince)
                {
                    yield return deletedSince;
                }
            }

            if (more && changed.Current.Key == position)
            {
                if (Restore(request.Resource, changed.Current) is { } old)
                {
                    yield return old;
                }

                more = changed.MoveNext();
            }
            else if (current.Revision <= revision)
            {
                yield return current;
            }
        }

        for (; more; more = changed.MoveNext())
        {
            if (Restore(request.Resource, changed.Current) is { } deletedSince)
            {
                yield return deletedSince;
            }
        }
    }

    private static StoredObject? Restore(string resource, KeyValuePair<ListPosition, ReadOnlyMemory<byte>?> entry) =>
        entry.Value is { } body
            ? new StoredObject(new ObjectKey(resource, entry.Key.ObjectNamespace, entry.Key.Name), ObjectHeader.Read(body).ResourceVersion, body)
            : null;
}
