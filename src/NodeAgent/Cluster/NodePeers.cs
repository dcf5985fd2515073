// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using NodeAgent.Enrichment.Peers;
using NodeAgent.Interop.Platform;
using NodeAgent.Kubernetes.Models;
using NodeAgent.Kubernetes.Watching;

namespace NodeAgent.Cluster;

/// <summary>Nodes as peers, and the labels of this one.</summary>
internal sealed class NodePeers(PeerTable peers, string ownName) : IResourceSink<V1Node>
{
    private IReadOnlyDictionary<string, string>? _ownLabels;

    /// <summary>Null while they are not known. Any thread may read it.</summary>
    public IReadOnlyDictionary<string, string>? OwnLabels => Volatile.Read(ref _ownLabels);

    public void BeginList() => peers.BeginList(PeerKind.Node);

    public void EndList() => peers.EndList(PeerKind.Node, BootClock.NowNs);

    public void Remove(V1Node item) => peers.Remove(item.Metadata!.Uid!, BootClock.NowNs);

    public void Put(V1Node item)
    {
        if (item.Metadata!.Name == ownName)
        {
            Volatile.Write(ref _ownLabels, item.Metadata.Labels is { } labels ? new Dictionary<string, string>(labels, StringComparer.Ordinal) : ImmutableDictionary<string, string>.Empty);
        }

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
