// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Storage.Objects;

namespace NodeAgent.Storage.Resources;

/// <summary>Computed policies by the versions of what they are made of: every watcher of a change, and every list, would compute the same again.</summary>
/// <remarks>Threads: any. Bounded by bytes; the oldest go first. A policy of 10,000 neighbours takes tens of milliseconds to compute.</remarks>
internal sealed class PolicyCache
{
    private const long MaxBytes = 16L << 20;

    private readonly Lock _lock = new();
    private readonly Dictionary<ObjectKey, Entry> _entries = [];
    private readonly LinkedList<ObjectKey> _order = new();
    private long _bytes;

    /// <param name="neighborhood">By its key the policy is found.</param>
    /// <param name="inputs">Versions of everything else.</param>
    public StoredObject? Find(ObjectKey neighborhood, long revision, string inputs)
    {
        lock (_lock)
        {
            return _entries.TryGetValue(neighborhood, out Entry? entry) && entry.Policy.Revision == revision && entry.Inputs == inputs ? entry.Policy : null;
        }
    }

    /// <param name="policy">Its revision is the neighbourhood's.</param>
    public void Put(ObjectKey neighborhood, string inputs, StoredObject policy)
    {
        lock (_lock)
        {
            if (_entries.TryGetValue(neighborhood, out Entry? known))
            {
                // Readers of an older state do not push a newer one out.
                if (known.Policy.Revision > policy.Revision)
                {
                    return;
                }

                Remove(neighborhood, known);
            }

            _entries[neighborhood] = new Entry(policy, inputs, _order.AddLast(neighborhood));
            _bytes += Size(policy);
            while (_bytes > MaxBytes && _order.First is { } oldest)
            {
                Remove(oldest.Value, _entries[oldest.Value]);
            }
        }
    }

    private void Remove(ObjectKey neighborhood, Entry entry)
    {
        _entries.Remove(neighborhood);
        _order.Remove(entry.Place);
        _bytes -= Size(entry.Policy);
    }

    // With what a key and its entry cost.
    private static long Size(StoredObject policy) => policy.Body.Length + 512;

    private sealed record Entry(StoredObject Policy, string Inputs, LinkedListNode<ObjectKey> Place);
}
