// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using NodeAgent.Kubernetes.Models;
using NodeAgent.Kubernetes.Watching;

namespace NodeAgent.StorageHost.Cluster;

/// <summary>The objects of one resource, as far as they are needed: what is made of each, by name.</summary>
/// <param name="read">What is kept of an object.</param>
/// <remarks>Threads: reading any; the rest is called by the reflector.</remarks>
internal sealed class ObjectNames<T, TKept>(Func<T, TKept> read) : IResourceSink<T>
    where T : IKubernetesObject
{
    private readonly ConcurrentDictionary<(string Namespace, string Name), TKept> _objects = [];
    private readonly HashSet<(string Namespace, string Name)> _listed = [];
    private bool _lists;

    public IEnumerable<KeyValuePair<(string Namespace, string Name), TKept>> All => _objects;

    public bool Has(string objectNamespace, string name) => _objects.ContainsKey((objectNamespace, name));

    public TKept? Find(string objectNamespace, string name) => _objects.TryGetValue((objectNamespace, name), out TKept? kept) ? kept : default;

    public void BeginList()
    {
        _lists = true;
        _listed.Clear();
    }

    public void Put(T item)
    {
        (string, string) key = KeyOf(item);
        _objects[key] = read(item);
        if (_lists)
        {
            _listed.Add(key);
        }
    }

    public void Remove(T item) => _objects.TryRemove(KeyOf(item), out _);

    public void EndList()
    {
        foreach ((string, string) key in _objects.Keys.Where(key => !_listed.Contains(key)))
        {
            _objects.TryRemove(key, out _);
        }

        _lists = false;
        _listed.Clear();
    }

    private static (string Namespace, string Name) KeyOf(T item) => (item.Metadata!.Namespace ?? string.Empty, item.Metadata.Name!);
}
