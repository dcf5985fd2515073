// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Kubernetes.Models;
using NodeAgent.Kubernetes.Watching;

namespace NodeAgent.Cluster;

/// <summary>The objects of one resource as they are now; small resources only. Its reflector's task writes, any reads.</summary>
/// <param name="changed">Called after each change; must not block.</param>
internal sealed class ObjectList<T>(Action changed) : IResourceSink<T>
    where T : class, IKubernetesObject
{
    private readonly Lock _lock = new();
    private readonly Dictionary<(string Namespace, string Name), T> _items = [];
    private HashSet<(string, string)>? _listed;

    public bool WasListed { get; private set; }

    public IReadOnlyList<T> Items
    {
        get
        {
            lock (_lock)
            {
                return [.. _items.OrderBy(item => item.Key).Select(item => item.Value)];
            }
        }
    }

    public void BeginList() => _listed = [];

    public void Put(T item)
    {
        lock (_lock)
        {
            _items[KeyOf(item)] = item;
        }

        _listed?.Add(KeyOf(item));
        if (_listed is null)
        {
            changed();
        }
    }

    public void Remove(T item)
    {
        lock (_lock)
        {
            _items.Remove(KeyOf(item));
        }

        changed();
    }

    public void EndList()
    {
        lock (_lock)
        {
            foreach ((string, string) gone in _items.Keys.Where(key => !_listed!.Contains(key)).ToArray())
            {
                _items.Remove(gone);
            }

            WasListed = true;
        }

        _listed = null;
        changed();
    }

    private static (string Namespace, string Name) KeyOf(T item) => (item.Metadata?.Namespace ?? string.Empty, item.Metadata?.Name ?? string.Empty);
}
