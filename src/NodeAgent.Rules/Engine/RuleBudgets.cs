// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Events.Identity;

namespace NodeAgent.Rules.Engine;

/// <summary>Holds rules to a share of one core: a rule that takes more is not asked for a while about those who make it dear. For the loop's thread.</summary>
/// <remarks>
/// One evaluation in 64 is timed. A rule that seems to take too much is timed whole for the next window: one evaluation that the scheduler interrupted must
/// not stand for 64. What it took is known by rule and container, so a container that makes a rule dear blinds it for itself; only where there
/// are more pairs than <see cref="MaxPairs"/> is the rule left out for all. The pause doubles from one second to one minute while it happens again.
/// </remarks>
/// <param name="share">Of one core, for one rule; 0 = nothing is held.</param>
/// <param name="frequency">Units: of the ticks, per second.</param>
internal sealed class RuleBudgets(RuleStates states, double share, long frequency, Action<RuleThrottle> onThrottled, Action<RuleThrottle> onEnded)
{
    public const int MaxPairs = 1024;

    /// <summary>Of <see cref="RuleState.SampleMask"/>: none, one of 64, or each evaluation is timed.</summary>
    public const long Never = long.MaxValue, Sampled = 63, Each = 0;

    /// <summary>Stands for every container.</summary>
    public const ulong Everyone = ulong.MaxValue;

    private const ulong WindowNs = 1_000_000_000, ShortestPauseNs = 1_000_000_000, LongestPauseNs = 60_000_000_000, PatienceNs = 120_000_000_000;

    private readonly Dictionary<(int Rule, ulong CgroupId), (ContainerInfo Container, long Ticks)> _spent = new(MaxPairs);
    private readonly Dictionary<(int Rule, ulong CgroupId), RuleThrottle> _throttles = [];
    private readonly List<RuleThrottle> _over = [];
    private ulong _windowStartNs;
    private ulong _nowNs;

    /// <summary>Pairs of rule and container that are not asked now.</summary>
    public int Count { get; private set; }

    /// <summary>Begins anew, with other rules.</summary>
    public void Reset()
    {
        _spent.Clear();
        _throttles.Clear();
        Count = 0;
        foreach (RuleState state in states.All)
        {
            state.SampleMask = share > 0 ? Sampled : Never;
            state.WindowTicks = 0;
            state.Throttles = 0;
        }
    }

    /// <summary>Of a rule whose evaluations are each timed.</summary>
    public bool IsThrottled(RuleState rule, ulong cgroupId) => rule.Throttles > 0
        && ((_throttles.TryGetValue((rule.Index, cgroupId), out RuleThrottle? one) && one.IsOn)
            || (_throttles.TryGetValue((rule.Index, Everyone), out RuleThrottle? all) && all.IsOn));

    /// <param name="ticks">What one timed evaluation took.</param>
    public void Spend(RuleState rule, ContainerInfo container, long ticks)
    {
        rule.WindowTicks += ticks;
        if (rule.SampleMask != Each)
        {
            return;
        }

        (int, ulong) key = (rule.Index, container.CgroupId);
        if (_spent.TryGetValue(key, out (ContainerInfo Container, long Ticks) known))
        {
            _spent[key] = (container, known.Ticks + ticks);
        }
        else if (_spent.Count < MaxPairs)
        {
            _spent.Add(key, (container, ticks));
        }
    }

    /// <param name="nowNs">Units: boot ns.</param>
    public void Tick(ulong nowNs)
    {
        _nowNs = nowNs;
        if (share <= 0 || nowNs < _windowStartNs + WindowNs)
        {
            return;
        }

        double seconds = Math.Min((nowNs - _windowStartNs) / 1e9, 60);
        _windowStartNs = nowNs;
        EndPauses();
        IReadOnlyList<RuleState> all = states.All;
        for (int at = 0; at < all.Count; at++)
        {
            CloseWindow(all[at], share * seconds * frequency, seconds);
        }

        _spent.Clear();
    }

    private void CloseWindow(RuleState rule, double most, double seconds)
    {
        if (rule.SampleMask == Each)
        {
            if (rule.WindowTicks > most)
            {
                ThrottleDearest(rule, most, seconds);
            }
            else if (rule.Throttles == 0)
            {
                rule.SampleMask = Sampled;
            }
        }
        else if (rule.SampleMask == Sampled && (double)rule.WindowTicks * (Sampled + 1) > most)
        {
            rule.SampleMask = Each;
        }

        rule.WindowTicks = 0;
    }

    private void ThrottleDearest(RuleState rule, double most, double seconds)
    {
        double left = rule.WindowTicks;
        while (left > most)
        {
            ulong dearest = Everyone;
            (ContainerInfo? Container, long Ticks) spent = (null, 0);
            foreach (((int Rule, ulong CgroupId) key, (ContainerInfo Container, long Ticks) value) in _spent)
            {
                if (key.Rule == rule.Index && value.Ticks > spent.Ticks)
                {
                    (dearest, spent) = (key.CgroupId, value);
                }
            }

            // What stands in no pair is of containers that found no room: nobody knows which.
            bool isRest = spent.Container is null || _throttles.Count >= MaxPairs;
            Throttle(rule, isRest ? null : spent.Container, (isRest ? left : spent.Ticks) / seconds / frequency);
            if (isRest)
            {
                return;
            }

            _spent.Remove((rule.Index, dearest));
            left -= spent.Ticks;
        }
    }

    private void Throttle(RuleState rule, ContainerInfo? container, double took)
    {
        (int, ulong) key = (rule.Index, container?.CgroupId ?? Everyone);
        if (!_throttles.TryGetValue(key, out RuleThrottle? throttle))
        {
            _throttles[key] = throttle = new RuleThrottle(rule, container);
            rule.Throttles++;
        }

        throttle.PauseNs = throttle.PauseNs == 0 ? ShortestPauseNs : Math.Min(throttle.PauseNs * 2, LongestPauseNs);
        (throttle.UntilNs, throttle.Took, throttle.SkippedBefore) = (_nowNs + throttle.PauseNs, took, rule.Throttled);
        Count += throttle.IsOn ? 0 : 1;
        throttle.IsOn = true;
        onThrottled(throttle);
    }

    private void EndPauses()
    {
        _over.Clear();
        foreach (RuleThrottle throttle in _throttles.Values)
        {
            if (throttle.IsOn && _nowNs >= throttle.UntilNs)
            {
                throttle.IsOn = false;
                Count--;
            }

            if (_nowNs >= throttle.UntilNs + PatienceNs)
            {
                _over.Add(throttle);
            }
        }

        foreach (RuleThrottle throttle in _over)
        {
            _throttles.Remove((throttle.Rule.Index, throttle.Container?.CgroupId ?? Everyone));
            throttle.Rule.Throttles--;
            onEnded(throttle);
        }

        _over.Clear();
    }
}

/// <summary>A rule that is, or lately was, not asked about a container.</summary>
/// <param name="container">Null = about none.</param>
internal sealed class RuleThrottle(RuleState rule, ContainerInfo? container)
{
    public RuleState Rule { get; } = rule;

    public ContainerInfo? Container { get; } = container;

    /// <summary>Of one core, that the rule took for the container in the window before.</summary>
    public double Took { get; set; }

    public ulong PauseNs { get; set; }

    public ulong UntilNs { get; set; }

    public bool IsOn { get; set; }

    /// <summary>What the rule had skipped when the pause began.</summary>
    public long SkippedBefore { get; set; }

    /// <summary>It happened before, and lately.</summary>
    public bool IsAgain => PauseNs > 1_000_000_000;
}
