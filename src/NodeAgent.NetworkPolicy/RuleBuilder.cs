// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using NodeAgent.Api.Json;
using NodeAgent.Api.Meta;
using NodeAgent.Api.Names;
using NodeAgent.Api.Networking;
using NodeAgent.Api.SoftwareComposition;

namespace NodeAgent.NetworkPolicy;

/// <summary>Neighbours of one direction to rules: each peer in one rule, peers with the same ports together, everything in order.</summary>
/// <param name="acceptsEmptySelectors">A person means every pod by an empty selector; one that was learned means that nothing is known.</param>
internal sealed class RuleBuilder(KnownServerIndex servers, PolicyOptions options, bool acceptsEmptySelectors)
{
    private const int DnsPort = 53;

    private readonly AddressPeers _addresses = new(servers, options);
    private readonly Dictionary<string, (RulePeer Peer, PortSet Ports)> _selected = new(StringComparer.Ordinal);

    public IEnumerable<PolicyRef> Refs => _addresses.Refs();

    /// <summary>Adds what was seen of a neighbour. One of which nothing is known adds nothing.</summary>
    /// <param name="isEgress">Only who is called resolves names.</param>
    public void Add(NetworkNeighbor neighbor, bool isEgress)
    {
        PortSet ports = Ports(neighbor);
        if (ports.IsEmpty)
        {
            return; // It names ports, and none that a policy can express: "every port" would be more than was seen.
        }

        if (isEgress)
        {
            ports.CompleteDns(DnsPort);
        }

        if (IsKnown(neighbor))
        {
            Add(neighbor.PodSelector, neighbor.NamespaceSelector, ports);
        }

        string[] names = [.. new[] { neighbor.Dns }.Concat(neighbor.DnsNames ?? []).OfType<string>().Where(name => name.Length > 0).Distinct(StringComparer.Ordinal)];
        _addresses.Add(neighbor.AllAddresses(), names, ports);
    }

    /// <summary>The cluster's resolver, whether or not a name was asked for while learning.</summary>
    public void AddResolver()
    {
        var ports = new PortSet();
        ports.Add("UDP", DnsPort);
        ports.CompleteDns(DnsPort);
        Add(
            new LabelSelector { MatchLabels = new Dictionary<string, string> { [options.DnsLabel] = options.DnsLabelValue } },
            new LabelSelector { MatchLabels = new Dictionary<string, string> { [KubernetesLabels.NamespaceName] = options.DnsNamespace } },
            ports);
        _addresses.Add([options.NodeLocalDns], [], ports);
    }

    /// <returns>Sorted by ports, then by peers; addresses before selectors.</returns>
    public IReadOnlyList<PolicyRule> Build() =>
    [
        .. _addresses.Peers().Concat(_selected.Values.Select(pair => (pair.Peer, pair.Ports.Ranges(options.PortSpread))))
            .GroupBy(pair => string.Join(' ', pair.Item2), StringComparer.Ordinal)
            .Select(group => new PolicyRule(
                [.. group.Select(pair => pair.Peer).OrderBy(peer => peer.Block is null).ThenBy(peer => peer.Text, StringComparer.Ordinal)], group.First().Item2))
            .OrderBy(rule => rule.Ports, PortsOrder.Instance),
    ];

    private void Add(LabelSelector? pods, LabelSelector? namespaces, PortSet ports)
    {
        var peer = new NetworkPolicyPeer
        {
            PodSelector = pods is null ? null : IgnoredLabels.RemoveFrom(pods),
            NamespaceSelector = namespaces is null ? null : IgnoredLabels.Ordered(namespaces),
        };
        string text = JsonSerializer.Serialize(peer, ApiJsonContext.Readable.NetworkPolicyPeer);
        if (!_selected.TryGetValue(text, out (RulePeer Peer, PortSet Ports) known))
        {
            _selected[text] = known = (new RulePeer(null, text, peer.PodSelector, peer.NamespaceSelector), new PortSet());
        }

        known.Ports.Add(ports);
    }

    private bool IsKnown(NetworkNeighbor neighbor) =>
        acceptsEmptySelectors ? neighbor.PodSelector is not null || neighbor.NamespaceSelector is not null : Names(neighbor.PodSelector) || Names(neighbor.NamespaceSelector);

    private static bool Names(LabelSelector? selector) => selector is { MatchLabels.Count: > 0 } or { MatchExpressions.Count: > 0 };

    private static PortSet Ports(NetworkNeighbor neighbor)
    {
        var ports = new PortSet { IsAny = neighbor.Ports is not { Count: > 0 } };
        foreach (NetworkPort port in neighbor.Ports ?? [])
        {
            string? protocol = port.Protocol?.ToUpperInvariant();
            if (port.Port is > 0 and <= ushort.MaxValue && protocol is "TCP" or "UDP" or "SCTP")
            {
                ports.Add(protocol, port.Port!.Value);
            }
        }

        return ports;
    }

    private sealed class PortsOrder : IComparer<IReadOnlyList<PortRange>>
    {
        public static PortsOrder Instance { get; } = new();

        public int Compare(IReadOnlyList<PortRange>? x, IReadOnlyList<PortRange>? y)
        {
            for (int i = 0; i < Math.Min(x!.Count, y!.Count); i++)
            {
                if (x[i].CompareTo(y[i]) is not 0 and var order)
                {
                    return order;
                }
            }

            return x!.Count.CompareTo(y!.Count);
        }
    }
}
