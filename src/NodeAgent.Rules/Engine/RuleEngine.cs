// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using NodeAgent.Api.Alerts;
using NodeAgent.Api.RuntimeRules;
using NodeAgent.Cel;
using NodeAgent.Events;
using NodeAgent.Events.Identity;
using NodeAgent.Events.Time;
using NodeAgent.Events.Wire;
using NodeAgent.Rules.Alerts;
using NodeAgent.Rules.Bindings;
using NodeAgent.Rules.Compilation;
using NodeAgent.Rules.Counting;
using NodeAgent.Rules.Evidence;
using NodeAgent.Rules.Exceptions;
using NodeAgent.Rules.Expressions;
using NodeAgent.Rules.Library;
using NodeAgent.Rules.Profiles;

namespace NodeAgent.Rules.Engine;

/// <summary>Judges events by the rules, and lets alerts out through a bounded channel.</summary>
/// <remarks>
/// All members but <see cref="Alerts"/>, <see cref="Compile"/>, <see cref="Use"/>, <see cref="Current"/> and the counters belong to the event loop's
/// thread. It never blocks: when the queue is full an alert is dropped, counted for its rule, and its cooldown forgotten, so the next occurrence tries again.
/// </remarks>
public sealed partial class RuleEngine : IEventConsumer, IEventAlerts, IDisposable
{
    private readonly RulesOptions _options;
    private readonly RuleContext _context;
    private readonly EventScope _scope;
    private readonly RuleEnvironment _environment;
    private readonly AlertGate _gate;
    private readonly WallClock _clock;
    private readonly FlightRecorder _flight;
    private readonly ILogger _logger;
    private readonly IRepeatFilter? _filter;
    private readonly Channel<RuntimeAlerts> _alerts;
    private readonly RulesMetrics _metrics;
    private readonly RuleStates _states = new();
    private EveryOccurrence? _everyOccurrence;
    private RuleSlot[][] _slots = [];
    private CelContext[] _contexts = [];
    private BindingSet _bindings = BindingSet.Everywhere;
    private IReadOnlyList<CompiledRule> _rules = [];
    private RuleSet? _current;
    private RuleSet? _next;
    private ulong _nowNs;

    /// <param name="options">Validated by the caller.</param>
    /// <param name="origin">Where the agent runs.</param>
    /// <param name="profiles">Asked on the loop's thread.</param>
    /// <param name="time">The wall clock.</param>
    /// <param name="logger">Where a rule's faults are told.</param>
    /// <param name="rules">Null = the library's.</param>
    /// <param name="filter">Asked to tell everything once more of a container of which an alert was dropped; null = nothing is filtered.</param>
    /// <param name="peers">Names those whom alerts are about; null = nobody knows.</param>
    public RuleEngine(
        RulesOptions options,
        AlertOrigin origin,
        IProfileLookup profiles,
        TimeProvider time,
        ILogger<RuleEngine> logger,
        IEnumerable<RuntimeRule>? rules = null,
        IRepeatFilter? filter = null,
        IPeerNames? peers = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        _logger = logger;
        _filter = filter;
        _context = new RuleContext(profiles);
        _clock = new WallClock(time);
        _scope = new EventScope(options, _context, peers, _clock.ToUnixNs);
        _environment = new RuleEnvironment(_scope);
        _alerts = Channel.CreateBounded<RuntimeAlerts>(new BoundedChannelOptions(options.AlertQueueCapacity)
        {
            FullMode = BoundedChannelFullMode.Wait,
            SingleWriter = true,
        });
        var builder = new AlertBuilder(origin, _clock, options.MaxProcessTreeDepth, peers);
        var held = new HeldAlerts(options.CorrectionCapacity, (ulong)options.PeerPatience.Ticks * 100, peers, profiles);
        _budgets = new RuleBudgets(_states, options.CpuBudget, Stopwatch.Frequency, OnThrottled, OnThrottleEnded);
        _onExceptionFault = OnExceptionFault;
        _flight = new FlightRecorder(_clock, peers);
        _gate = new AlertGate(options, builder, _alerts.Writer, _states, held, _flight, OnError, filter);
        Adopt(Compile([.. rules ?? RuleLibrary.Rules], BindingSet.Everywhere));
        _metrics = new RulesMetrics(_states, _gate, _alerts.Reader, () => Current, this);
    }

    /// <summary>The alerts, in the order they happened. Completes after <see cref="Stop"/>.</summary>
    public ChannelReader<RuntimeAlerts> Alerts => _alerts.Reader;

    /// <summary>The rules that are judged by.</summary>
    public IReadOnlyList<RuleDescriptor> Rules => Current.Rules;

    /// <summary>Takes the time of each rule's expressions. Costs two looks at the clock for each question: for tests of rules, not for an agent.</summary>
    public bool MeasuresTime { get; set; }

    /// <summary>What each rule of the current set was asked and said.</summary>
    public IReadOnlyList<RuleCounts> Counts => [.. _rules.Select(rule => rule.State).Select(state => new RuleCounts(
        state.Id, state.Processed, state.Alerts, state.SuppressedByCooldown, state.SuppressedByProfile, state.Errors, Stopwatch.GetElapsedTime(0, state.Ticks)))];

    /// <summary>The newest set, judged by from the next event on. Any thread.</summary>
    public RuleSet Current => Volatile.Read(ref _next) ?? Volatile.Read(ref _current)!;

    /// <summary>Compiles rules for this engine, which goes on with those that it has. Any thread.</summary>
    /// <param name="rules">Each id once; those that are not enabled are left out.</param>
    /// <param name="exceptions">Null = none.</param>
    /// <param name="labelsOfNamespace">For the selectors of exceptions; null = only names are known.</param>
    public RuleSet Compile(
        IReadOnlyList<RuntimeRule> rules, BindingSet bindings, IReadOnlyList<RuleException>? exceptions = null,
        Func<string, IReadOnlyDictionary<string, string>?>? labelsOfNamespace = null)
    {
        RuntimeRule[] active = _options.Enabled
            ? [.. rules.Where(rule => (rule.Enabled || _options.EnabledRules.Contains(rule.Id ?? string.Empty)) && !_options.DisabledRules.Contains(rule.Id ?? string.Empty))]
            : [];
        RuleSet set = new RuleCompiler(_environment, _options.AgentVersion).Compile(active, bindings, rules, exceptions, labelsOfNamespace);
        foreach (RuleIssue issue in set.Issues)
        {
            if (issue.IsError)
            {
                Log.RuleRefused(_logger, issue.ToString());
            }
            else
            {
                Log.RuleRemark(_logger, issue.ToString());
            }
        }

        foreach (RuleIssue issue in set.ExceptionIssues)
        {
            if (issue.IsError)
            {
                Log.ExceptionRefused(_logger, issue.ToString());
            }
            else
            {
                Log.RuleRemark(_logger, issue.ToString());
            }
        }

        return set;
    }

    /// <summary>Judges by another set from the next event on: whole, and between two events. Any thread.</summary>
    /// <param name="set">Made by <see cref="Compile"/> of this engine.</param>
    public void Use(RuleSet set) => Volatile.Write(ref _next, set);

    public RuntimeAlerts Build(RuleDescriptor descriptor, AlertFacts facts, in HeaderRecord header, EventSubject subject, string about)
    {
        _context.Begin(subject);
        return _gate.Build(descriptor, facts, in header, _context, about);
    }

    public RuntimeAlerts Complete(RuntimeAlerts alert, ContainerInfo container) => _gate.Complete(alert, container);

    public void OnTick(ulong bootTimeNs)
    {
        TakeNext();
        _clock.Synchronise(bootTimeNs);
        _nowNs = bootTimeNs;
        TickExceptions(bootTimeNs);
        _budgets.Tick(bootTimeNs);
        _gate.SendDue(bootTimeNs);
        _gate.ForgetDropped();
        _everyOccurrence?.Sweep();
    }

    /// <summary>Tells what the running cooldowns have counted so far, then completes <see cref="Alerts"/>. No event may follow.</summary>
    public void Stop()
    {
        TellSuppressed();
        _gate.SendDue(ulong.MaxValue);
        _alerts.Writer.TryComplete();
    }

    public void Dispose()
    {
        Stop();
        _metrics.Dispose();
    }

    internal static RuleScopes ScopeOf(ContainerInfo container) => container.Identity.Kind switch
    {
        UnitKind.Host => RuleScopes.Host,
        UnitKind.SystemdUnit => RuleScopes.SystemdUnit,
        UnitKind.Cgroup => RuleScopes.Cgroup,
        _ => RuleScopes.Container,
    };

    /// <summary>Whether any rule looks at events of the type; takes over the newest set first.</summary>
    private bool IsWanted(RuleEventType type)
    {
        TakeNext();
        return _slots[(int)type].Length > 0;
    }

    private void TakeNext()
    {
        if (Volatile.Read(ref _next) is { } next)
        {
            Adopt(next);
            Interlocked.CompareExchange(ref _next, null, next);

            // The kernel keeps back what other rules had no eyes for.
            _filter?.ForgetAll();
        }
    }

    private void Adopt(RuleSet set)
    {
        foreach (CompiledRule rule in set.Compiled)
        {
            rule.State = _states.Of(rule.Descriptor.Id);
            rule.State.Descriptor = rule.Descriptor;
            rule.State.Scopes = ScopesOf(rule.Descriptor);
            rule.State.Memory = rule.Counts ? rule.State.Memory ?? new RuleMemory(_options.CounterCapacity) : null;
        }

        _rules = set.Compiled;
        _slots = set.Slots;
        _bindings = set.Bindings;
        _exceptions = set.Exceptions;
        _exceptionStates.Adopt(set.Exceptions.All);
        _budgets.Reset();
        _contexts = [.. set.Programs.Select((programs, type) => _environment.Bind(programs.CreateContext(), (RuleEventType)type))];
        _everyOccurrence = EveryOccurrence.For(set.Compiled.Select(rule => rule.State), _filter);
        Volatile.Write(ref _current, set);
    }

    private RuleScopes ScopesOf(RuleDescriptor rule) =>
        _options.BaselineRulesOnHost && rule.ProfileDependency == ProfileDependency.Required
            ? rule.Scopes | RuleScopes.Host
            : rule.Scopes;

    private void OnFault(RuleState state, CelProgram program, CelContext context) => OnError(state, program.DescribeError(context));

    private void OnError(RuleState state, CelError error)
    {
        long errors = ++state.Errors;

        // The first, then ever rarer: a rule that fails fails for each event.
        if (long.IsPow2(errors))
        {
            Log.RuleFailed(_logger, state.Id, errors, error.ToString());
        }
    }
}
