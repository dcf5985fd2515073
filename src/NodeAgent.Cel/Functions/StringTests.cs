// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Cel.Types;
using NodeAgent.Cel.Values;

namespace NodeAgent.Cel.Functions;

/// <summary><c>startsWith</c>, <c>endsWith</c>, <c>contains</c>, <c>matches</c>.</summary>
internal static class StringTests
{
    public static void Declare(Library to)
    {
        CelType[] two = [CelType.String, CelType.String];
        to.Member("startsWith", CelType.Bool, two, (_, a) => CelValue.Of(a[0].Text.Span.StartsWith(a[1].Text.Span)));
        to.Member("endsWith", CelType.Bool, two, (_, a) => CelValue.Of(a[0].Text.Span.EndsWith(a[1].Text.Span)));
        to.Member("contains", CelType.Bool, two, (c, a) => c.Spend(a[0].Text.Length >> 4) ? CelValue.Of(a[0].Text.Span.IndexOf(a[1].Text.Span) >= 0) : default);
        to.Member("matches", CelType.Bool, two, Matches);
        to.Function("matches", CelType.Bool, two, Matches);
    }

    private static CelValue Matches(CelContext context, ReadOnlySpan<CelValue> a)
    {
        if (!context.Patterns.TryGet(a[1].Text, out Pattern? pattern, out string reason))
        {
            return context.Fail(CelFault.BadPattern, -1, a[1], reason);
        }

        return context.Spend(pattern.StepsFor(a[0].Text.Length)) ? CelValue.Of(pattern.IsMatch(a[0].Text.Span)) : default;
    }
}
