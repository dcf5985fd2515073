// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Export.Storage;

/// <summary>The objects that wait to be sent: the latest of each, in the order in which they came, bounded. Thread-safe.</summary>
internal sealed class PendingObjects(int maxObjects, long maxBytes)
{
    private readonly Lock _lock = new();
    private readonly LinkedList<ApiObject> _order = new();
    private readonly Dictionary<(string, string, string), LinkedListNode<ApiObject>> _byKey = [];
    private long _bytes;

    /// <summary>Objects that a newer one of the same name replaced.</summary>
    public long Superseded { get; private set; }

    public long Dropped { get; private set; }

    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _byKey.Count;
            }
        }
    }

    public long Bytes
    {
        get
        {
            lock (_lock)
            {
                return _bytes;
            }
        }
    }

    /// <summary>Replaces what waits under the same name, at its place in the order.</summary>
    /// <returns>False when there is no room; the object is counted as dropped.</returns>
    public bool TryAdd(ApiObject item)
    {
        lock (_lock)
        {
            bool known = _byKey.TryGetValue(KeyOf(item), out LinkedListNode<ApiObject>? node);
            long growth = item.Json.Length - (known ? node!.Value.Json.Length : 0);
            if (_bytes + growth > maxBytes || (!known && _byKey.Count >= maxObjects))
            {
                Dropped++;
                return false;
            }

            _bytes += growth;
            if (known)
            {
                Superseded++;
                node!.Value = item;
            }
            else
            {
                _byKey.Add(KeyOf(item), _order.AddLast(item));
            }

            return true;
        }
    }

    public ApiObject? TakeNext()
    {
        lock (_lock)
        {
            if (_order.First is not { } first)
            {
                return null;
            }

            _order.RemoveFirst();
            _byKey.Remove(KeyOf(first.Value));
            _bytes -= first.Value.Json.Length;
            return first.Value;
        }
    }

    /// <summary>Takes back what could not be sent, behind the others: one object that always fails must not hold them up.</summary>
    public void PutBack(ApiObject item)
    {
        lock (_lock)
        {
            if (_byKey.ContainsKey(KeyOf(item)))
            {
                Superseded++;
                return;
            }

            // It had its place before, so it keeps it even if others filled the room meanwhile.
            _bytes += item.Json.Length;
            _byKey.Add(KeyOf(item), _order.AddLast(item));
        }
    }

    private static (string, string, string) KeyOf(ApiObject item) => (item.Resource, item.Namespace, item.Name);
}
