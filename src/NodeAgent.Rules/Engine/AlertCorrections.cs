// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Api.Alerts;
using NodeAgent.Events.Identity;

namespace NodeAgent.Rules.Engine;

/// <summary>Alerts that left before it was known whose they are: told once more, with the same id, when it is. For the loop's thread.</summary>
/// <param name="capacity">Units: alerts that wait; one more is not corrected, and counted.</param>
/// <param name="patienceNs">Units: ns that an alert waits for somebody to know more.</param>
internal sealed class AlertCorrections(int capacity, ulong patienceNs)
{
    private readonly List<Waiting> _waiting = [];

    public int Count => _waiting.Count;

    /// <summary>Alerts that found too many waiting.</summary>
    public long Dropped { get; private set; }

    /// <summary>Alerts that were told once more.</summary>
    public long Sent { get; private set; }

    /// <summary>Notes an alert that just left, when somebody may yet know more of its container.</summary>
    public void Note(RuntimeAlerts alert, RuleState rule, ContainerInfo container, ulong nowNs)
    {
        ContainerIdentity identity = container.Identity;
        if (identity.Source >= IdentitySource.ApiServer || identity.Kind is not (UnitKind.Container or UnitKind.Cgroup or UnitKind.Unknown))
        {
            return;
        }

        if (_waiting.Count >= capacity)
        {
            Dropped++;
            return;
        }

        _waiting.Add(new Waiting(alert, rule, container, identity, nowNs + patienceNs));
    }

    /// <param name="nowNs">Units: boot ns.</param>
    /// <param name="send">Builds and sends; false when the queue was full: the next tick tries again.</param>
    public void SendDue(ulong nowNs, Func<RuntimeAlerts, RuleState, ContainerInfo, bool> send)
    {
        int kept = 0;
        for (int at = 0; at < _waiting.Count; at++)
        {
            Waiting waiting = _waiting[at];
            if (Keep(waiting, nowNs, send))
            {
                _waiting[kept++] = waiting;
            }
        }

        _waiting.RemoveRange(kept, _waiting.Count - kept);
    }

    private bool Keep(Waiting waiting, ulong nowNs, Func<RuntimeAlerts, RuleState, ContainerInfo, bool> send)
    {
        ContainerIdentity now = waiting.Container.Identity;
        if (!ReferenceEquals(now, waiting.Told) && now.Source > waiting.Told.Source && send(waiting.Alert, waiting.Rule, waiting.Container))
        {
            Sent++;
            waiting.Told = now;
        }

        return nowNs < waiting.UntilNs && waiting.Told.Source < IdentitySource.ApiServer;
    }

    private sealed class Waiting(RuntimeAlerts alert, RuleState rule, ContainerInfo container, ContainerIdentity told, ulong untilNs)
    {
        public RuntimeAlerts Alert { get; } = alert;

        public RuleState Rule { get; } = rule;

        public ContainerInfo Container { get; } = container;

        public ContainerIdentity Told { get; set; } = told;

        public ulong UntilNs { get; } = untilNs;
    }
}
