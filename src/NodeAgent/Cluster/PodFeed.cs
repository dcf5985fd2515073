// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Enrichment.Pods;
using NodeAgent.Kubernetes.Models;
using NodeAgent.Kubernetes.Owners;
using NodeAgent.Kubernetes.Watching;

namespace NodeAgent.Cluster;

/// <summary>Carries this node's pods from their reflector to the directory, each with its owners. What waits is the newest of each pod.</summary>
internal sealed class PodFeed(PodDirectory pods, OwnerResolver owners) : IResourceSink<V1Pod>, IDisposable
{
    private static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(30);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, V1Pod> _known = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _news = new(0, 1);

    // Of each pod the newest; null = it is gone.
    private Dictionary<string, V1Pod?> _waiting = new(StringComparer.Ordinal);
    private HashSet<string>? _listed;

    public void BeginList() => _listed = new HashSet<string>(StringComparer.Ordinal);

    public void Put(V1Pod item)
    {
        string uid = item.Metadata!.Uid!;
        _listed?.Add(uid);
        _known[uid] = item;
        Tell(uid, item);
    }

    public void Remove(V1Pod item)
    {
        if (_known.Remove(item.Metadata!.Uid!))
        {
            Tell(item.Metadata!.Uid!, null);
        }
    }

    public void EndList()
    {
        foreach (string uid in _known.Keys.Where(uid => !_listed!.Contains(uid)).ToArray())
        {
            _known.Remove(uid);
            Tell(uid, null);
        }

        _listed = null;
    }

    /// <summary>Works until cancelled. Start it once.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        var unsolved = new Dictionary<string, V1Pod>(StringComparer.Ordinal);
        while (true)
        {
            bool news = await _news.WaitAsync(unsolved.Count > 0 ? RetryInterval : Timeout.InfiniteTimeSpan, cancellation).ConfigureAwait(false);
            foreach ((string uid, V1Pod? pod) in news ? Take() : unsolved.Select(pair => KeyValuePair.Create(pair.Key, (V1Pod?)pair.Value)).ToArray())
            {
                unsolved.Remove(uid);
                if (pod is null)
                {
                    pods.Remove(uid);
                }
                else if (!await PutAsync(pod, cancellation).ConfigureAwait(false))
                {
                    unsolved[uid] = pod;
                }
            }
        }
    }

    public void Dispose() => _news.Dispose();

    private async Task<bool> PutAsync(V1Pod pod, CancellationToken cancellation)
    {
        OwnerChain chain = await owners.ResolveAsync(pod, cancellation).ConfigureAwait(false);
        pods.Put(PodRecords.Of(pod, chain));
        return chain.IsWhole;
    }

    private void Tell(string uid, V1Pod? pod)
    {
        lock (_lock)
        {
            _waiting[uid] = pod;
            if (_news.CurrentCount == 0)
            {
                _news.Release();
            }
        }
    }

    private KeyValuePair<string, V1Pod?>[] Take()
    {
        lock (_lock)
        {
            Dictionary<string, V1Pod?> taken = _waiting;
            _waiting = new Dictionary<string, V1Pod?>(StringComparer.Ordinal);
            return [.. taken];
        }
    }
}
