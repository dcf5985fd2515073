// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Events;
using NodeAgent.Events.Identity;
using NodeAgent.Events.Wire;

namespace NodeAgent.Rules.Engine;

/// <summary>Tells the already-seen filter in which containers some kinds of event are wanted each time. The event loop's.</summary>
/// <remarks>A container is met with its first event, which is always told; what is kept back may only follow that.</remarks>
internal sealed class EveryOccurrence
{
    private readonly IRepeatFilter _filter;
    private readonly RuleState[] _rules;
    private readonly Dictionary<ContainerInfo, RuleScopes> _met = new(ReferenceEqualityComparer.Instance);
    private readonly List<ContainerInfo> _gone = [];
    private ContainerInfo? _last;
    private ContainerIdentity? _lastIdentity;

    private EveryOccurrence(IRepeatFilter filter, RuleState[] rules)
    {
        _filter = filter;
        _rules = rules;
    }

    /// <returns>Null when no rule wants that, or nothing is filtered.</returns>
    public static EveryOccurrence? For(IEnumerable<RuleState> rules, IRepeatFilter? filter)
    {
        RuleState[] wanting = [.. rules.Where(rule => rule.Descriptor.EveryOccurrenceOf.Count > 0)];
        return filter is null || wanting.Length == 0 ? null : new EveryOccurrence(filter, wanting);
    }

    public void Meet(ContainerInfo container)
    {
        // What a unit is may become known later, and then other rules apply.
        if (ReferenceEquals(container, _last) && ReferenceEquals(container.Identity, _lastIdentity))
        {
            return;
        }

        (_last, _lastIdentity) = (container, container.Identity);
        RuleScopes scope = RuleEngine.ScopeOf(container);
        if (container.CgroupId == 0 || container.RemovedNs != 0 || (_met.TryGetValue(container, out RuleScopes known) && known == scope))
        {
            return;
        }

        _met[container] = scope;
        EventKind[] kinds = [.. _rules.Where(rule => (rule.Scopes & scope) != 0).SelectMany(rule => rule.Descriptor.EveryOccurrenceOf).Distinct()];
        _filter.TellAlways(container.CgroupId, kinds);
    }

    /// <summary>Forgets containers that are gone; the kernel frees their places itself.</summary>
    public void Sweep()
    {
        foreach (ContainerInfo container in _met.Keys)
        {
            if (container.RemovedNs != 0)
            {
                _gone.Add(container);
            }
        }

        foreach (ContainerInfo container in _gone)
        {
            _met.Remove(container);
        }

        if (_gone.Count > 0)
        {
            _gone.Clear();
            (_last, _lastIdentity) = (null, null);
        }
    }
}
