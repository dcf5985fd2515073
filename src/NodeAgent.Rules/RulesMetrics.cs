// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.Metrics;
using System.Threading.Channels;
using NodeAgent.Api.Alerts;
using NodeAgent.Rules.Compilation;
using NodeAgent.Rules.Engine;

namespace NodeAgent.Rules;

/// <summary>The instruments of the meter <c>NodeAgent.Rules</c>: they read what the engine counts anyway.</summary>
internal sealed class RulesMetrics : IDisposable
{
    public const string MeterName = "NodeAgent.Rules";
    private readonly Meter _meter = new(MeterName);
    private readonly RuleStates _states;

    public RulesMetrics(RuleStates states, AlertGate gate, ChannelReader<RuntimeAlerts> alerts, Func<RuleSet> current, RuleEngine engine)
    {
        _states = states;
        Counter("node_agent_rule_processed_total", "Events that a rule looked at.", s => Volatile.Read(ref s.Processed));
        Counter("node_agent_alert_total", "Alerts that a rule let out.", s => Volatile.Read(ref s.Alerts));
        Counter("node_agent_alert_dropped_total", "Alerts lost because the alert queue was full.", s => Volatile.Read(ref s.Dropped));
        Counter("node_agent_rule_error_total", "Events at which a rule failed.", s => Volatile.Read(ref s.Errors));
        Counter("node_agent_rule_throttled_total", "Events that a rule was not asked about since it took too much of the processor.", s => Volatile.Read(ref s.Throttled));
        _meter.CreateObservableGauge("node_agent_rules_throttled", () => engine.ThrottledCount, null, "Pairs of rule and container that are not asked now since the rule took too much of the processor.");
        _meter.CreateObservableGauge("node_agent_rule_exceptions", () => Exceptions(engine.ExceptionCounts), null, "Exceptions, by whether they hold.");
        _meter.CreateObservableCounter("node_agent_rule_exception_suppressed_total", () => engine.Suppressions.Select(one => new Measurement<long>(
            Volatile.Read(ref one.Count), new("rule_id", one.RuleId), new("exception", one.Exception))), null, "Alerts and repeats that an exception kept back, by rule.");
        _meter.CreateObservableCounter("node_agent_alert_suppressed_total", Suppressed, null, "Alerts that were held back, by reason.");
        _meter.CreateObservableGauge("node_agent_alert_cooldown_entries", () => gate.CooldownEntries, null, "Alerts whose repeats are being counted.");
        _meter.CreateObservableCounter("node_agent_alert_cooldown_evicted_total", () => gate.CooldownEvictions, null, "Cooldowns cut short for want of room.");
        _meter.CreateObservableCounter("node_agent_alert_enriched_total", () => gate.Corrections.Sent, null, "Alerts told once more with what became known of their container.");
        _meter.CreateObservableCounter("node_agent_alert_enrichment_dropped_total", () => gate.Corrections.Dropped, null, "Alerts that will not be told once more because too many waited.");
        _meter.CreateObservableGauge("node_agent_alert_held", () => gate.Held.Count, null, "Alerts that wait until it is known who the peer was.");
        _meter.CreateObservableCounter("node_agent_alert_held_full_total", () => gate.Held.Full, null, "Alerts that left before it was known who the peer was because too many waited.");
        _meter.CreateObservableCounter("node_agent_rule_counter_evicted_total", () => _states.All.Select(s => new Measurement<long>(s.Memory?.Evictions ?? 0, RuleTag(s))), null, "Keys that a rule counted and forgot for want of room.");
        _meter.CreateObservableGauge("node_agent_rules", () => Rules(current()), null, "Rules, by whether they are judged by.");
        _meter.CreateObservableGauge("node_agent_alert_queue_length", () => alerts.Count, null, "Alerts that wait for the sinks.");
    }

    public void Dispose() => _meter.Dispose();

    private void Counter(string name, string help, Func<RuleState, long> read) =>
        _meter.CreateObservableCounter(name, () => _states.All.Select(s => new Measurement<long>(read(s), RuleTag(s))), null, help);

    private IEnumerable<Measurement<long>> Suppressed()
    {
        foreach (RuleState state in _states.All)
        {
            yield return new(Volatile.Read(ref state.SuppressedByCooldown), RuleTag(state), new("reason", "cooldown"));
            yield return new(Volatile.Read(ref state.SuppressedByProfile), RuleTag(state), new("reason", "profile_incomplete"));
            yield return new(Volatile.Read(ref state.SuppressedByPeer), RuleTag(state), new("reason", "peer_expected"));
            yield return new(Volatile.Read(ref state.SuppressedByPolicy), RuleTag(state), new("reason", "policy"));
            yield return new(Volatile.Read(ref state.SuppressedByException), RuleTag(state), new("reason", "exception"));
        }
    }

    private static Measurement<long>[] Exceptions((int Active, int Expired, int Failed) counts) =>
        [new(counts.Active, new KeyValuePair<string, object?>("state", "active")), new(counts.Expired, new KeyValuePair<string, object?>("state", "expired")), new(counts.Failed, new KeyValuePair<string, object?>("state", "failed"))];

    private static Measurement<long>[] Rules(RuleSet set) =>
        [new(set.Rules.Count, new KeyValuePair<string, object?>("state", "active")), new(set.FailedCount, new KeyValuePair<string, object?>("state", "failed"))];

    private static KeyValuePair<string, object?> RuleTag(RuleState state) => new("rule_id", state.Id);
}
