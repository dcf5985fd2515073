// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Admission;

/// <summary>The uids of the newest requests: one that comes twice is told once. Any thread.</summary>
/// <param name="most">Units: uids; the oldest makes room.</param>
internal sealed class SeenRequests(int most)
{
    private readonly Lock _lock = new();
    private readonly HashSet<string> _uids = new(StringComparer.Ordinal);
    private readonly Queue<string> _order = new();

    /// <returns>False: it came before.</returns>
    public bool TryAdd(string uid)
    {
        lock (_lock)
        {
            if (!_uids.Add(uid))
            {
                return false;
            }

            _order.Enqueue(uid);
            if (_order.Count > most)
            {
                _uids.Remove(_order.Dequeue());
            }

            return true;
        }
    }

    /// <summary>It was not taken after all: the next delivery counts.</summary>
    public void Remove(string uid)
    {
        lock (_lock)
        {
            _uids.Remove(uid);
        }
    }
}
