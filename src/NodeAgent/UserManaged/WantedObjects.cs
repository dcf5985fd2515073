// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Kubernetes.Models;
using NodeAgent.Kubernetes.Watching;

namespace NodeAgent.UserManaged;

/// <summary>Which objects of a resource are there that people wrote, by their metadata: their bodies are read when they change. The reflector's task writes, another reads.</summary>
/// <param name="changed">Called after each change; must not block.</param>
internal sealed class WantedObjects(Func<V1ObjectMeta, bool> isWanted, Action changed) : IResourceSink<V1PartialObjectMetadata>
{
    private readonly Lock _lock = new();
    private readonly Dictionary<(string Namespace, string Name), string> _versions = [];
    private HashSet<(string Namespace, string Name)>? _listed;

    /// <returns>By namespace and name the resourceVersion.</returns>
    public Dictionary<(string Namespace, string Name), string> Versions()
    {
        lock (_lock)
        {
            return new Dictionary<(string Namespace, string Name), string>(_versions);
        }
    }

    public void BeginList() => _listed = [];

    public void Put(V1PartialObjectMetadata item)
    {
        V1ObjectMeta metadata = item.Metadata!;
        (string, string) key = KeyOf(metadata);
        _listed?.Add(key);
        lock (_lock)
        {
            if (!isWanted(metadata))
            {
                if (!_versions.Remove(key))
                {
                    return;
                }
            }
            else
            {
                _versions[key] = metadata.ResourceVersion ?? string.Empty;
            }
        }

        changed();
    }

    public void Remove(V1PartialObjectMetadata item)
    {
        bool was;
        lock (_lock)
        {
            was = _versions.Remove(KeyOf(item.Metadata!));
        }

        if (was)
        {
            changed();
        }
    }

    public void EndList()
    {
        lock (_lock)
        {
            foreach ((string, string) key in _versions.Keys.Where(key => !_listed!.Contains(key)).ToArray())
            {
                _versions.Remove(key);
            }
        }

        _listed = null;
        changed();
    }

    private static (string Namespace, string Name) KeyOf(V1ObjectMeta metadata) => (metadata.Namespace ?? string.Empty, metadata.Name!);
}
