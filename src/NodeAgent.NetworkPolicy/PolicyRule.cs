// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using NodeAgent.Api.Json;
using NodeAgent.Api.Networking;
using NodeAgent.Api.SoftwareComposition;

namespace NodeAgent.NetworkPolicy;

/// <summary>One allowance, either direction: these peers on these ports.</summary>
/// <param name="Peers">Never empty: an empty list would allow everybody.</param>
/// <param name="Ports">Empty = every port; only when the neighbour names none.</param>
internal sealed record PolicyRule(IReadOnlyList<NetworkPolicyPeer> Peers, IReadOnlyList<NetworkPolicyPort> Ports)
{
    public bool HasSelector => Peers.Any(peer => peer.IpBlock is null);

    public NetworkPolicyIngressRule ToIngress() => new() { From = Peers, Ports = Ports.Count == 0 ? null : Ports };

    public NetworkPolicyEgressRule ToEgress() => new() { To = Peers, Ports = Ports.Count == 0 ? null : Ports };

    /// <summary>Equal rules have equal texts; it also gives the rules an order that does not depend on the neighbours'.</summary>
    public string CanonicalText() => JsonSerializer.Serialize(ToIngress(), ApiJsonContext.Readable.NetworkPolicyIngressRule);
}

/// <summary>Neighbours to rules.</summary>
internal sealed class RuleBuilder(KnownServerIndex servers)
{
    private readonly HashSet<PolicyRef> _refs = [];

    public IEnumerable<PolicyRef> Refs => _refs
        .OrderBy(r => r.IpBlock, StringComparer.Ordinal)
        .ThenBy(r => r.OriginalIP, StringComparer.Ordinal)
        .ThenBy(r => r.Name, StringComparer.Ordinal)
        .ThenBy(r => r.Server, StringComparer.Ordinal)
        .ThenBy(r => r.Dns, StringComparer.Ordinal);

    /// <returns>Address-only rules merged per port, sorted by port and protocol; then the others, in canonical order.</returns>
    public IReadOnlyList<PolicyRule> Build(IEnumerable<NetworkNeighbor> neighbors)
    {
        var byPort = new SortedDictionary<(int Port, string Protocol), SortedDictionary<string, NetworkPolicyPeer>>();
        var kept = new SortedDictionary<string, PolicyRule>(StringComparer.Ordinal);
        foreach (NetworkNeighbor neighbor in neighbors)
        {
            if (Rule(neighbor) is not { } rule)
            {
                continue;
            }

            if (rule.HasSelector || rule.Ports.Count == 0)
            {
                kept[rule.CanonicalText()] = rule;
                continue;
            }

            foreach (NetworkPolicyPort port in rule.Ports)
            {
                var key = (port.Port?.Number ?? 0, port.Protocol ?? string.Empty);
                if (!byPort.TryGetValue(key, out SortedDictionary<string, NetworkPolicyPeer>? peers))
                {
                    byPort[key] = peers = new SortedDictionary<string, NetworkPolicyPeer>(StringComparer.Ordinal);
                }

                foreach (NetworkPolicyPeer peer in rule.Peers)
                {
                    peers[peer.IpBlock!.Cidr!] = peer;
                }
            }
        }

        IEnumerable<PolicyRule> merged = byPort.Select(pair =>
            new PolicyRule([.. pair.Value.Values], [new NetworkPolicyPort { Port = pair.Key.Port, Protocol = pair.Key.Protocol }]));
        return [.. merged, .. kept.Values];
    }

    private PolicyRule? Rule(NetworkNeighbor neighbor)
    {
        List<NetworkPolicyPort> ports = Ports(neighbor);
        if (ports.Count == 0 && neighbor.Ports is { Count: > 0 })
        {
            return null; // It names ports, and none that a policy can express: "every port" would be more than was seen.
        }

        var peers = new List<NetworkPolicyPeer>();
        if (neighbor.PodSelector is not null || neighbor.NamespaceSelector is not null)
        {
            peers.Add(new NetworkPolicyPeer
            {
                PodSelector = neighbor.PodSelector is null ? null : IgnoredLabels.RemoveFrom(neighbor.PodSelector),
                NamespaceSelector = neighbor.NamespaceSelector is null ? null : IgnoredLabels.Ordered(neighbor.NamespaceSelector),
            });
        }

        peers.AddRange(Blocks(neighbor).Select(block => new NetworkPolicyPeer { IpBlock = new IpBlock { Cidr = block.ToString() } }));
        return peers.Count == 0 ? null : new PolicyRule(peers, ports);
    }

    private static List<NetworkPolicyPort> Ports(NetworkNeighbor neighbor) =>
    [
        .. (neighbor.Ports ?? [])
            .Select(port => (Port: port.Port ?? 0, Protocol: port.Protocol?.ToUpperInvariant()))
            .Where(port => port.Port is > 0 and <= ushort.MaxValue && port.Protocol is "TCP" or "UDP" or "SCTP")
            .Distinct()
            .Order()
            .Select(port => new NetworkPolicyPort { Port = port.Port, Protocol = port.Protocol }),
    ];

    private SortedSet<CidrBlock> Blocks(NetworkNeighbor neighbor)
    {
        var blocks = new SortedSet<CidrBlock>();
        foreach (string text in neighbor.AllAddresses())
        {
            if (text == "*")
            {
                blocks.Add(CidrBlock.AllV4);
                blocks.Add(CidrBlock.AllV6);
            }
            else if (CidrBlock.TryParse(text, out CidrBlock block))
            {
                AddBlocks(blocks, block, text, neighbor);
            }
        }

        return blocks;
    }

    private void AddBlocks(SortedSet<CidrBlock> blocks, CidrBlock block, string text, NetworkNeighbor neighbor)
    {
        string[] names = [.. new[] { neighbor.Dns }.Concat(neighbor.DnsNames ?? []).OfType<string>().Where(name => name.Length > 0).Distinct()];
        bool known = false;
        foreach ((CidrBlock container, KnownServerEntry entry) in block.IsSingleAddress ? servers.Containing(block) : [])
        {
            known = true;
            blocks.Add(container);
            var found = new PolicyRef { Name = entry.Name, OriginalIP = text, IpBlock = container.ToString(), Server = entry.Server };
            _refs.UnionWith(names.Length == 0 ? [found] : names.Select(name => found with { Dns = name }));
        }

        if (!known)
        {
            blocks.Add(block);
            _refs.UnionWith(names.Select(name => new PolicyRef { OriginalIP = text, IpBlock = block.ToString(), Dns = name }));
        }
    }
}
