// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.NetworkPolicy.Evaluation;

/// <summary>The rules of one policy in one direction, found by their peers.</summary>
internal sealed class DirectionRules
{
    private readonly string _policyNamespace;
    private readonly CompiledRule[] _rules;
    private readonly (CompiledRule Rule, CompiledPeer Peer, int At)[] _peers; // of all rules
    private readonly SelectorIndex _selectors;
    private readonly BlockIndex<int> _blocks = new();
    private readonly CompiledRule[] _everybody; // that name no peer

    internal DirectionRules(string policyNamespace, CompiledRule[] rules)
    {
        _policyNamespace = policyNamespace;
        _rules = rules;
        _peers = [.. rules.SelectMany(rule => rule.Peers.Select((peer, at) => (rule, peer, at)))];
        _everybody = [.. rules.Where(rule => rule.Peers.Count == 0)];
        _selectors = new SelectorIndex([.. _peers.Select(peer => peer.Peer.RequiredLabels)]);
        for (int at = 0; at < _peers.Length; at++)
        {
            if (_peers[at].Peer.Block is { } block)
            {
                _blocks.Add(block, at);
            }
        }
    }

    internal bool Allows(in ObservedFlow flow)
    {
        bool allows = false;
        foreach (CompiledRule rule in _everybody)
        {
            allows |= rule.Allows(in flow, null);
        }

        FlowEnd peer = flow.Peer;
        if (peer.Namespace is not null)
        {
            foreach (ref readonly KeyValuePair<string, string> label in peer.LabelPairs)
            {
                allows |= AnyAllows(_selectors.Asking(label), in flow);
            }

            allows |= AnyAllows(_selectors.AskingNone, in flow);
        }

        if (peer.Block is { } address)
        {
            foreach ((bool isV6, int length) in _blocks.Lengths)
            {
                if (_blocks.Find(address, isV6, length) is { } holding)
                {
                    allows |= AnyAllows(holding, in flow);
                }
            }
        }

        return allows;
    }

    internal IEnumerable<string> Unneeded() => _rules.SelectMany(rule => rule.Unneeded());

    // All are asked: what they were needed for counts.
    private bool AnyAllows(List<int> candidates, in ObservedFlow flow)
    {
        bool allows = false;
        foreach (int candidate in candidates)
        {
            (CompiledRule rule, CompiledPeer peer, int at) = _peers[candidate];
            allows |= peer.Matches(flow.Peer, _policyNamespace) && rule.Allows(in flow, at);
        }

        return allows;
    }
}
