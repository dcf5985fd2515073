// SPDX-License-Identifier: Apache-2.0
using System.Text;
using NodeAgent.Api.Names;
using NodeAgent.Api.SoftwareComposition;
using NodeAgent.Events.Capabilities;
using NodeAgent.Events.Net;
using NodeAgent.Profiles.Learning;

namespace NodeAgent.Profiles.Matching;

/// <summary>What of a behaviour a profile does not hold: a pure function.</summary>
public static class ProfileDifference
{
    /// <param name="found">Shape: flat.</param>
    /// <param name="ownNamespace">Where neighbours are that name none.</param>
    /// <returns>Entries of <paramref name="found"/>, in their order; of neighbours only the ports that are not held. Without system calls.</returns>
    public static ContainerProfileSpec Of(ContainerProfileSpec found, CompletedProfile profile, string ownNamespace)
    {
        ArgumentNullException.ThrowIfNull(found);
        ArgumentNullException.ThrowIfNull(profile);
        return new ContainerProfileSpec
        {
            Execs = NullIfEmpty(found.Execs, exec => !profile.HoldsExec(Utf8(exec.Path), exec.Args ?? [])),
            Opens = NullIfEmpty(found.Opens, open => !profile.HoldsOpen(Utf8(open.Path), OpenFlags.FromNames(open.Flags ?? []))),
            Capabilities = NullIfEmpty(found.Capabilities, name => !profile.HasCapability(CapabilityNames.NumberOf(name))),
            Endpoints = NullIfEmpty(found.Endpoints, endpoint => !Holds(profile, endpoint)),
            Ingress = Neighbors(found.Ingress, profile.Peers(egress: false), ownNamespace),
            Egress = Neighbors(found.Egress, profile.Peers(egress: true), ownNamespace),
        };
    }

    private static bool Holds(CompletedProfile profile, HttpEndpoint endpoint)
    {
        if (!RequestRules.TryParse(endpoint, out HttpServiceKey service, out string path))
        {
            return false;
        }

        uint methods = HttpMethods.OfNames(endpoint.Methods ?? []);
        return RequestRules.Hosts(endpoint).DefaultIfEmpty(string.Empty).All(host => profile.HoldsRequest(service, Utf8(path), methods, Utf8(host)));
    }

    private static List<NetworkNeighbor>? Neighbors(IReadOnlyList<NetworkNeighbor>? neighbors, PeerRules rules, string ownNamespace)
    {
        List<NetworkNeighbor> left = [.. (neighbors ?? []).Select(neighbor => Without(neighbor, rules, ownNamespace)).OfType<NetworkNeighbor>()];
        return left.Count == 0 ? null : left;
    }

    private static NetworkNeighbor? Without(NetworkNeighbor neighbor, PeerRules rules, string ownNamespace)
    {
        Func<int, TransportProtocol, bool>? holds = Holder(neighbor, rules, ownNamespace);
        if (holds is null)
        {
            return (neighbor.DnsNames ?? []).All(name => rules.HasName(name)) && neighbor.DnsNames is { Count: > 0 } ? null : neighbor;
        }

        if (neighbor.Ports is not { Count: > 0 })
        {
            return holds(0, TransportProtocol.Tcp) ? null : neighbor;
        }

        NetworkPort[] ports = [.. neighbor.Ports.Where(port => PeerRules.Parse(port) is not { } parsed || !holds(parsed.Port, parsed.Protocol))];
        return ports.Length == 0 ? null : neighbor with { Ports = ports };
    }

    // Null: it is named by neither labels nor addresses.
    private static Func<int, TransportProtocol, bool>? Holder(NetworkNeighbor neighbor, PeerRules rules, string ownNamespace)
    {
        if (neighbor.PodSelector?.MatchLabels is { Count: > 0 } labels)
        {
            string space = neighbor.NamespaceSelector?.MatchLabels?.GetValueOrDefault(KubernetesLabels.NamespaceName) ?? ownNamespace;
            var pods = new PeerSelector(space, [.. labels]);
            return (port, protocol) => rules.HasPeer(pods, port, protocol);
        }

        string[] addresses = [.. (neighbor.IpAddresses ?? []).Append(neighbor.IpAddress ?? string.Empty).Where(text => text.Length > 0)];
        return addresses.Length == 0 ? null
            : (port, protocol) => addresses.All(text => NetAddress.TryParse(text, out NetAddress address)
                ? rules.HasAddress(address, port, protocol)
                : rules.HasBlock(text, port, protocol));
    }

    private static List<T>? NullIfEmpty<T>(IReadOnlyList<T>? entries, Func<T, bool> isMissing)
    {
        List<T> missing = [.. (entries ?? []).Where(isMissing)];
        return missing.Count == 0 ? null : missing;
    }

    private static byte[] Utf8(string? text) => Encoding.UTF8.GetBytes(text ?? string.Empty);
}
