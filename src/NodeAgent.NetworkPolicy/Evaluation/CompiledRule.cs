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
    private readonly SelectorIndex _selectors;
    private readonly BlockIndex _blocks = new();
    private readonly bool[] _neededPeers;
    private readonly bool[] _neededPorts;
    private bool _needed;

    internal CompiledRule(string path, string peersField, IReadOnlyList<NetworkPolicyPeer>? peers, IReadOnlyList<NetworkPolicyPort>? ports, List<string> faults)
    {
        _path = path;
        _peersField = peersField;
        _peers = [.. (peers ?? []).Select((peer, at) => CompiledPeer.Of(peer, $"{path}.{peersField}[{at}]", faults))];
        _ports = [.. (ports ?? []).Select((port, at) => CompiledPort.Of(port, $"{path}.ports[{at}]", faults))];
        _selectors = new SelectorIndex([.. _peers.Select(peer => peer.RequiredLabels)]);
        for (int at = 0; at < _peers.Length; at++)
        {
            if (_peers[at].Block is { } block)
            {
                _blocks.Add(block, at);
            }
        }

        _neededPeers = new bool[_peers.Length];
        _neededPorts = new bool[_ports.Length];
    }

    /// <returns>Null: it is not for this peer. Else which of its peers hold it; none where the rule is for everybody.</returns>
    internal int[]? PeersOf(FlowEnd peer, string policyNamespace)
    {
        if (_peers.Length == 0)
        {
            return [];
        }

        List<int>? found = null;
        if (peer.Namespace is not null)
        {
            foreach (int at in _selectors.Candidates(peer.Labels))
            {
                if (_peers[at].Matches(peer, policyNamespace))
                {
                    (found ??= []).Add(at);
                }
            }
        }

        if (peer.Address is { } address && !_blocks.IsEmpty)
        {
            foreach (int at in _blocks.Holding(CidrBlock.Of(address)))
            {
                if (_peers[at].Matches(peer, policyNamespace))
                {
                    (found ??= []).Add(at);
                }
            }
        }

        return found?.ToArray();
    }

    /// <param name="peers">What <see cref="PeersOf"/> said.</param>
    internal bool Allows(ObservedFlow flow, int[] peers)
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
            foreach (int at in peers)
            {
                _neededPeers[at] = true;
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
