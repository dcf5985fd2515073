// SPDX-License-Identifier: Apache-2.0
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using NodeAgent.Api.Alerts;
using NodeAgent.Events;
using NodeAgent.Events.Identity;
using NodeAgent.Events.Time;
using NodeAgent.Events.Wire;
using NodeAgent.Rules.Alerts;
using NodeAgent.Rules.BuiltIn;
using NodeAgent.Rules.Profiles;

namespace NodeAgent.Rules.Engine;

/// <summary>Judges events by the rules, and lets alerts out through a bounded channel.</summary>
/// <remarks>
/// All members but <see cref="Alerts"/> and the counters belong to the event loop's thread. It never blocks: when the
/// queue is full an alert is dropped, counted for its rule, and its cooldown forgotten, so the next occurrence tries again.
/// </remarks>
public sealed class RuleEngine : IEventConsumer, IDisposable
{
    private readonly RuleSlot<ExecEvent>[] _execRules;
    private readonly RuleSlot<OpenEvent>[] _openRules;
    private readonly RuleSlot<TcpEvent>[] _tcpRules;
    private readonly RuleSlot<FlowEvent>[] _flowRules;
    private readonly RuleSlot<DnsEvent>[] _dnsRules;
    private readonly RuleState[] _states;
    private readonly RuleContext _context;
    private readonly AlertGate _gate;
    private readonly WallClock _clock;
    private readonly ILogger _logger;
    private readonly Channel<RuntimeAlerts> _alerts;
    private readonly RulesMetrics _metrics;
    private readonly EveryOccurrence? _everyOccurrence;

    /// <param name="options">Validated by the caller.</param>
    /// <param name="origin">Where the agent runs.</param>
    /// <param name="profiles">Asked on the loop's thread.</param>
    /// <param name="time">The wall clock.</param>
    /// <param name="logger">Where a rule's faults are told.</param>
    /// <param name="rules">Null = the ones that are compiled in.</param>
    /// <param name="filter">Asked to tell everything once more of a container of which an alert was dropped; null = nothing is filtered.</param>
    /// <param name="peers">Names those whom alerts are about; null = nobody knows.</param>
    public RuleEngine(
        RulesOptions options,
        AlertOrigin origin,
        IProfileLookup profiles,
        TimeProvider time,
        ILogger<RuleEngine> logger,
        IEnumerable<IRule>? rules = null,
        IRepeatFilter? filter = null,
        IPeerNames? peers = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        _logger = logger;
        _context = new RuleContext(profiles);
        _clock = new WallClock(time);
        IRule[] active = options.Enabled
            ? [.. (rules ?? BuiltInRules.Create(options)).Where(r => !options.DisabledRules.Contains(r.Descriptor.Id))]
            : [];
        _states = [.. active.Select((rule, index) => new RuleState(index, rule.Descriptor, ScopesOf(rule.Descriptor, options)))];
        _everyOccurrence = EveryOccurrence.For(_states, filter);
        _execRules = SlotsOf<ExecEvent>(active);
        _openRules = SlotsOf<OpenEvent>(active);
        _tcpRules = SlotsOf<TcpEvent>(active);
        _flowRules = SlotsOf<FlowEvent>(active);
        _dnsRules = SlotsOf<DnsEvent>(active);
        _alerts = Channel.CreateBounded<RuntimeAlerts>(new BoundedChannelOptions(options.AlertQueueCapacity)
        {
            FullMode = BoundedChannelFullMode.Wait,
            SingleWriter = true,
        });
        var builder = new AlertBuilder(origin, _clock, options.MaxProcessTreeDepth, peers);
        var held = new HeldAlerts(options.CorrectionCapacity, (ulong)options.PeerPatience.Ticks * 100, peers, profiles);
        _gate = new AlertGate(options, builder, _alerts.Writer, _states, held, filter);
        _metrics = new RulesMetrics(_states, _gate, _alerts.Reader);
    }

    /// <summary>The alerts, in the order they happened. Completes after <see cref="Stop"/>.</summary>
    public ChannelReader<RuntimeAlerts> Alerts => _alerts.Reader;

    /// <summary>The rules that are on.</summary>
    public IReadOnlyList<RuleDescriptor> Rules => [.. _states.Select(s => s.Descriptor)];

    public void OnExec(in ExecEvent exec, EventSubject subject)
    {
        // A runtime on its way into a container executes a copy of itself from memory: it is neither fileless nor the container's.
        if ((exec.Record.Header.Flags & HeaderFlags.Entrant) == 0)
        {
            Judge(_execRules, in exec, in exec.Record.Header, subject, 0);
        }
    }

    public void OnOpen(in OpenEvent open, EventSubject subject) => Judge(_openRules, in open, in open.Record.Header, subject, open.Repeats);

    public void OnTcp(in TcpEvent tcp, EventSubject subject) => Judge(_tcpRules, in tcp, in tcp.Record.Header, subject, tcp.Repeats);

    public void OnFlow(in FlowEvent flow, EventSubject subject) => Judge(_flowRules, in flow, in flow.Record.Header, subject, flow.Repeats);

    public void OnDns(in DnsEvent dns, EventSubject subject) => Judge(_dnsRules, in dns, in dns.Record.Header, subject, 0);

    public void OnFork(in ForkEvent fork, EventSubject subject)
    {
    }

    public void OnExit(in ExitEvent exit, EventSubject subject)
    {
    }

    public void OnCgroup(in CgroupEvent cgroup, EventSubject subject)
    {
    }

    public void OnLoss(in LossEvent loss)
    {
    }

    public void OnTick(ulong bootTimeNs)
    {
        _clock.Synchronise(bootTimeNs);
        _gate.SendDue(bootTimeNs);
        _gate.ForgetDropped();
        _everyOccurrence?.Sweep();
    }

    /// <summary>Tells what the running cooldowns have counted so far, then completes <see cref="Alerts"/>. No event may follow.</summary>
    public void Stop()
    {
        _gate.SendDue(ulong.MaxValue);
        _alerts.Writer.TryComplete();
    }

    public void Dispose()
    {
        Stop();
        _metrics.Dispose();
        _gate.Dispose();
    }

    private void Judge<TEvent>(RuleSlot<TEvent>[] slots, in TEvent source, ref readonly HeaderRecord header, EventSubject subject, ulong repeats)
        where TEvent : struct, allows ref struct
    {
        if (slots.Length == 0)
        {
            return;
        }

        _context.Begin(subject);
        _everyOccurrence?.Meet(subject.Container);
        int at = 0;
        while (at < slots.Length)
        {
            try
            {
                for (; at < slots.Length; at++)
                {
                    RuleSlot<TEvent> slot = slots[at];
                    slot.State.Processed++;
                    if (slot.Rule.Matches(in source, _context))
                    {
                        JudgeMatch(slot, in source, in header, Math.Max(repeats, 1));
                    }
                }
            }
#pragma warning disable CA1031 // one faulty rule must not end the loop or the other rules
            catch (Exception error)
#pragma warning restore CA1031
            {
                OnFault(slots[at].State, error);
                at++;
            }
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void JudgeMatch<TEvent>(RuleSlot<TEvent> slot, in TEvent source, ref readonly HeaderRecord header, ulong occurrences)
        where TEvent : struct, allows ref struct
    {
        RuleState state = slot.State;
        if ((state.Scopes & ScopeOf(_context.Container)) == 0)
        {
            return;
        }

        bool judgedByProfile = false;
        if (state.Descriptor.ProfileDependency != ProfileDependency.NotRequired)
        {
            if (_context.TryGetCompletedProfile(out ProfileView? profile))
            {
                if (slot.Rule.IsExpected(in source, profile))
                {
                    return;
                }

                judgedByProfile = true;
            }
            else if (state.Descriptor.ProfileDependency == ProfileDependency.Required)
            {
                state.SuppressedByProfile++;
                return;
            }
        }

        _gate.Pass(slot, in source, in header, _context, judgedByProfile, occurrences);
    }

    private void OnFault(RuleState state, Exception error)
    {
        long errors = ++state.Errors;

        // The first, then ever rarer: a rule that fails fails for each event.
        if (long.IsPow2(errors))
        {
            Log.RuleFailed(_logger, state.Descriptor.Id, errors, error);
        }
    }

    internal static RuleScopes ScopeOf(ContainerInfo container) => container.Identity.Kind switch
    {
        UnitKind.Host => RuleScopes.Host,
        UnitKind.SystemdUnit => RuleScopes.SystemdUnit,
        UnitKind.Cgroup => RuleScopes.Cgroup,
        _ => RuleScopes.Container,
    };

    private static RuleScopes ScopesOf(RuleDescriptor rule, RulesOptions options) =>
        options.BaselineRulesOnHost && rule.ProfileDependency == ProfileDependency.Required
            ? rule.Scopes | RuleScopes.Host
            : rule.Scopes;

    private RuleSlot<TEvent>[] SlotsOf<TEvent>(IRule[] active)
        where TEvent : struct, allows ref struct
    {
        var slots = new List<RuleSlot<TEvent>>();
        for (int at = 0; at < active.Length; at++)
        {
            if (active[at] is IRule<TEvent> rule)
            {
                slots.Add(new RuleSlot<TEvent>(rule, _states[at]));
            }
        }

        return [.. slots];
    }
}
