// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Cel;
using NodeAgent.Cel.Types;
using NodeAgent.Cel.Values;

namespace NodeAgent.Rules.Expressions;

/// <summary>Rules that count: <c>rate(key, window)</c>, <c>seen(key, window)</c> and <c>first(key)</c>, each for the rule and the container at hand.</summary>
internal static class CountingFunctions
{
    public static void Declare(CelEnvironmentBuilder to, EventScope scope)
    {
        to.Function("rate", CelType.Int, [CelType.String, CelType.Duration], (context, a) => CelValue.Of(a[1].Duration.Nanoseconds <= 0
            ? context.Fail(CelFault.BadArgument, "the window must be longer than 0").Int
            : scope.Memory?.Count(scope.Context.Container.CgroupId, a[0].Text.Span, (ulong)a[1].Duration.Nanoseconds, scope.Event.Header.TimeNs) ?? 0), CelFunctionTraits.Stateful);
        to.Function("seen", CelType.Int, [CelType.String, CelType.Duration], (context, a) => CelValue.Of(a[1].Duration.Nanoseconds <= 0
            ? context.Fail(CelFault.BadArgument, "the window must be longer than 0").Int
            : scope.Memory?.Seen(scope.Context.Container.CgroupId, a[0].Text.Span, (ulong)a[1].Duration.Nanoseconds, scope.Event.Header.TimeNs) ?? 0), CelFunctionTraits.Stateful);
        to.Function("first", CelType.Bool, [CelType.String], (_, a) =>
            CelValue.Of(scope.Memory?.IsFirst(scope.Context.Container.CgroupId, a[0].Text.Span) ?? false), CelFunctionTraits.Stateful);
    }
}
