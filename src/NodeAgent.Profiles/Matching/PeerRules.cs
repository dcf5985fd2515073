// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Api.SoftwareComposition;
using NodeAgent.Events.Net;
using NodeAgent.Profiles.Learning;

namespace NodeAgent.Profiles.Matching;

/// <summary>The neighbours of one direction: by address, by DNS name, by the labels of pods.</summary>
internal sealed class PeerRules
{
    private readonly HashSet<string> _names;
    private readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> _nameLookup;
    private readonly string[] _namePatterns;
    private readonly HashSet<(NetAddress Address, int Port, TransportProtocol Protocol)> _addresses = [];
    private readonly List<(AddressPattern Pattern, int Port, TransportProtocol Protocol)> _blocks = [];
    private readonly PeerPattern[] _peers;
    private readonly string _namespace;

    /// <param name="ownNamespace">Where neighbours are that name none.</param>
    public PeerRules(IEnumerable<NetworkNeighbor> neighbors, string ownNamespace)
    {
        NetworkNeighbor[] all = [.. neighbors];
        string[] names = [.. all.SelectMany(n => (n.DnsNames ?? []).Append(n.Dns ?? string.Empty)).Where(n => !DomainName.Trim(n).IsEmpty).Distinct()];
        _names = new HashSet<string>(names.Where(n => !DomainName.IsPattern(n)).Select(n => DomainName.Trim(n).ToString()), StringComparer.OrdinalIgnoreCase);
        _nameLookup = _names.GetAlternateLookup<ReadOnlySpan<char>>();
        _namePatterns = [.. names.Where(n => DomainName.IsPattern(n))];
        _namespace = ownNamespace;
        _peers = [.. all.Select(neighbor => PeerPattern.Of(neighbor, Parse)).OfType<PeerPattern>()];
        foreach (NetworkNeighbor neighbor in all)
        {
            foreach (string address in (neighbor.IpAddresses ?? []).Append(neighbor.IpAddress ?? string.Empty))
            {
                AddAddress(address, neighbor.Ports);
            }
        }
    }

    public bool HasName(ReadOnlySpan<char> name)
    {
        if (_nameLookup.Contains(DomainName.Trim(name)))
        {
            return true;
        }

        foreach (string pattern in _namePatterns)
        {
            if (DomainName.Matches(pattern, name))
            {
                return true;
            }
        }

        return false;
    }

    /// <param name="port">The port that is called; 0 = any: only what allows any does.</param>
    public bool HasAddress(NetAddress address, int port, TransportProtocol protocol)
    {
        if (_addresses.Contains((address, port, protocol)))
        {
            return true;
        }

        foreach ((AddressPattern pattern, int allowed, TransportProtocol allowedProtocol) in _blocks)
        {
            if ((allowed == 0 || (allowed == port && allowedProtocol == protocol)) && pattern.Matches(address))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whatever the port.</summary>
    public bool HasAddress(NetAddress address)
    {
        foreach ((NetAddress known, _, _) in _addresses)
        {
            if (known == address)
            {
                return true;
            }
        }

        foreach ((AddressPattern pattern, _, _) in _blocks)
        {
            if (pattern.Matches(address))
            {
                return true;
            }
        }

        return false;
    }

    /// <inheritdoc cref="HasAddress(NetAddress)"/>
    public bool HasPeer(PeerSelector peer)
    {
        foreach (PeerPattern pattern in _peers)
        {
            if (pattern.Selects(peer, _namespace))
            {
                return true;
            }
        }

        return false;
    }

    /// <param name="block">Shape: CIDR or <c>*</c>; held when it stands here itself, or a wider one does.</param>
    public bool HasBlock(string block, int port, TransportProtocol protocol) =>
        AddressPattern.TryParse(block, out AddressPattern asked) && _blocks.Exists(one =>
            (one.Port == 0 || (one.Port == port && one.Protocol == protocol)) && one.Pattern.Covers(asked));

    /// <param name="port">Where the pods listen; on ingress, where we do.</param>
    public bool HasPeer(PeerSelector peer, int port, TransportProtocol protocol)
    {
        foreach (PeerPattern pattern in _peers)
        {
            if (pattern.Matches(peer, _namespace, port, protocol))
            {
                return true;
            }
        }

        return false;
    }

    /// <returns>Null for what is no port.</returns>
    internal static (int Port, TransportProtocol Protocol)? Parse(NetworkPort port)
    {
        TransportProtocol? protocol = port.Protocol?.ToUpperInvariant() switch
        {
            "TCP" => TransportProtocol.Tcp,
            "UDP" => TransportProtocol.Udp,
            "SCTP" => TransportProtocol.Sctp,
            _ => null,
        };
        return protocol is null || port.Port is not > 0 ? null : (port.Port.Value, protocol.Value);
    }

    private void AddAddress(string text, IReadOnlyList<NetworkPort>? ports)
    {
        if (!AddressPattern.TryParse(text, out AddressPattern pattern))
        {
            return;
        }

        if (ports is not { Count: > 0 })
        {
            _blocks.Add((pattern, 0, default));
        }

        foreach (NetworkPort port in ports ?? [])
        {
            if (Parse(port) is not { } parsed)
            {
                continue;
            }

            if (pattern.IsSingle(out NetAddress address))
            {
                _addresses.Add((address, parsed.Port, parsed.Protocol));
            }
            else
            {
                _blocks.Add((pattern, parsed.Port, parsed.Protocol));
            }
        }
    }
}
