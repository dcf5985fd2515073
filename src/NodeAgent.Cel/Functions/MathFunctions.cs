// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Cel.Types;
using NodeAgent.Cel.Values;

namespace NodeAgent.Cel.Functions;

/// <summary>The functions of the namespace <c>math</c>.</summary>
internal static class MathFunctions
{
    private static readonly CelType[] Numbers = [CelType.Int, CelType.Uint, CelType.Double];

    public static void Declare(Library to)
    {
        Extreme(to, "math.greatest", order => order > 0);
        Extreme(to, "math.least", order => order < 0);
        OfDouble(to, "math.ceil", Math.Ceiling);
        OfDouble(to, "math.floor", Math.Floor);
        OfDouble(to, "math.round", x => Math.Round(x, MidpointRounding.AwayFromZero));
        OfDouble(to, "math.trunc", Math.Truncate);
        Test(to, "math.isNaN", double.IsNaN);
        Test(to, "math.isInf", double.IsInfinity);
        Test(to, "math.isFinite", double.IsFinite);
        to.Function("math.abs", CelType.Int, [CelType.Int], (c, a) => a[0].Int == long.MinValue ? c.Fail(CelFault.Overflow) : CelValue.Of(Math.Abs(a[0].Int)));
        to.Function("math.abs", CelType.Uint, [CelType.Uint], (_, a) => a[0]);
        to.Function("math.abs", CelType.Double, [CelType.Double], (_, a) => CelValue.Of(Math.Abs(a[0].Double)));
        to.Function("math.sign", CelType.Int, [CelType.Int], (_, a) => CelValue.Of((long)Math.Sign(a[0].Int)));
        to.Function("math.sign", CelType.Uint, [CelType.Uint], (_, a) => CelValue.Of(a[0].Uint == 0 ? 0UL : 1UL));
        to.Function("math.sign", CelType.Double, [CelType.Double], (_, a) =>
            CelValue.Of(double.IsNaN(a[0].Double) ? double.NaN : Math.Sign(a[0].Double)));
        to.Function("math.sqrt", CelType.Double, [CelType.Int], (_, a) => CelValue.Of(Math.Sqrt(a[0].Int)));
        to.Function("math.sqrt", CelType.Double, [CelType.Uint], (_, a) => CelValue.Of(Math.Sqrt(a[0].Uint)));
        to.Function("math.sqrt", CelType.Double, [CelType.Double], (_, a) => CelValue.Of(Math.Sqrt(a[0].Double)));
        Bits(to);
    }

    private static void Bits(Library to)
    {
        OfBits(to, "math.bitAnd", (x, y) => x & y);
        OfBits(to, "math.bitOr", (x, y) => x | y);
        OfBits(to, "math.bitXor", (x, y) => x ^ y);
        to.Function("math.bitNot", CelType.Int, [CelType.Int], (_, a) => CelValue.Of(~a[0].Int));
        to.Function("math.bitNot", CelType.Uint, [CelType.Uint], (_, a) => CelValue.Of(~a[0].Uint));
        Shift(to, "math.bitShiftLeft", (x, by) => x << by);
        Shift(to, "math.bitShiftRight", (x, by) => x >>> by);
    }

    private static void OfDouble(Library to, string name, Func<double, double> function) =>
        to.Function(name, CelType.Double, [CelType.Double], (_, a) => CelValue.Of(function(a[0].Double)));

    private static void Test(Library to, string name, Func<double, bool> test) =>
        to.Function(name, CelType.Bool, [CelType.Double], (_, a) => CelValue.Of(test(a[0].Double)));

    private static void OfBits(Library to, string name, Func<long, long, long> function)
    {
        to.Function(name, CelType.Int, [CelType.Int, CelType.Int], (_, a) => CelValue.Of(function(a[0].Int, a[1].Int)));
        to.Function(name, CelType.Uint, [CelType.Uint, CelType.Uint], (_, a) => CelValue.Of((ulong)function(a[0].Int, a[1].Int)));
    }

    // The sign is a bit like the others: a right shift of an int brings zeros in.
    private static void Shift(Library to, string name, Func<long, int, long> function)
    {
        foreach (CelType type in new[] { CelType.Int, CelType.Uint })
        {
            bool isInt = type.Kind == CelTypeKind.Int;
            to.Function(name, type, [type, CelType.Int], (c, a) =>
            {
                if (a[1].Int < 0)
                {
                    return c.Fail(CelFault.BadArgument, -1, a[1], "a shift cannot be negative");
                }

                long result = a[1].Int >= 64 ? 0 : function(a[0].Int, (int)a[1].Int);
                return isInt ? CelValue.Of(result) : CelValue.Of((ulong)result);
            });
        }
    }

    private static void Extreme(Library to, string name, Func<int, bool> wins)
    {
        foreach (CelType left in Numbers)
        {
            to.Function(name, left, [left], (_, a) => a[0]);
            foreach (CelType right in Numbers)
            {
                to.Function(name, left.Equals(right) ? left : CelType.Dyn, [left, right], (_, a) => Better(a[1], a[0], wins) ? a[1] : a[0]);
            }
        }

        // A list of numbers of one type; of several through dyn.
        to.Function(name, CelType.Parameter("A"), [CelType.List(CelType.Parameter("A"))], (c, a) => OfList(c, a[0].List, wins));
    }

    private static CelValue OfList(CelContext context, CelList list, Func<int, bool> wins)
    {
        if (list.Count == 0)
        {
            return context.Fail(CelFault.BadArgument, -1, default, "the list is empty");
        }

        CelValue best = list[0];
        for (int i = 0; i < list.Count; i++)
        {
            if (!list[i].IsNumber)
            {
                return context.Fail(CelFault.NoSuchOverload);
            }

            best = Better(list[i], best, wins) ? list[i] : best;
        }

        return best;
    }

    private static bool Better(in CelValue candidate, in CelValue best, Func<int, bool> wins) => CelEquality.Compare(candidate, best) is { } order && wins(order);
}
