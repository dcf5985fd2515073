// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Storage.Objects;

namespace NodeAgent.Storage.Collection;

/// <summary>Which objects belong to which owner.</summary>
/// <remarks>Threads: one. Holds only objects that have owners.</remarks>
internal sealed class OwnerIndex
{
    private readonly Dictionary<string, HashSet<ObjectKey>> _dependents = new(StringComparer.Ordinal);
    private readonly Dictionary<ObjectKey, IReadOnlyList<OwnerLink>> _owners = [];

    public IReadOnlyCollection<ObjectKey> DependentsOf(string uid) => _dependents.TryGetValue(uid, out HashSet<ObjectKey>? keys) ? [.. keys] : [];

    public void Clear()
    {
        _dependents.Clear();
        _owners.Clear();
    }

    /// <summary>An object is so now.</summary>
    /// <param name="owners">Empty: it belongs to nobody, or is gone.</param>
    public void Set(ObjectKey key, IReadOnlyList<OwnerLink> owners)
    {
        if (_owners.Remove(key, out IReadOnlyList<OwnerLink>? before))
        {
            foreach (OwnerLink owner in before)
            {
                if (_dependents.TryGetValue(owner.Uid, out HashSet<ObjectKey>? keys) && keys.Remove(key) && keys.Count == 0)
                {
                    _dependents.Remove(owner.Uid);
                }
            }
        }

        if (owners.Count == 0)
        {
            return;
        }

        _owners[key] = owners;
        foreach (OwnerLink owner in owners)
        {
            if (!_dependents.TryGetValue(owner.Uid, out HashSet<ObjectKey>? keys))
            {
                _dependents[owner.Uid] = keys = [];
            }

            keys.Add(key);
        }
    }
}
