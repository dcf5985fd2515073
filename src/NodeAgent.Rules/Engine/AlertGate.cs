// SPDX-License-Identifier: Apache-2.0
using System.Threading.Channels;
using NodeAgent.Api.Alerts;
using NodeAgent.Cel;
using NodeAgent.Events;
using NodeAgent.Events.Identity;
using NodeAgent.Events.Wire;
using NodeAgent.Rules.Alerts;
using NodeAgent.Rules.Compilation;
using NodeAgent.Rules.Cooldown;
using NodeAgent.Rules.Evidence;
using NodeAgent.Rules.Expressions;

namespace NodeAgent.Rules.Engine;

/// <summary>Between a rule that fires and the queue: cooldown, building, and the count of what found the queue full.</summary>
internal sealed class AlertGate
{
    private readonly AlertCooldown _cooldown;
    private readonly AlertBuilder _builder;
    private readonly ChannelWriter<RuntimeAlerts> _output;
    private readonly RuleStates _states;
    private readonly FlightRecorder _flight;
    private readonly IRepeatFilter? _filter;
    private readonly HashSet<ulong> _dropped = [];
    private readonly HashSet<ulong> _endedCgroups = [];
    private readonly List<CooldownWindow> _ended = [];
    private readonly AlertCorrections _corrections;
    private readonly Func<RuntimeAlerts, RuleState, ContainerInfo, bool> _sendCorrection;
    private readonly Action<HeldAlert> _letHeld;
    private readonly Action<HeldAlert> _withdraw;
    private readonly RuleTexts _texts = new();
    private readonly Action<RuleState, CelError> _onError;

    /// <param name="options">Capacities and patience.</param>
    /// <param name="builder">Puts alerts together.</param>
    /// <param name="output">The queue.</param>
    /// <param name="states">By the index in cooldown keys.</param>
    /// <param name="held">Those that wait before they leave.</param>
    /// <param name="flight">What happened before.</param>
    /// <param name="onError">A rule's text failed.</param>
    /// <param name="filter">Null = nothing is filtered.</param>
    public AlertGate(
        RulesOptions options, AlertBuilder builder, ChannelWriter<RuntimeAlerts> output, RuleStates states, HeldAlerts held, FlightRecorder flight, Action<RuleState, CelError> onError, IRepeatFilter? filter = null)
    {
        Held = held;
        _cooldown = new AlertCooldown(options.Cooldown, options.CooldownCapacity);
        _corrections = new AlertCorrections(options.CorrectionCapacity, (ulong)options.CorrectionPatience.Ticks * 100, (ulong)options.PeerPatience.Ticks * 100, builder.KnowsPeers ? builder.PeerOf : null);
        _builder = builder;
        _output = output;
        _states = states;
        _flight = flight;
        _filter = filter;
        _onError = onError;
        _letHeld = one => Let(one with { Alert = builder.Enrich(builder.WithPeer(one.Alert, one.TimeNs), one.Container, isNews: false) });
        _withdraw = Withdraw;
        _sendCorrection = (alert, rule, container) => Send(rule, builder.Enrich(alert, container));
    }

    public int CooldownEntries => _cooldown.Count;

    public long CooldownEvictions => _cooldown.Evictions;

    public AlertCorrections Corrections => _corrections;

    public HeldAlerts Held { get; }

    /// <param name="context">Of the event; the rule's texts are put together with it.</param>
    /// <param name="occurrences">What the event stands for: 1, or what the kernel counted before it told again.</param>
    /// <param name="severity">Null = the rule's own.</param>
    public void Pass(CompiledRule rule, CelContext context, EventScope scope, bool failedOnProfile, ulong occurrences, int? severity)
    {
        RuleState state = rule.State;
        ulong timeNs = scope.Event.Header.TimeNs;
        UInt128 uniqueId = _texts.UniqueId(rule, context, out CelError? error);
        Note(state, error);
        var key = new CooldownKey(state.Index, scope.Context.Container.CgroupId, uniqueId);
        if (!TryAdmit(key, state, timeNs, occurrences, out CooldownWindow? window))
        {
            window!.Template ??= Build(rule, context, scope, uniqueId, failedOnProfile, severity);
            return;
        }

        RuntimeAlerts alert = Build(rule, context, scope, uniqueId, failedOnProfile, severity);
        var one = new HeldAlert(alert, state, scope.Context.Container, key, window, timeNs, occurrences);
        if (!failedOnProfile || !Held.TryHold(one))
        {
            Let(one);
        }
    }

    /// <summary>An alert about the agent itself: no rule is asked, and the cooldown holds.</summary>
    /// <param name="about">What makes it the same as another.</param>
    public void PassOwn(RuleDescriptor descriptor, RuleState state, string message, RuleContext context, string about, ulong nowNs)
    {
        UInt128 uniqueId = UniqueIdOf(descriptor, about);
        state.Descriptor = descriptor;
        var header = new HeaderRecord { TimeNs = nowNs, CgroupId = context.Container.CgroupId };
        RuntimeAlerts alert = _builder.Build(descriptor, new AlertFacts(message, new AlertArguments(), null), in header, context, uniqueId, failedOnProfile: false);
        var key = new CooldownKey(state.Index, context.Container.CgroupId, uniqueId);
        if (TryAdmit(key, state, nowNs, 1, out CooldownWindow? window))
        {
            Let(new HeldAlert(alert, state, context.Container, key, window, nowNs, 1));
        }
        else
        {
            window!.Template ??= alert;
        }
    }

    /// <summary>An alert that is not a rule's: whoever asks sends it.</summary>
    public RuntimeAlerts Build(RuleDescriptor descriptor, AlertFacts facts, in HeaderRecord header, RuleContext context, string about) =>
        _builder.Build(descriptor, facts, in header, context, UniqueIdOf(descriptor, about), failedOnProfile: false, _flight.Before(context.Container.CgroupId, context.Process.Key));

    /// <summary>Any thread.</summary>
    public RuntimeAlerts Complete(RuntimeAlerts alert, ContainerInfo container) => _builder.Enrich(alert, container, isNews: false);

    private static UInt128 UniqueIdOf(RuleDescriptor descriptor, string about) => AlertBuilder.Digest($"{descriptor.Id}\n{about}");

    // False: it is told with others later, from the window. What had to go to make room for it is told now.
    private bool TryAdmit(in CooldownKey key, RuleState state, ulong nowNs, ulong occurrences, out CooldownWindow? window)
    {
        window = _cooldown.Admit(key, nowNs, occurrences, out bool isRepeat, out CooldownWindow? evicted);
        if (evicted is not null)
        {
            SendSummary(evicted);
        }

        state.SuppressedByCooldown += isRepeat ? 1 : 0;
        return !isRepeat;
    }

    private void Let(HeldAlert one)
    {
        if (Send(one.Rule, one.Alert) && TellRest(one.Rule, one.Alert, one.Window, one.TimeNs, one.Occurrences))
        {
            _corrections.Note(one.Alert, one.Rule, one.Container, one.TimeNs);
            return;
        }

        _cooldown.Forget(one.Key);
        _dropped.Add(one.Key.CgroupId);
    }

    // Whoever has the address next is judged anew.
    private void Withdraw(HeldAlert one)
    {
        one.Rule.SuppressedByPeer++;
        _cooldown.Forget(one.Key);
    }

    /// <summary>Lets what was dropped happen again: the kernel would keep the next occurrence to itself.</summary>
    /// <remarks>At the pace of ticks, so that a queue that stays full does not switch the filter off.</remarks>
    public void ForgetDropped()
    {
        foreach (ulong cgroupId in _dropped)
        {
            _filter?.Forget(cgroupId);
        }

        _dropped.Clear();
    }

    /// <param name="nowNs">Units: boot ns; <see cref="ulong.MaxValue"/> = everything that was counted.</param>
    public void SendDue(ulong nowNs)
    {
        Held.Decide(nowNs, _letHeld, _withdraw);
        _corrections.SendDue(nowNs, _sendCorrection);
        TakeEnded();
        while (_cooldown.TryTakeDue(nowNs, out CooldownWindow? due))
        {
            if (!TellDue(due, nowNs))
            {
                break;
            }
        }
    }

    /// <summary>Lets what was counted of a container be told at the next tick: nothing more will happen there.</summary>
    public void End(ulong cgroupId)
    {
        _endedCgroups.Add(cgroupId);
        _flight.Forget(cgroupId);
    }

    private void TakeEnded()
    {
        if (_endedCgroups.Count > 0)
        {
            _cooldown.TakeOf(_endedCgroups, _ended);
            _endedCgroups.Clear();
            _ended.ForEach(_cooldown.PutBack);
            _ended.Clear();
        }
    }

    // What finds the queue full is told at a later tick; the last one has no later.
    private bool TellDue(CooldownWindow due, ulong nowNs)
    {
        bool isLast = nowNs == ulong.MaxValue;
        if (due.Template is { } template && !isLast && !_output.TryWrite(SummaryOf(due, template)))
        {
            _cooldown.PutBack(due);
            return false;
        }

        if (isLast)
        {
            SendSummary(due);
        }
        else
        {
            _states.At(due.Key.RuleIndex).Alerts += due.Template is null ? 0 : 1;
            _cooldown.Renew(due, nowNs);
        }

        return true;
    }

    private RuntimeAlerts SummaryOf(CooldownWindow window, RuntimeAlerts template) => _builder.Summarise(template, window.Repeats, window.FirstRepeatNs, window.LastRepeatNs);

    private RuntimeAlerts Build(CompiledRule rule, CelContext context, EventScope scope, UInt128 uniqueId, bool failedOnProfile, int? severity)
    {
        string message = _texts.Message(rule, context, out CelError? error);
        Note(rule.State, error);
        RuleDescriptor descriptor = severity is { } other ? rule.Descriptor with { Severity = other } : rule.Descriptor;
        return _builder.Build(
            descriptor, EventFacts.Of(scope.Event, scope, message), in scope.Event.Header, scope.Context, uniqueId, failedOnProfile,
            _flight.Before(scope.Context.Container.CgroupId, scope.Context.Process.Key));
    }

    private void Note(RuleState state, CelError? error)
    {
        if (error is not null)
        {
            _onError(state, error);
        }
    }

    // What the alert stands for beyond itself: with the window's summary, or at once where there is no window.
    private bool TellRest(RuleState state, RuntimeAlerts alert, CooldownWindow? window, ulong timeNs, ulong occurrences)
    {
        if (occurrences > 1 && window is not null)
        {
            window.Template = alert;
        }

        return occurrences <= 1 || window is not null || Send(state, _builder.Summarise(alert, (long)(occurrences - 1), timeNs, timeNs));
    }

    private bool SendSummary(CooldownWindow window) =>
        window.Template is { } template
        && Send(_states.At(window.Key.RuleIndex), SummaryOf(window, template));

    private bool Send(RuleState state, RuntimeAlerts alert)
    {
        if (_output.TryWrite(alert))
        {
            state.Alerts++;
            return true;
        }

        state.Dropped++;
        return false;
    }
}
