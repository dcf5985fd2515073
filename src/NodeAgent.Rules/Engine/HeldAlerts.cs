// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Api.Alerts;
using NodeAgent.Events.Identity;
using NodeAgent.Events.Net;
using NodeAgent.Rules.Alerts;
using NodeAgent.Rules.Cooldown;
using NodeAgent.Rules.Profiles;

namespace NodeAgent.Rules.Engine;

/// <summary>Alerts about a peer inside the cluster of whom nobody was told yet: judged once more when it is known who it was. For the loop's thread.</summary>
/// <remarks>
/// A pod begins to talk before the API server tells of it. What the profile allows by the pod's labels would be an alert until then, and no
/// correction takes an alert back. A public address never waits: what leaves the cluster is told at once.
/// </remarks>
/// <param name="capacity">Units: alerts; one more is not held, and counted.</param>
/// <param name="patienceNs">Units: ns; 0 = nothing is held.</param>
/// <param name="peers">Null = nobody names peers, so nothing is held.</param>
/// <param name="profiles">Asked once more.</param>
internal sealed class HeldAlerts(int capacity, ulong patienceNs, IPeerNames? peers, IProfileLookup profiles)
{
    private readonly List<HeldAlert> _held = [];

    public int Count => _held.Count;

    /// <summary>Alerts that left at once because too many waited.</summary>
    public long Full { get; private set; }

    /// <returns>False: it leaves now.</returns>
    public bool TryHold(HeldAlert alert)
    {
        if (patienceNs == 0 || peers is null || !alert.Rule.Descriptor.JudgesPeers || !alert.Peer.IsPrivate || !peers.MayBeToldLater(alert.Peer, alert.TimeNs))
        {
            return false;
        }

        if (_held.Count >= capacity)
        {
            Full++;
            return false;
        }

        _held.Add(alert);
        return true;
    }

    /// <param name="nowNs">Units: boot ns; <see cref="ulong.MaxValue"/> = all leave.</param>
    /// <param name="send">Of those that stay alerts.</param>
    /// <param name="withdraw">Of those that the profile allows.</param>
    public void Decide(ulong nowNs, Action<HeldAlert> send, Action<HeldAlert> withdraw)
    {
        int kept = 0;
        for (int at = 0; at < _held.Count; at++)
        {
            HeldAlert alert = _held[at];
            bool isTold = !peers!.MayBeToldLater(alert.Peer, alert.TimeNs);
            if (!isTold && nowNs < alert.TimeNs + patienceNs)
            {
                _held[kept++] = alert;
            }
            else
            {
                (isTold && IsExpected(alert) ? withdraw : send)(alert);
            }
        }

        _held.RemoveRange(kept, _held.Count - kept);
    }

    private bool IsExpected(HeldAlert alert) =>
        profiles.TryGet(alert.Container, out ProfileView? profile) && profile.IsCompleted && profile.IsAddressInEgress(alert.Peer, alert.Port, alert.Protocol, alert.TimeNs);
}

/// <param name="TimeNs">Units: boot ns of what it is about.</param>
/// <param name="Occurrences">What the event stood for.</param>
internal sealed record HeldAlert(
    RuntimeAlerts Alert, RuleState Rule, ContainerInfo Container, CooldownKey Key, CooldownWindow? Window, ulong TimeNs, ulong Occurrences)
{
    /// <summary>Unspecified where the alert has no peer.</summary>
    public NetAddress Peer { get; } = ArgumentsOf(Alert).Ip is { } ip && NetAddress.TryParse(ip, out NetAddress address) ? address : default;

    public ushort Port => (ushort)(ArgumentsOf(Alert).Port ?? 0);

    public TransportProtocol Protocol => AlertBuilder.ProtocolOf(ArgumentsOf(Alert));

    private static AlertArguments ArgumentsOf(RuntimeAlerts alert) => alert.Spec.Alerts[0].Arguments;
}
