// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Cel.Syntax;
using NodeAgent.Cel.Types;
using NodeAgent.Cel.Values;

namespace NodeAgent.Cel.Functions;

/// <summary>Equality of everything, order of what has one; numbers of different types compare by what they are worth.</summary>
internal static class Relations
{
    public static void Declare(Library to)
    {
        var any = CelType.Parameter("A");
        to.Function(Operators.Equal, CelType.Bool, [any, any], (_, a) => CelValue.Of(CelEquality.AreEqual(a[0], a[1])));
        to.Function(Operators.NotEqual, CelType.Bool, [any, any], (_, a) => CelValue.Of(!CelEquality.AreEqual(a[0], a[1])));
        CelType[] numbers = [CelType.Int, CelType.Uint, CelType.Double];
        CelType[] others = [CelType.Bool, CelType.String, CelType.Bytes, CelType.Timestamp, CelType.Duration];
        (string, Func<int, bool>)[] orders =
        [
            (Operators.Less, o => o < 0),
            (Operators.LessOrEqual, o => o <= 0),
            (Operators.Greater, o => o > 0),
            (Operators.GreaterOrEqual, o => o >= 0),
        ];
        foreach ((string function, Func<int, bool> accepts) in orders)
        {
            CelImplementation compare = (_, a) => CelValue.Of(CelEquality.Compare(a[0], a[1]) is { } order && accepts(order));
            foreach (CelType type in others)
            {
                to.Function(function, CelType.Bool, [type, type], compare);
            }

            foreach (CelType left in numbers)
            {
                foreach (CelType right in numbers)
                {
                    to.Function(function, CelType.Bool, [left, right], compare);
                }
            }
        }
    }
}
