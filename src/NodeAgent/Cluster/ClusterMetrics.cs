// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.Metrics;
using NodeAgent.Enrichment.Peers;
using NodeAgent.Enrichment.Pods;
using NodeAgent.Kubernetes.Owners;

namespace NodeAgent.Cluster;

/// <summary>What became of that which the API server told.</summary>
internal sealed class ClusterMetrics : IDisposable
{
    private readonly Meter _meter = new("NodeAgent.Cluster");

    public ClusterMetrics(PodDirectory pods, PeerTable? peers, OwnerResolver owners)
    {
        Gauge("node_agent_kubernetes_pods", "Pods of this node that are known, those included that are gone since minutes", () => pods.Count);
        Counter("node_agent_kubernetes_pods_refused_total", "Pods of this node that were not taken for want of room", () => pods.Refused);
        Counter("node_agent_kubernetes_pods_contested_total", "Pods that claimed to be of the same file of the kubelet as another one", () => pods.Contests);
        Counter("node_agent_kubernetes_owner_lookups_total", "Controllers of pods that were asked for", () => owners.Lookups);
        Counter("node_agent_kubernetes_owner_failures_total", "Controllers of pods that could not be had", () => owners.Failures);
        if (peers is null)
        {
            return;
        }

        Gauge("node_agent_kubernetes_peers", "Pods, services, endpoint slices and nodes whose addresses are known", () => peers.Count);
        Gauge("node_agent_kubernetes_peer_addresses", "Addresses and node ports that somebody has or had", () => peers.Places);
        Gauge("node_agent_kubernetes_peer_history", "Former owners of addresses that are remembered", () => peers.History);
        Counter("node_agent_kubernetes_peers_refused_total", "Objects with addresses that were not taken for want of room", () => peers.Refused);
        Counter("node_agent_kubernetes_peer_history_evicted_total", "Former owners of addresses forgotten before their time", () => peers.Evicted);
        Counter("node_agent_kubernetes_peers_unknown_total", "Look-ups of an address that nobody had at the time", () => peers.Unknown);
        Counter("node_agent_kubernetes_peers_ambiguous_total", "Look-ups of an address that several had at the time", () => peers.Ambiguous);
    }

    public void Dispose() => _meter.Dispose();

    private void Counter(string name, string help, Func<long> read) => _meter.CreateObservableCounter(name, read, null, help);

    private void Gauge(string name, string help, Func<long> read) => _meter.CreateObservableGauge(name, read, null, help);
}
