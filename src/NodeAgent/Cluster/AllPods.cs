// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Kubernetes.Models;
using NodeAgent.Kubernetes.Watching;

namespace NodeAgent.Cluster;

/// <summary>The pods of the whole cluster, told once to both who want them: each is a peer, and those of this node own containers here.</summary>
internal sealed class AllPods(PodPeers peers, PodFeed own, string nodeName) : IResourceSink<V1Pod>
{
    public void BeginList()
    {
        peers.BeginList();
        own.BeginList();
    }

    public void Put(V1Pod item)
    {
        if (item.Spec?.NodeName == nodeName)
        {
            own.Put(item);
        }

        peers.Put(item);
    }

    public void Remove(V1Pod item)
    {
        own.Remove(item);
        peers.Remove(item);
    }

    public void EndList()
    {
        own.EndList();
        peers.EndList();
    }
}
