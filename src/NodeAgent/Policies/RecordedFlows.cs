// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Api.Names;
using NodeAgent.Events.Net;
using NodeAgent.NetworkPolicy.Evaluation;
using NodeAgent.Profiles.Flows;
using NodeAgent.Profiles.Learning;

namespace NodeAgent.Policies;

/// <summary>The flows of a history as policies are asked about them. One object for each end, since policies remember what they said of it.</summary>
internal sealed class RecordedFlows(FlowHistory history)
{
    private readonly Dictionary<FlowWorkload, FlowEnd> _workloads = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<PeerSelector, Dictionary<NetAddress, FlowEnd>> _pods = new(ReferenceEqualityComparer.Instance); // the history keeps one of each
    private readonly Dictionary<NetAddress, FlowEnd> _addresses = [];
    private readonly Dictionary<string, Dictionary<string, string>> _namespaces = new(StringComparer.Ordinal);

    public IEnumerable<RecordedFlow> All()
    {
        foreach ((FlowId id, FlowTotal total) in history.Flows)
        {
            var flow = new ObservedFlow(
                id.Egress ? FlowDirection.Egress : FlowDirection.Ingress, Pod(id.Workload), Peer(id.Peer, total.LastAddress), ProtocolName(id.Protocol), id.Port, Math.Max(total.Count, 1))
            {
                IsFromOwnNode = id.Peer.Kind == FlowPeerKind.OwnNode,
            };
            yield return new RecordedFlow(flow, id.Workload.Namespace, id.Workload.Name, total.FirstUnix, total.LastUnix, total.Name);
        }
    }

    private FlowEnd Pod(FlowWorkload workload)
    {
        if (!_workloads.TryGetValue(workload, out FlowEnd? pod))
        {
            // What has the network of its node is no pod for policies.
            pod = workload.IsOnHostNetwork ? new FlowEnd() : new FlowEnd
            {
                Namespace = workload.Namespace,
                NamespaceLabels = NameLabel(workload.Namespace),
                Labels = workload.Labels.ToDictionary(StringComparer.Ordinal),
            };
            _workloads[workload] = pod;
        }

        return pod;
    }

    private FlowEnd Peer(in FlowPeer peer, NetAddress last)
    {
        if (peer.Pods is not { } pods)
        {
            return AtAddress(peer.Address);
        }

        if (!_pods.TryGetValue(pods, out Dictionary<NetAddress, FlowEnd>? atAddresses))
        {
            _pods[pods] = atAddresses = [];
        }

        if (!atAddresses.TryGetValue(last, out FlowEnd? end))
        {
            atAddresses[last] = end = new FlowEnd
            {
                Address = last.IsUnspecified ? null : last.ToIPAddress(),
                Namespace = pods.Namespace,
                NamespaceLabels = NameLabel(pods.Namespace),
                Labels = pods.Labels.ToDictionary(StringComparer.Ordinal),
            };
        }

        return end;
    }

    private FlowEnd AtAddress(NetAddress address)
    {
        if (!_addresses.TryGetValue(address, out FlowEnd? end))
        {
            _addresses[address] = end = new FlowEnd { Address = address.ToIPAddress() };
        }

        return end;
    }

    // The one label that every namespace has; of others nobody told.
    private Dictionary<string, string> NameLabel(string space)
    {
        if (!_namespaces.TryGetValue(space, out Dictionary<string, string>? labels))
        {
            _namespaces[space] = labels = new Dictionary<string, string> { [KubernetesLabels.NamespaceName] = space };
        }

        return labels;
    }

    private static string ProtocolName(TransportProtocol protocol) => protocol switch
    {
        TransportProtocol.Udp => "UDP",
        TransportProtocol.Sctp => "SCTP",
        _ => "TCP",
    };
}

/// <summary>A flow, and what is told of it when it is denied.</summary>
/// <param name="FirstUnix">Units: s since 1970, as is the next; 0 = not known.</param>
/// <param name="PeerName">That DNS gave the peer's address; null = none.</param>
internal readonly record struct RecordedFlow(ObservedFlow Flow, string Namespace, string Workload, long FirstUnix, long LastUnix, string? PeerName);

/// <summary>A flow that policies would have denied.</summary>
internal sealed class DeniedFlow(RecordedFlow recorded)
{
    public RecordedFlow Recorded => recorded;

    public ObservedFlow Flow => recorded.Flow;

    /// <summary>Shape: <c>NAMESPACE/LABEL=VALUE,…</c> of pods, else the address; then the name in brackets.</summary>
    public string PeerText => field ??= Text(Flow.Peer) + (recorded.PeerName is null ? string.Empty : $" ({recorded.PeerName})");

    private static string Text(FlowEnd peer) => peer.Namespace is { } space
        ? $"{space}/{string.Join(',', peer.Labels.OrderBy(label => label.Key, StringComparer.Ordinal).Select(label => $"{label.Key}={label.Value}"))}"
        : peer.Address?.ToString() ?? "unknown";
}
