// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Api.Networking;

namespace NodeAgent.NetworkPolicy.Evaluation;

/// <summary>One entry of <c>ingress</c> or <c>egress</c>; notes which of its parts were needed.</summary>
internal sealed class CompiledRule
{
    private readonly string _path;
    private readonly string _peersField;
    private readonly CompiledPeer[] _peers; // empty: everybody
    private readonly CompiledPort[] _ports; // empty: every port
    private readonly bool[] _neededPeers;
    private readonly bool[] _neededPorts;
    private bool _needed;

    internal CompiledRule(string path, string peersField, IReadOnlyList<NetworkPolicyPeer>? peers, IReadOnlyList<NetworkPolicyPort>? ports, List<string> faults)
    {
        _path = path;
        _peersField = peersField;
        _peers = [.. (peers ?? []).Select((peer, at) => CompiledPeer.Of(peer, $"{path}.{peersField}[{at}]", faults))];
        _ports = [.. (ports ?? []).Select((port, at) => CompiledPort.Of(port, $"{path}.ports[{at}]", faults))];
        _neededPeers = new bool[_peers.Length];
        _neededPorts = new bool[_ports.Length];
    }

    /// <summary>None: it is for everybody.</summary>
    internal IReadOnlyList<CompiledPeer> Peers => _peers;

    /// <param name="peer">One of its peers that holds the flow's; null: it is for everybody.</param>
    internal bool Allows(in ObservedFlow flow, int? peer)
    {
        FlowEnd server = flow.Direction == FlowDirection.Ingress ? flow.Pod : flow.Peer;
        bool allows = _ports.Length == 0;
        for (int at = 0; at < _ports.Length; at++)
        {
            if (_ports[at].Matches(flow.Protocol, flow.Port, server))
            {
                _neededPorts[at] = true;
                allows = true;
            }
        }

        if (allows)
        {
            _needed = true;
            if (peer is { } needed)
            {
                _neededPeers[needed] = true;
            }
        }

        return allows;
    }

    internal IEnumerable<string> Unneeded()
    {
        if (!_needed)
        {
            return [_path];
        }

        return Enumerable.Range(0, _peers.Length).Where(at => !_neededPeers[at]).Select(at => $"{_path}.{_peersField}[{at}]")
            .Concat(Enumerable.Range(0, _ports.Length).Where(at => !_neededPorts[at]).Select(at => $"{_path}.ports[{at}]"));
    }
}
