// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Profiles.Output;

namespace NodeAgent.Pipeline;

/// <summary>What the storage could not be told: names only, each once. One user at a time.</summary>
internal sealed class OwedProfiles
{
    private readonly Queue<string> _order = new();
    private readonly HashSet<string> _keys = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ProfileSnapshot> _removals = new(StringComparer.Ordinal);

    public int Count => _keys.Count + _removals.Count;

    /// <returns>False when there is no room for a removal.</returns>
    public bool Add(ProfileSnapshot snapshot, int maxRemovals)
    {
        if (snapshot.Profile is not null)
        {
            // As many as the learner has profiles.
            _removals.Remove(snapshot.Key);
            if (_keys.Add(snapshot.Key))
            {
                _order.Enqueue(snapshot.Key);
            }

            return true;
        }

        _keys.Remove(snapshot.Key);
        if (_removals.Count >= maxRemovals && !_removals.ContainsKey(snapshot.Key))
        {
            return false;
        }

        _removals[snapshot.Key] = snapshot;
        return true;
    }

    /// <summary>It was told since.</summary>
    public void Settle(string key)
    {
        _keys.Remove(key);
        _removals.Remove(key);
    }

    /// <returns>Whose profile to ask for; it is owed no more. Null when there is none.</returns>
    public string? NextKey()
    {
        while (_order.TryDequeue(out string? key))
        {
            if (_keys.Remove(key))
            {
                return key;
            }
        }

        return null;
    }

    /// <returns>Null when there is none.</returns>
    public ProfileSnapshot? NextRemoval() => _removals.Count == 0 ? null : _removals.Values.First();
}
