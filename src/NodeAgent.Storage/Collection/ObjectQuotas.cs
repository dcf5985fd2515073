// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Storage.Objects;
using NodeAgent.Storage.Requests;
using NodeAgent.Storage.Resources;

namespace NodeAgent.Storage.Collection;

/// <summary>How many objects of a kind a namespace may hold.</summary>
/// <remarks>
/// Counts are kept by the changes of the store, those of other replicas too; what is being created counts as well, so one process never creates more than is allowed.
/// Several replicas at once can, by as much as they create at the same moment. Threads: any.
/// </remarks>
internal sealed class ObjectQuotas(IObjectStore store, IReadOnlyDictionary<string, long> limits) : IDisposable
{
    // Small: each change waiting here holds its documents.
    private const int QueueLength = 256;
    private const int MaxRecounts = 5;

    private readonly Lock _lock = new();
    private readonly Dictionary<(string Resource, string ObjectNamespace), long> _used = [];
    private readonly Dictionary<(string Resource, string ObjectNamespace), long> _reserved = [];
    private WatchSubscription? _changes;

    /// <summary>Makes room for one object, until what is returned is disposed: then it is there and counted, or not made.</summary>
    /// <returns>Null: there is no bound.</returns>
    /// <exception cref="ApiException">403: there are as many as may be.</exception>
    public IDisposable? Reserve(ResourceDefinition resource, string objectNamespace, string name)
    {
        if (!limits.TryGetValue(resource.Plural, out long limit) && !limits.TryGetValue(RetentionOptions.Others, out limit))
        {
            return null;
        }

        (string, string) place = (resource.QualifiedName, objectNamespace);
        lock (_lock)
        {
            Follow();
            long used = _used.GetValueOrDefault(place) + _reserved.GetValueOrDefault(place);
            if (used >= limit)
            {
                throw Failures.QuotaExceeded(resource, name, used, limit);
            }

            _reserved[place] = _reserved.GetValueOrDefault(place) + 1;
        }

        return new Reservation(this, place);
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _changes?.Dispose();
        }
    }

    // A change stands in the queue before its writer hears of it, so a reservation is given back only after it was counted.
    private void Follow()
    {
        while (_changes?.Live.TryRead(out StoreEvent? change) == true)
        {
            int sign = change.Previous is null ? 1 : change.Current is null ? -1 : 0;
            (string, string) place = (change.Key.Resource, change.Key.ObjectNamespace);
            _used[place] = _used.GetValueOrDefault(place) + sign;
        }

        if (_changes is null || _changes.Overflowed)
        {
            Recount();
        }
    }

    private void Recount()
    {
        // What is made while it is counted would be counted twice: then it is counted again.
        for (int attempt = 0; attempt < MaxRecounts; attempt++)
        {
            _changes?.Dispose();
            _used.Clear();
            _changes = store.Events.Subscribe(string.Empty, null, store.CurrentRevision, QueueLength);
            foreach ((string resource, string objectNamespace, long count) in store.Count())
            {
                _used[(resource, objectNamespace)] = count;
            }

            if (!_changes.Live.TryPeek(out _))
            {
                return;
            }
        }
    }

    private void Release((string Resource, string ObjectNamespace) place)
    {
        lock (_lock)
        {
            // Counted now, if it was made.
            Follow();
            _reserved[place]--;
        }
    }

    private sealed class Reservation(ObjectQuotas quotas, (string Resource, string ObjectNamespace) place) : IDisposable
    {
        public void Dispose() => quotas.Release(place);
    }
}
