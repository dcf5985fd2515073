// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using NodeAgent.Kubernetes.Models;
using NodeAgent.Kubernetes.Watching;

namespace NodeAgent.Kubernetes.Tests.Watching;

/// <summary>Keeps what a reflector tells, as a sink is asked to.</summary>
internal sealed class PodSink : IResourceSink<V1Pod>
{
    private readonly ConcurrentDictionary<string, V1Pod> _pods = new(StringComparer.Ordinal);
    private HashSet<string>? _listed;

    public string Names => string.Join(' ', _pods.Values.Select(pod => pod.Metadata!.Name).Order(StringComparer.Ordinal));

    public V1Pod? Find(string name) => _pods.Values.FirstOrDefault(pod => pod.Metadata!.Name == name);

    public void BeginList() => _listed = new HashSet<string>(StringComparer.Ordinal);

    public void Put(V1Pod item)
    {
        _listed?.Add(item.Metadata!.Uid!);
        _pods[item.Metadata!.Uid!] = item;
    }

    public void Remove(V1Pod item) => _pods.TryRemove(item.Metadata!.Uid!, out _);

    public void EndList()
    {
        foreach (string uid in _pods.Keys.Where(uid => !_listed!.Contains(uid)))
        {
            _pods.TryRemove(uid, out _);
        }

        _listed = null;
    }
}
