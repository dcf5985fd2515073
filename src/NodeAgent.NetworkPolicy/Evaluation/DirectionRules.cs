// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.NetworkPolicy.Evaluation;

/// <summary>The rules of one policy in one direction, found by their peers.</summary>
internal sealed class DirectionRules
{
    private const int MostRemembered = 1 << 16;

    private readonly string _policyNamespace;
    private readonly CompiledRule[] _rules;
    private readonly (CompiledRule Rule, int At)[] _peers; // of all rules
    private readonly SelectorIndex _selectors;
    private readonly BlockIndex<int> _blocks = new();
    private readonly (CompiledRule Rule, int[] Peers)[] _everybody; // that name no peer

    // Pods are few and talk much; an address is found as fast as it is remembered.
    private readonly Dictionary<FlowEnd, (CompiledRule Rule, int[] Peers)[]> _ofPods = new(ReferenceEqualityComparer.Instance);

    internal DirectionRules(string policyNamespace, CompiledRule[] rules)
    {
        _policyNamespace = policyNamespace;
        _rules = rules;
        _peers = [.. rules.SelectMany(rule => rule.Peers.Select((_, at) => (rule, at)))];
        _everybody = [.. rules.Where(rule => rule.Peers.Count == 0).Select(rule => (rule, Array.Empty<int>()))];
        _selectors = new SelectorIndex([.. _peers.Select(peer => peer.Rule.Peers[peer.At].RequiredLabels)]);
        for (int at = 0; at < _peers.Length; at++)
        {
            if (_peers[at].Rule.Peers[_peers[at].At].Block is { } block)
            {
                _blocks.Add(block, at);
            }
        }
    }

    internal bool Allows(ObservedFlow flow)
    {
        bool allows = false;
        foreach ((CompiledRule rule, int[] peers) in RulesOf(flow.Peer))
        {
            allows |= rule.Allows(flow, peers);
        }

        return allows;
    }

    internal IEnumerable<string> Unneeded() => _rules.SelectMany(rule => rule.Unneeded());

    private (CompiledRule Rule, int[] Peers)[] RulesOf(FlowEnd peer)
    {
        if (peer.Namespace is null)
        {
            return Find(peer);
        }

        if (!_ofPods.TryGetValue(peer, out (CompiledRule, int[])[]? found))
        {
            if (_ofPods.Count >= MostRemembered)
            {
                _ofPods.Clear();
            }

            _ofPods[peer] = found = Find(peer);
        }

        return found;
    }

    private (CompiledRule Rule, int[] Peers)[] Find(FlowEnd peer)
    {
        List<int>? found = null;
        if (peer.Namespace is not null)
        {
            foreach (int at in _selectors.Candidates(peer.Labels))
            {
                Note(at, peer, ref found);
            }
        }

        if (peer.Address is { } address && !_blocks.IsEmpty)
        {
            foreach (int at in _blocks.Holding(CidrBlock.Of(address)))
            {
                Note(at, peer, ref found);
            }
        }

        return found switch
        {
            null => _everybody,
            [int one] when _everybody.Length == 0 => [(_peers[one].Rule, [_peers[one].At])],
            _ => [.. _everybody, .. found.GroupBy(at => _peers[at].Rule, at => _peers[at].At).Select(group => (group.Key, group.ToArray()))],
        };
    }

    private void Note(int at, FlowEnd peer, ref List<int>? found)
    {
        if (_peers[at].Rule.Peers[_peers[at].At].Matches(peer, _policyNamespace))
        {
            (found ??= []).Add(at);
        }
    }
}
