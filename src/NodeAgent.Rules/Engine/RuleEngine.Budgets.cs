// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Globalization;
using NodeAgent.Api.Alerts;
using NodeAgent.Cel;
using NodeAgent.Events.Identity;
using NodeAgent.Events.Wire;
using NodeAgent.Rules.Alerts;
using NodeAgent.Rules.Compilation;

namespace NodeAgent.Rules.Engine;

// What rules cost, and what becomes of one that costs too much.
public sealed partial class RuleEngine
{
    // What the agent says of itself; no rule of the library has the id.
    private static readonly RuleDescriptor ThrottledRule = new()
    {
        Id = "NA-0001",
        Name = "Rule throttled",
        Description = "A rule took more than its share of the processor and is not asked for a while: what a container does meanwhile is not judged by it.",
        Severity = 5,
        MitreTactic = "TA0005",
        MitreTechnique = "T1562.006",
        ProfileDependency = ProfileDependency.NotRequired,
        IsTriggerAlert = false,
    };

    private readonly RuleBudgets _budgets;

    /// <summary>Pairs of rule and container that are not asked now. Any thread.</summary>
    internal int ThrottledCount => _budgets.Count;

    /// <returns>False: the rule was not asked.</returns>
    private bool TryHoldMeasured(RuleSlot slot, CelContext context, out bool holds)
    {
        RuleState state = slot.Rule.State;
        if (_budgets.IsThrottled(state, _context.Container.CgroupId))
        {
            state.Throttled++;
            holds = false;
            return false;
        }

        state.Processed++;
        long begin = Stopwatch.GetTimestamp();
        holds = Holds(slot, context);
        _budgets.Spend(state, _context.Container, Stopwatch.GetTimestamp() - begin);
        return true;
    }

    private void OnThrottled(RuleThrottle throttle)
    {
        string whose = throttle.Container is { } container ? NameOf(container) : "all containers";
        double pause = throttle.PauseNs / 1e9;
        Log.RuleThrottled(_logger, throttle.Rule.Id, throttle.Took, whose, pause);
        if (!throttle.IsAgain)
        {
            string message = string.Create(
                CultureInfo.InvariantCulture, $"{throttle.Rule.Id} took {throttle.Took:P1} of a core for {whose} and is not asked for {pause:0} s, longer if it happens again");
            _context.Begin(new EventSubject { Container = throttle.Container ?? ContainerInfo.Unknown });
            _gate.PassOwn(ThrottledRule, _states.Of(ThrottledRule.Id), message, _context, throttle.Rule.Id, _nowNs);
        }
    }

    private void OnThrottleEnded(RuleThrottle throttle) => Log.RuleUnthrottled(
        _logger, throttle.Rule.Id, throttle.Container is { } container ? NameOf(container) : "all containers", throttle.Rule.Throttled - throttle.SkippedBefore);

    private static string NameOf(ContainerInfo container)
    {
        ContainerIdentity identity = container.Identity;
        return identity.PodName.Length > 0 ? $"{identity.PodNamespace}/{identity.PodName}/{identity.ContainerName}"
            : identity.ContainerName.Length > 0 ? identity.ContainerName
            : identity.Workload.Name.Length > 0 ? identity.Workload.Name
            : container.CgroupPath;
    }
}
