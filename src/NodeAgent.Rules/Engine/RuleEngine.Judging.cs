// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Runtime.CompilerServices;
using NodeAgent.Cel;
using NodeAgent.Rules.Bindings;
using NodeAgent.Rules.Compilation;
using NodeAgent.Rules.Expressions;
using NodeAgent.Rules.Profiles;

namespace NodeAgent.Rules.Engine;

public sealed partial class RuleEngine
{
    /// <summary>Judges the event that the scope shows.</summary>
    /// <param name="repeats">What the kernel counted before it told again; 0 = something new.</param>
    private void Judge(RuleEventType type, ulong repeats = 0)
    {
        CelContext context = _contexts[(int)type];
        context.NextEvent();
        _everyOccurrence?.Meet(_context.Container);
        RuleScopes scope = ScopeOf(_context.Container);
        Bound[]? bound = _bindings.HoldsEverywhere ? null : _bindings.Of(_context.Container.Identity, _rules);
        foreach (RuleSlot slot in _slots[(int)type])
        {
            CompiledRule rule = slot.Rule;
            RuleState state = rule.State;
            if ((state.Scopes & scope) == 0)
            {
                continue;
            }

            int? severity = null;
            if (bound is null ? rule.Prefilter is { } prefilter && !prefilter.Passes(_scope) : !IsBound(bound[rule.Index], out severity))
            {
                continue;
            }

            _scope.Memory = state.Memory;
            bool holds;
            if (((state.Processed + 1) & state.SampleMask) == 0)
            {
                if (!TryHoldMeasured(slot, context, out holds))
                {
                    continue;
                }
            }
            else
            {
                state.Processed++;
                holds = MeasuresTime ? HoldsMeasured(slot, context) : Holds(slot, context);
            }

            if (holds)
            {
                JudgeMatch(rule, context, Math.Max(repeats, 1), severity);
            }
        }

        _flight.Note(_scope);
    }

    private bool IsBound(Bound bound, out int? severity)
    {
        foreach (BoundWay way in bound.Ways)
        {
            if (way.Prefilter is null || way.Prefilter.Passes(_scope))
            {
                severity = way.Severity;
                return true;
            }
        }

        severity = null;
        return false;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool Holds(RuleSlot slot, CelContext context)
    {
        if (!slot.First.TryEvaluateBool(context, out bool fires))
        {
            OnFault(slot.Rule.State, slot.First, context);
            return false;
        }

        return fires && (slot.Rest.Length == 0 || AllHold(slot, context));
    }

    private bool HoldsMeasured(RuleSlot slot, CelContext context)
    {
        long begin = Stopwatch.GetTimestamp();
        bool holds = Holds(slot, context);
        slot.Rule.State.Ticks += Stopwatch.GetTimestamp() - begin;
        return holds;
    }

    private bool AllHold(RuleSlot slot, CelContext context)
    {
        foreach (CelProgram program in slot.Rest)
        {
            if (!program.TryEvaluateBool(context, out bool holds))
            {
                OnFault(slot.Rule.State, program, context);
                return false;
            }

            if (!holds)
            {
                return false;
            }
        }

        return true;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void JudgeMatch(CompiledRule rule, CelContext context, ulong occurrences, int? severity)
    {
        RuleState state = rule.State;
        bool judgedByProfile = false;
        if (_context.TryGetCompletedProfile(out ProfileView? profile))
        {
            judgedByProfile = rule.Descriptor.ProfileDependency != ProfileDependency.NotRequired;
            if (rule.Descriptor.SupportsPolicy && profile.AllowsProcess(rule.Descriptor.Id, _scope.Event.Comm.Span))
            {
                state.SuppressedByPolicy++;
                return;
            }
        }
        else if (rule.Descriptor.ProfileDependency == ProfileDependency.Required)
        {
            state.SuppressedByProfile++;
            return;
        }

        if (IsExcepted(rule, context, occurrences))
        {
            return;
        }

        _gate.Pass(rule, context, _scope, judgedByProfile, occurrences, severity);
    }
}
