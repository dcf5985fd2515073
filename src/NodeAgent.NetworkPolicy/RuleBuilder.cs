// SPDX-License-Identifier: Apache-2.0
using System.Text;
using NodeAgent.Api.Meta;
using NodeAgent.Api.Names;
using NodeAgent.Api.SoftwareComposition;

namespace NodeAgent.NetworkPolicy;

/// <summary>Neighbours of one direction to rules: each peer in one rule, peers with the same ports together, everything in order.</summary>
/// <param name="acceptsEmptySelectors">A person means every pod by an empty selector; one that was learned means that nothing is known.</param>
internal sealed class RuleBuilder(KnownServerIndex servers, PolicyOptions options, bool acceptsEmptySelectors)
{
    internal const int DnsPort = 53;

    private readonly AddressPeers _addresses = new(servers, options);
    private readonly StringBuilder _text = new();
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

        _addresses.Add(neighbor.AllAddresses(), neighbor.AllNames(), ports);
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
            .GroupBy(pair => pair.Item2, PortsOrder.Instance)
            .Select(group => new PolicyRule(
                [.. group.Select(pair => pair.Peer).OrderBy(peer => peer.Block is null).ThenBy(peer => peer.Text, StringComparer.Ordinal)], group.First().Item2))
            .OrderBy(rule => rule.Ports, PortsOrder.Instance),
    ];

    private void Add(LabelSelector? pods, LabelSelector? namespaces, PortSet ports)
    {
        LabelSelector? podSelector = pods is null ? null : IgnoredLabels.RemoveFrom(pods);
        LabelSelector? namespaceSelector = namespaces is null ? null : IgnoredLabels.Ordered(namespaces);
        _text.Clear();
        Write(podSelector);
        Write(namespaceSelector);
        string text = _text.ToString();
        if (!_selected.TryGetValue(text, out (RulePeer Peer, PortSet Ports) known))
        {
            _selected[text] = known = (new RulePeer(null, text, podSelector, namespaceSelector), new PortSet());
        }

        known.Ports.Add(ports);
    }

    // Equal selectors are equal texts, and others are not: each part ends with what no label may hold.
    private void Write(LabelSelector? selector)
    {
        _text.Append(selector is null ? '-' : '+');
        foreach ((string key, string value) in selector?.MatchLabels ?? new Dictionary<string, string>())
        {
            _text.Append(key).Append('\0').Append(value).Append('\0');
        }

        foreach (LabelSelectorRequirement term in selector?.MatchExpressions ?? [])
        {
            _text.Append('\u0001').Append(term.Key).Append('\0').Append(term.Operator).Append('\0').AppendJoin('\0', term.Values ?? []);
        }

        _text.Append('\u0002');
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

    private sealed class PortsOrder : IComparer<IReadOnlyList<PortRange>>, IEqualityComparer<PortRange[]>
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

        public bool Equals(PortRange[]? x, PortRange[]? y) => x.AsSpan().SequenceEqual(y);

        public int GetHashCode(PortRange[] obj)
        {
            var hash = new HashCode();
            foreach (PortRange range in obj)
            {
                hash.Add(range.First);
                hash.Add(range.Last);
                hash.Add(range.Protocol, StringComparer.Ordinal);
            }

            return hash.ToHashCode();
        }
    }
}
