// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Api.Networking;

namespace NodeAgent.NetworkPolicy.Evaluation;

/// <summary>Policies, checked and ready to be asked about flows. Source: Kubernetes documentation, Network Policies.</summary>
/// <remarks>For one thread at a time: it notes which of its rules, peers and ports were needed.</remarks>
public sealed class PolicySet
{
    /// <summary>Of an object that names none.</summary>
    public const string DefaultNamespace = "default";

    private const int MostRemembered = 1 << 16;

    private readonly List<CompiledPolicy> _policies = [];
    private readonly Dictionary<FlowEnd, (DirectionRules[] Ingress, DirectionRules[] Egress)> _ofPods = new(ReferenceEqualityComparer.Instance);

    private PolicySet()
    {
    }

    /// <exception cref="PolicyFormatException">Names each field that the API server would refuse as well.</exception>
    public static PolicySet Compile(IReadOnlyList<Api.Networking.NetworkPolicy> policies)
    {
        ArgumentNullException.ThrowIfNull(policies);
        var faults = new List<string>();
        var set = new PolicySet();
        foreach (Api.Networking.NetworkPolicy policy in policies)
        {
            string space = policy.Metadata?.Namespace ?? DefaultNamespace;
            string name = $"{space}/{policy.Metadata?.Name}";
            if (policy.Spec is not { } spec)
            {
                faults.Add($"{name}: spec: missing");
                continue;
            }

            set._policies.Add(new CompiledPolicy(name, space, spec, faults));
        }

        return faults.Count == 0 ? set : throw new PolicyFormatException(faults);
    }

    /// <summary>Asks, and notes what of the policies the flow needed.</summary>
    public FlowVerdict Evaluate(in ObservedFlow flow)
    {
        if (flow.Direction == FlowDirection.Ingress && flow.IsFromOwnNode)
        {
            return FlowVerdict.OwnNode;
        }

        // No policy cuts a pod off from itself.
        if (flow.Pod.Address is { } own && own.Equals(flow.Peer.Address))
        {
            return FlowVerdict.Itself;
        }

        var verdict = FlowVerdict.NotSelected;
        foreach (DirectionRules rules in Selecting(in flow))
        {
            if (rules.Allows(in flow))
            {
                verdict = FlowVerdict.Allowed; // the others are asked too: what they were needed for counts
            }
            else if (verdict == FlowVerdict.NotSelected)
            {
                verdict = FlowVerdict.Denied;
            }
        }

        return verdict;
    }

    /// <returns>Shape: <c>NAMESPACE/NAME: spec.egress[0].to[1]</c>; a rule of which nothing was needed is one line.</returns>
    public IReadOnlyList<string> Unneeded() => [.. _policies.SelectMany(policy => policy.Unneeded())];

    // One object for each workload: it is asked for all of its flows.
    private DirectionRules[] Selecting(in ObservedFlow flow)
    {
        if (!_ofPods.TryGetValue(flow.Pod, out (DirectionRules[] Ingress, DirectionRules[] Egress) rules))
        {
            if (_ofPods.Count >= MostRemembered)
            {
                _ofPods.Clear();
            }

            FlowEnd pod = flow.Pod;
            CompiledPolicy[] selecting = [.. _policies.Where(policy => policy.Selects(pod))];
            _ofPods[flow.Pod] = rules = (Of(selecting, FlowDirection.Ingress), Of(selecting, FlowDirection.Egress));
        }

        return flow.Direction == FlowDirection.Ingress ? rules.Ingress : rules.Egress;
    }

    private static DirectionRules[] Of(CompiledPolicy[] policies, FlowDirection direction) =>
        [.. policies.Select(policy => policy.Of(direction)).OfType<DirectionRules>()];
}

/// <summary>What policies say to a flow.</summary>
public enum FlowVerdict
{
    /// <summary>No policy selects the pod in this direction: everything is allowed.</summary>
    NotSelected,

    Allowed,

    Denied,

    /// <summary>The pod's own address.</summary>
    Itself,

    /// <summary>The pod's own node may always come in.</summary>
    OwnNode,
}

/// <summary>Policies that a cluster would refuse.</summary>
public sealed class PolicyFormatException(IReadOnlyList<string> faults) : Exception(string.Join("; ", faults))
{
    /// <summary>Shape: <c>NAMESPACE/NAME: spec.FIELD: what is wrong</c>.</summary>
    public IReadOnlyList<string> Faults { get; } = faults;
}
