// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Api.Meta;
using NodeAgent.Api.Networking;

namespace NodeAgent.NetworkPolicy.Evaluation;

/// <summary>One policy of a <see cref="PolicySet"/>.</summary>
internal sealed class CompiledPolicy
{
    private readonly string _namespace;
    private readonly CompiledSelector _pods;
    private readonly DirectionRules? _ingress; // null: the policy says nothing of this direction
    private readonly DirectionRules? _egress;

    internal CompiledPolicy(string name, string policyNamespace, NetworkPolicySpec spec, List<string> faults)
    {
        _namespace = policyNamespace;
        _pods = CompiledSelector.Of(spec.PodSelector ?? new LabelSelector(), $"{name}: spec.podSelector", faults);
        IReadOnlyList<string> types = spec.PolicyTypes is { Count: > 0 } named ? named : spec.Egress is { Count: > 0 } ? ["Ingress", "Egress"] : ["Ingress"];
        faults.AddRange(types.Where(type => type is not ("Ingress" or "Egress")).Select(type => $"{name}: spec.policyTypes: '{type}' is none of Ingress, Egress"));
        if (types.Contains("Ingress"))
        {
            _ingress = new DirectionRules(
                _namespace, [.. (spec.Ingress ?? []).Select((rule, at) => new CompiledRule($"{name}: spec.ingress[{at}]", "from", rule?.From, rule?.Ports, faults))]);
        }

        if (types.Contains("Egress"))
        {
            _egress = new DirectionRules(
                _namespace, [.. (spec.Egress ?? []).Select((rule, at) => new CompiledRule($"{name}: spec.egress[{at}]", "to", rule?.To, rule?.Ports, faults))]);
        }
    }

    /// <summary>What it says of a direction; null = nothing.</summary>
    internal DirectionRules? Of(FlowDirection direction) => direction == FlowDirection.Ingress ? _ingress : _egress;

    internal bool Selects(FlowEnd pod) => pod.Namespace == _namespace && _pods.Matches(pod.Labels);

    internal IEnumerable<string> Unneeded() => (_ingress?.Unneeded() ?? []).Concat(_egress?.Unneeded() ?? []);
}
