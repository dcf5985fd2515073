// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Enrichment.Peers;
using NodeAgent.Interop.Platform;
using NodeAgent.Kubernetes.Models;
using NodeAgent.Kubernetes.Watching;

namespace NodeAgent.Cluster;

/// <summary>Pods as peers. One on the host's network has no address of its own, one that ended has none any more.</summary>
internal sealed class PodPeers(PeerTable peers) : IResourceSink<V1Pod>
{
    private readonly LabelPool _labels = new();

    public void BeginList() => peers.BeginList(PeerKind.Pod);

    public void EndList() => peers.EndList(PeerKind.Pod, BootClock.NowNs);

    public void Remove(V1Pod item) => peers.Remove(item.Metadata!.Uid!, BootClock.NowNs);

    public void Put(V1Pod item)
    {
        V1ObjectMeta metadata = item.Metadata!;
        bool hasOwn = item.Spec?.HostNetwork != true && item.Status?.Phase is not ("Succeeded" or "Failed");
        IEnumerable<string?> texts = item.Status?.PodIps?.Select(ip => ip?.Ip).Append(item.Status.PodIp) ?? [item.Status?.PodIp];
        var pod = new PeerObject
        {
            Kind = PeerKind.Pod,
            Uid = metadata.Uid!,
            Namespace = _labels.Text(metadata.Namespace),
            Name = metadata.Name!,
            Labels = _labels.OfPod(metadata.Labels),
        };
        peers.Put(pod, hasOwn ? PeerText.Addresses(texts) : [], BootClock.NowNs);
    }
}
