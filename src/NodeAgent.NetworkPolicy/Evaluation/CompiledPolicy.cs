// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Api.Meta;
using NodeAgent.Api.Networking;

namespace NodeAgent.NetworkPolicy.Evaluation;

/// <summary>One policy of a <see cref="PolicySet"/>.</summary>
internal sealed class CompiledPolicy
{
    private readonly string _namespace;
    private readonly CompiledSelector _pods;
    private readonly List<CompiledRule>? _ingress; // null: the policy says nothing of this direction
    private readonly List<CompiledRule>? _egress;

    internal CompiledPolicy(string name, string policyNamespace, NetworkPolicySpec spec, List<string> faults)
    {
        _namespace = policyNamespace;
        _pods = CompiledSelector.Of(spec.PodSelector ?? new LabelSelector(), $"{name}: spec.podSelector", faults);
        IReadOnlyList<string> types = spec.PolicyTypes is { Count: > 0 } named ? named : spec.Egress is { Count: > 0 } ? ["Ingress", "Egress"] : ["Ingress"];
        faults.AddRange(types.Where(type => type is not ("Ingress" or "Egress")).Select(type => $"{name}: spec.policyTypes: '{type}' is none of Ingress, Egress"));
        if (types.Contains("Ingress"))
        {
            _ingress = [.. (spec.Ingress ?? []).Select((rule, at) => new CompiledRule($"{name}: spec.ingress[{at}]", "from", rule?.From, rule?.Ports, faults))];
        }

        if (types.Contains("Egress"))
        {
            _egress = [.. (spec.Egress ?? []).Select((rule, at) => new CompiledRule($"{name}: spec.egress[{at}]", "to", rule?.To, rule?.Ports, faults))];
        }
    }

    internal bool Selects(ObservedFlow flow) =>
        Rules(flow.Direction) is not null && flow.Pod.Namespace == _namespace && _pods.Matches(flow.Pod.Labels);

    internal bool Allows(ObservedFlow flow)
    {
        bool allows = false;
        foreach (CompiledRule rule in Rules(flow.Direction)!)
        {
            allows |= rule.Allows(flow, _namespace);
        }

        return allows;
    }

    internal IEnumerable<string> Unneeded() => (_ingress ?? []).Concat(_egress ?? []).SelectMany(rule => rule.Unneeded());

    private List<CompiledRule>? Rules(FlowDirection direction) => direction == FlowDirection.Ingress ? _ingress : _egress;

    private sealed class CompiledRule
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

        internal bool Allows(ObservedFlow flow, string policyNamespace)
        {
            FlowEnd server = flow.Direction == FlowDirection.Ingress ? flow.Pod : flow.Peer;
            if (!HasPeer(flow.Peer, policyNamespace) || !HasPort(flow, server))
            {
                return false;
            }

            _needed = true;
            for (int at = 0; at < _peers.Length; at++)
            {
                _neededPeers[at] = _neededPeers[at] || _peers[at].Matches(flow.Peer, policyNamespace);
            }

            for (int at = 0; at < _ports.Length; at++)
            {
                _neededPorts[at] = _neededPorts[at] || _ports[at].Matches(flow.Protocol, flow.Port, server);
            }

            return true;
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

        private bool HasPeer(FlowEnd peer, string policyNamespace)
        {
            foreach (CompiledPeer one in _peers)
            {
                if (one.Matches(peer, policyNamespace))
                {
                    return true;
                }
            }

            return _peers.Length == 0;
        }

        private bool HasPort(ObservedFlow flow, FlowEnd server)
        {
            foreach (CompiledPort one in _ports)
            {
                if (one.Matches(flow.Protocol, flow.Port, server))
                {
                    return true;
                }
            }

            return _ports.Length == 0;
        }
    }
}
