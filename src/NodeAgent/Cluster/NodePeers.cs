// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Enrichment.Peers;
using NodeAgent.Interop.Platform;
using NodeAgent.Kubernetes.Models;
using NodeAgent.Kubernetes.Watching;

namespace NodeAgent.Cluster;

/// <summary>Nodes as peers.</summary>
internal sealed class NodePeers(PeerTable peers, string ownName) : IResourceSink<V1Node>
{
    public void BeginList() => peers.BeginList(PeerKind.Node);

    public void EndList() => peers.EndList(PeerKind.Node, BootClock.NowNs);

    public void Remove(V1Node item) => peers.Remove(item.Metadata!.Uid!, BootClock.NowNs);

    public void Put(V1Node item)
    {
        var node = new PeerObject
        {
            Kind = PeerKind.Node,
            Uid = item.Metadata!.Uid!,
            Name = item.Metadata.Name!,
            KubeletPort = PeerText.Port(item.Status?.DaemonEndpoints?.KubeletEndpoint?.Port),
            IsHost = item.Metadata.Name == ownName,
        };
        IEnumerable<V1NodeAddress?> addresses = item.Status?.Addresses ?? [];
        peers.Put(node, PeerText.Addresses(addresses.Where(a => a?.Type is "InternalIP" or "ExternalIP").Select(a => a!.Address)), BootClock.NowNs);
    }
}
