// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Cel.Syntax;
using NodeAgent.Cel.Types;
using NodeAgent.Cel.Values;

namespace NodeAgent.Cel.Functions;

/// <summary>The operators on numbers, strings, bytes, lists and times.</summary>
internal static class Arithmetic
{
    public static void Declare(Library to)
    {
        foreach (string function in new[] { Operators.Add, Operators.Subtract, Operators.Multiply, Operators.Divide, Operators.Modulo })
        {
            char sign = function[1];
            to.Function(function, CelType.Int, [CelType.Int, CelType.Int], (c, a) => Ints(c, sign, a[0].Int, a[1].Int));
            to.Function(function, CelType.Uint, [CelType.Uint, CelType.Uint], (c, a) => Uints(c, sign, a[0].Uint, a[1].Uint));
            if (sign != '%')
            {
                to.Function(function, CelType.Double, [CelType.Double, CelType.Double], (_, a) => CelValue.Of(Doubles(sign, a[0].Double, a[1].Double)));
            }
        }

        to.Function(Operators.Negate, CelType.Int, [CelType.Int], (c, a) => a[0].Int == long.MinValue ? c.Fail(CelFault.Overflow) : CelValue.Of(-a[0].Int));
        to.Function(Operators.Negate, CelType.Double, [CelType.Double], (_, a) => CelValue.Of(-a[0].Double));
        to.Function(Operators.Not, CelType.Bool, [CelType.Bool], (_, a) => CelValue.Of(!a[0].Bool));
        to.Function(Operators.Add, CelType.String, [CelType.String, CelType.String], (c, a) => Concatenate(c, a[0].Text, a[1].Text, CelValue.Of));
        to.Function(Operators.Add, CelType.Bytes, [CelType.Bytes, CelType.Bytes], (c, a) => Concatenate(c, a[0].Text, a[1].Text, CelValue.OfBytes));
        var list = CelType.List(CelType.Parameter("A"));
        to.Function(Operators.Add, list, [list, list], (c, a) => Lists.Concatenate(c, a[0].List, a[1].List));
        DeclareTimes(to);
    }

    /// <summary>One operation on ints.</summary>
    public static CelFault Apply(char sign, long left, long right, ref long result)
    {
        switch (sign)
        {
            case '+':
                result = unchecked(left + right);
                return ((left ^ result) & (right ^ result)) < 0 ? CelFault.Overflow : CelFault.None;
            case '-':
                result = unchecked(left - right);
                return ((left ^ right) & (left ^ result)) < 0 ? CelFault.Overflow : CelFault.None;
            case '*':
                long high = Math.BigMul(left, right, out result);
                return high != result >> 63 ? CelFault.Overflow : CelFault.None;
            case '/' when right == 0:
                return CelFault.DivisionByZero;
            case '%' when right == 0:
                return CelFault.ModulusByZero;
            default:
                if (left == long.MinValue && right == -1)
                {
                    return CelFault.Overflow;
                }

                result = sign == '/' ? left / right : left % right;
                return CelFault.None;
        }
    }

    private static void DeclareTimes(Library to)
    {
        to.Function(Operators.Add, CelType.Timestamp, [CelType.Timestamp, CelType.Duration], (c, a) => Times.Add(c, a[0].Timestamp, a[1].Duration, 1));
        to.Function(Operators.Add, CelType.Timestamp, [CelType.Duration, CelType.Timestamp], (c, a) => Times.Add(c, a[1].Timestamp, a[0].Duration, 1));
        to.Function(Operators.Add, CelType.Duration, [CelType.Duration, CelType.Duration], (c, a) => Times.Add(c, a[0].Duration, a[1].Duration, 1));
        to.Function(Operators.Subtract, CelType.Timestamp, [CelType.Timestamp, CelType.Duration], (c, a) => Times.Add(c, a[0].Timestamp, a[1].Duration, -1));
        to.Function(Operators.Subtract, CelType.Duration, [CelType.Duration, CelType.Duration], (c, a) => Times.Add(c, a[0].Duration, a[1].Duration, -1));
        to.Function(Operators.Subtract, CelType.Duration, [CelType.Timestamp, CelType.Timestamp], (c, a) => Times.Between(c, a[0].Timestamp, a[1].Timestamp));
    }

    private static CelValue Ints(CelContext context, char sign, long left, long right)
    {
        long result = 0;
        CelFault fault = Apply(sign, left, right, ref result);
        return fault == CelFault.None ? CelValue.Of(result) : context.Fail(fault);
    }

    private static CelValue Uints(CelContext context, char sign, ulong left, ulong right)
    {
        if (sign is '/' or '%')
        {
            return right != 0 ? CelValue.Of(sign == '/' ? left / right : left % right)
                : context.Fail(sign == '/' ? CelFault.DivisionByZero : CelFault.ModulusByZero);
        }

        UInt128 wide = sign switch
        {
            '+' => (UInt128)left + right,
            '-' => left >= right ? left - right : UInt128.MaxValue,
            _ => (UInt128)left * right,
        };
        return wide <= ulong.MaxValue ? CelValue.Of((ulong)wide) : context.Fail(CelFault.Overflow);
    }

    private static double Doubles(char sign, double left, double right) => sign switch
    {
        '+' => left + right,
        '-' => left - right,
        '*' => left * right,
        _ => left / right,
    };

    private static CelValue Concatenate(CelContext context, CelText left, CelText right, Func<CelText, CelValue> make)
    {
        if (!context.Reserve((long)left.Length + right.Length))
        {
            return default;
        }

        byte[] bytes = new byte[left.Length + right.Length];
        left.Span.CopyTo(bytes);
        right.Span.CopyTo(bytes.AsSpan(left.Length));
        return make(new CelText(bytes));
    }
}
