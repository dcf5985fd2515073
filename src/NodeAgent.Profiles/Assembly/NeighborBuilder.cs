// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text;
using NodeAgent.Api.Meta;
using NodeAgent.Api.Names;
using NodeAgent.Api.SoftwareComposition;
using NodeAgent.Events.Net;
using NodeAgent.Profiles.Learning;
using NodeAgent.Profiles.Matching;

namespace NodeAgent.Profiles.Assembly;

/// <summary>Peers to neighbours of profiles: one per address, with its ports; loopback is nobody.</summary>
internal static class NeighborBuilder
{
    private const string Internal = "internal";
    private const string External = "external";

    /// <param name="ownNamespace">Pods in another one are named with theirs.</param>
    /// <returns>Pods first, by identifier; then sorted by address and name, ports by number and protocol.</returns>
    public static IReadOnlyList<NetworkNeighbor> Build(BehaviorSnapshot behavior, bool egress, string ownNamespace)
    {
        List<NetworkNeighbor> neighbors = [.. Pods(behavior, egress, ownNamespace)];
        var named = new HashSet<string>(StringComparer.Ordinal);
        var peers = behavior.Endpoints
            .Where(pair => pair.Key.Egress == egress && !pair.Key.Address.IsLoopback && !(pair.Key.Address.IsUnspecified && pair.Key.PrefixLength > 0))
            .GroupBy(pair => (pair.Key.Address, pair.Key.PrefixLength))
            .OrderBy(group => group.Key.Address).ThenBy(group => group.Key.PrefixLength);
        foreach (var peer in peers)
        {
            string[] names = [.. peer.Select(pair => pair.Value).OfType<string>().Distinct().Order(StringComparer.Ordinal)];
            named.UnionWith(names);
            neighbors.Add(Peer(peer.Key.Address, peer.Key.PrefixLength, names, Ports(peer.Select(pair => (pair.Key.Port, pair.Key.Protocol)))));
        }

        if (egress)
        {
            neighbors.AddRange(behavior.Names.Select(name => Encoding.ASCII.GetString(name) + ".")
                .Where(name => !named.Contains(name)).Order(StringComparer.Ordinal).Select(Name));
        }

        return neighbors;
    }

    private static IEnumerable<NetworkNeighbor> Pods(BehaviorSnapshot behavior, bool egress, string ownNamespace) =>
        behavior.Peers.Where(peer => peer.Egress == egress).GroupBy(peer => peer.Pods)
            .Select(group => Pods(group.Key, ownNamespace, Ports(group.Select(peer => (peer.Port, peer.Protocol)))))
            .OrderBy(neighbor => neighbor.Identifier, StringComparer.Ordinal);

    private static NetworkNeighbor Pods(PeerSelector pods, string ownNamespace, IReadOnlyList<NetworkPort>? ports)
    {
        var podSelector = new LabelSelector { MatchLabels = new SortedDictionary<string, string>(pods.Labels.ToDictionary(), StringComparer.Ordinal) };
        LabelSelector? namespaceSelector = pods.Namespace == ownNamespace
            ? null
            : new LabelSelector { MatchLabels = new Dictionary<string, string> { [KubernetesLabels.NamespaceName] = pods.Namespace } };
        return new NetworkNeighbor
        {
            Identifier = NeighborIdentifier.Compute(Internal, null, null, namespaceSelector, podSelector),
            Type = Internal,
            PodSelector = podSelector,
            NamespaceSelector = namespaceSelector,
            Ports = ports,
        };
    }

    private static NetworkNeighbor Peer(NetAddress address, byte prefixLength, string[] names, IReadOnlyList<NetworkPort>? ports)
    {
        string type = address.IsPrivate ? Internal : External;
        string? dns = names.FirstOrDefault();
        bool single = prefixLength == (address.IsV6 ? 128 : 32);
        string text = single ? address.ToString() : string.Create(CultureInfo.InvariantCulture, $"{address}/{prefixLength}");
        return new NetworkNeighbor
        {
            Identifier = NeighborIdentifier.Compute(type, text, dns, null, null),
            Type = type,
            Dns = dns,
            DnsNames = names.Length == 0 ? null : names,
            IpAddress = single ? text : null,
            IpAddresses = single ? null : [text],
            Ports = ports,
        };
    }

    // A name that was asked for and answered, but at whose address nobody called.
    private static NetworkNeighbor Name(string name)
    {
        string type = name.EndsWith(".cluster.local.", StringComparison.Ordinal) ? Internal : External;
        return new NetworkNeighbor
        {
            Identifier = NeighborIdentifier.Compute(type, null, name, null, null),
            Type = type,
            Dns = name,
            DnsNames = [name],
        };
    }

    private static List<NetworkPort>? Ports(IEnumerable<(ushort Port, TransportProtocol Protocol)> endpoints)
    {
        var ports = endpoints.Select(endpoint => (endpoint.Port, Protocol: Text(endpoint.Protocol))).Distinct().Order().ToList();
        return ports.Exists(port => port.Port == 0) ? null
            : [.. ports.Select(port => new NetworkPort { Name = $"{port.Protocol}-{port.Port}", Protocol = port.Protocol, Port = port.Port })];
    }

    private static string Text(TransportProtocol protocol) => protocol switch
    {
        TransportProtocol.Udp => "UDP",
        TransportProtocol.Sctp => "SCTP",
        _ => "TCP",
    };
}
