// SPDX-License-Identifier: Apache-2.0
using System.Net;
using NodeAgent.Api.Networking;

namespace NodeAgent.NetworkPolicy.Evaluation;

/// <summary>One entry of <c>from</c> or <c>to</c>.</summary>
internal sealed class CompiledPeer
{
    private CompiledSelector? _pods;
    private CompiledSelector? _namespaces;
    private CidrBlock _block;
    private CidrBlock[]? _except;

    private CompiledPeer()
    {
    }

    /// <summary>Null = it selects pods.</summary>
    internal CidrBlock? Block => _except is null ? null : _block;

    /// <summary>Labels that a pod must have; none = it may have any; null = it is a block.</summary>
    internal IReadOnlyList<KeyValuePair<string, string>>? RequiredLabels => _except is not null ? null : _pods?.Required ?? [];

    internal static CompiledPeer Of(NetworkPolicyPeer? peer, string path, List<string> faults)
    {
        var compiled = new CompiledPeer();
        bool selects = peer?.PodSelector is not null || peer?.NamespaceSelector is not null;
        if (peer?.IpBlock is null == !selects)
        {
            faults.Add($"{path}: {(selects ? "selectors and ipBlock exclude each other" : "neither a selector nor an ipBlock")}");
            return compiled;
        }

        if (peer!.IpBlock is { } block)
        {
            compiled.SetBlock(block, path + ".ipBlock", faults);
            return compiled;
        }

        compiled._pods = peer.PodSelector is { } pods ? CompiledSelector.Of(pods, path + ".podSelector", faults) : null;
        compiled._namespaces = peer.NamespaceSelector is { } spaces ? CompiledSelector.Of(spaces, path + ".namespaceSelector", faults) : null;
        return compiled;
    }

    /// <param name="policyNamespace">Where a selector of pods alone looks for them.</param>
    internal bool Matches(FlowEnd peer, string? policyNamespace)
    {
        if (_except is not null)
        {
            return peer.Block is { } address && Holds(address);
        }

        return peer.Namespace is { } space
            && (_namespaces is null ? space == policyNamespace : _namespaces.Matches(peer.NamespaceLabels))
            && (_pods is null || _pods.Matches(peer.Labels));
    }

    private bool Holds(CidrBlock address)
    {
        if (!_block.Contains(address))
        {
            return false;
        }

        foreach (CidrBlock excluded in _except!)
        {
            if (excluded.Contains(address))
            {
                return false;
            }
        }

        return true;
    }

    private void SetBlock(IpBlock block, string path, List<string> faults)
    {
        _except = [];
        if (!CidrBlock.TryParse(block.Cidr, out _block) || !block.Cidr!.Contains('/', StringComparison.Ordinal))
        {
            faults.Add($"{path}.cidr: '{block.Cidr}' is no address block");
            return;
        }

        IReadOnlyList<string> except = block.Except ?? [];
        _except = new CidrBlock[except.Count];
        for (int at = 0; at < except.Count; at++)
        {
            // The API server wants them inside, and smaller.
            if (!CidrBlock.TryParse(except[at], out _except[at]) || !_block.Contains(_except[at]) || _except[at].PrefixLength <= _block.PrefixLength)
            {
                faults.Add($"{path}.except[{at}]: '{except[at]}' is no smaller block within {block.Cidr}");
            }
        }
    }
}
