// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Api.Alerts;
using NodeAgent.Events.Identity;

namespace NodeAgent.Rules.Engine;

/// <summary>Alerts that left before it was known whose they are, or with whom: told once more, with the same id, when it is. For the loop's thread.</summary>
/// <param name="capacity">Units: alerts that wait; one more is not corrected, and counted.</param>
/// <param name="patienceNs">Units: ns that an alert waits for somebody to know more.</param>
/// <param name="peerPatienceNs">Units: ns; who is told of later than this is not taken for whoever had the address then.</param>
/// <param name="peerOf">Who the other end was at the time (boot ns) of the alert; null = nobody is asked.</param>
internal sealed class AlertCorrections(int capacity, ulong patienceNs, ulong peerPatienceNs, Func<AlertArguments, ulong, AlertPeer?>? peerOf = null)
{
    private const string Unknown = "Unknown";

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
        // Of what is no unit of this machine nobody will ever tell more.
        bool isWhole = container.CgroupId == 0 || identity.Source >= IdentitySource.ApiServer || identity.Kind is not (UnitKind.Container or UnitKind.Cgroup or UnitKind.Unknown);
        if (isWhole && !LacksPeer(alert))
        {
            return;
        }

        if (_waiting.Count >= capacity)
        {
            Dropped++;
            return;
        }

        _waiting.Add(new Waiting(alert, rule, container, identity, nowNs, isWhole ? nowNs : nowNs + patienceNs));
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
        RuntimeAlerts alert = LacksPeer(waiting.Alert) ? Named(waiting.Alert, waiting.TimeNs) : waiting.Alert;
        bool saysMore = !ReferenceEquals(alert, waiting.Alert) || (!ReferenceEquals(now, waiting.Told) && SaysMore(now, waiting.Told));
        if (saysMore && send(alert, waiting.Rule, waiting.Container))
        {
            Sent++;
            (waiting.Told, waiting.Alert) = (now, alert);
        }

        return (nowNs < waiting.UntilNs && waiting.Told.Source < IdentitySource.ApiServer)
            || (nowNs < waiting.TimeNs + peerPatienceNs && LacksPeer(waiting.Alert));
    }

    private bool LacksPeer(RuntimeAlerts alert) =>
        peerOf is not null && alert.Spec.Alerts is [{ Arguments: { Ip: not null, Peer: null or { Kind: Unknown } } }, ..];

    private RuntimeAlerts Named(RuntimeAlerts alert, ulong timeNs)
    {
        RuntimeAlert first = alert.Spec.Alerts[0];
        return peerOf!(first.Arguments, timeNs) is { Kind: not Unknown } peer
            ? alert with { Spec = alert.Spec with { Alerts = [first with { Arguments = first.Arguments with { Peer = peer } }] } }
            : alert;
    }

    private static bool SaysMore(ContainerIdentity now, ContainerIdentity told) =>
        now.Source > told.Source || now.PodName != told.PodName || now.ContainerName != told.ContainerName || now.Image != told.Image || now.Workload != told.Workload;

    private sealed class Waiting(RuntimeAlerts alert, RuleState rule, ContainerInfo container, ContainerIdentity told, ulong timeNs, ulong untilNs)
    {
        public RuntimeAlerts Alert { get; set; } = alert;

        /// <summary>Units: boot ns of what the alert is about.</summary>
        public ulong TimeNs { get; } = timeNs;

        public RuleState Rule { get; } = rule;

        public ContainerInfo Container { get; } = container;

        public ContainerIdentity Told { get; set; } = told;

        public ulong UntilNs { get; } = untilNs;
    }
}
