// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Cel;
using NodeAgent.Rules.Compilation;
using NodeAgent.Rules.Exceptions;

namespace NodeAgent.Rules.Engine;

// What exceptions keep back: asked only when a rule has fired, and told at a pace.
public sealed partial class RuleEngine
{
    private const ulong TellNs = 600_000_000_000;

    private readonly ExceptionStates _exceptionStates = new();
    private readonly Action<CompiledException, CelContext> _onExceptionFault;
    private ExceptionSet _exceptions = null!;
    private long _unixNs;
    private ulong _nextTellNs;

    /// <summary>Exceptions by what they are at the newest tick. Any thread.</summary>
    internal (int Active, int Expired, int Failed) ExceptionCounts
    {
        get
        {
            ExceptionSet set = Current.Exceptions;
            int expired = set.ExpiredCount(Volatile.Read(ref _unixNs));
            return (set.All.Count - expired, expired, set.FailedCount);
        }
    }

    internal IReadOnlyList<SuppressionCount> Suppressions => _exceptionStates.All;

    private bool IsExcepted(CompiledRule rule, CelContext context, ulong occurrences)
    {
        if (_exceptions.Find(rule, context, _context.Container.Identity, _clock.ToUnixNs(_scope.Event.Header.TimeNs), _onExceptionFault) is not { } exception)
        {
            return false;
        }

        _exceptionStates.Count(exception, rule.State, occurrences);
        return true;
    }

    private void OnExceptionFault(CompiledException exception, CelContext context)
    {
        long errors = ++exception.State.Errors;
        if (long.IsPow2(errors))
        {
            Log.ExceptionFailed(_logger, exception.Name, errors, exception.Condition!.DescribeError(context).ToString());
        }
    }

    private void TickExceptions(ulong nowNs)
    {
        Volatile.Write(ref _unixNs, _clock.ToUnixNs(nowNs));
        if (_exceptions.NextExpiryUnixNs <= _unixNs)
        {
            TellExpired();
        }

        if (nowNs >= _nextTellNs)
        {
            _nextTellNs = nowNs + TellNs;
            TellSuppressed();
        }
    }

    private void TellExpired()
    {
        IReadOnlyList<CompiledException> all = _exceptions.All;
        for (int at = 0; at < all.Count; at++)
        {
            CompiledException exception = all[at];
            if (exception.ExpiresUnixNs <= _unixNs && exception.State.ToldExpiryUnixNs != exception.ExpiresUnixNs)
            {
                exception.State.ToldExpiryUnixNs = exception.ExpiresUnixNs;
                Log.ExceptionExpired(_logger, exception.Name, exception.State.Suppressed);

                // The kernel keeps back what it told while nobody had to hear of it.
                _filter?.ForgetAll();
            }
        }
    }

    private void TellSuppressed()
    {
        IReadOnlyList<CompiledException> all = _exceptions.All;
        for (int at = 0; at < all.Count; at++)
        {
            ExceptionState state = all[at].State;
            if (state.Suppressed > state.Told)
            {
                Log.ExceptionSuppressed(_logger, state.Name, state.Suppressed - state.Told, state.Suppressed, all[at].Reason);
                state.Told = state.Suppressed;
            }
        }
    }
}
