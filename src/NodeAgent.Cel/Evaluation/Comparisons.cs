// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Cel.Values;

namespace NodeAgent.Cel.Evaluation;

internal enum Comparison
{
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

/// <summary>Two strings of which both types are known.</summary>
internal sealed class TextEqualNode(int offset, bool isEqual, Node left, Node right) : BoolNode(offset)
{
    public override bool Bool(CelContext context)
    {
        CelText first = left.Text(context);
        if (context.Fault != CelFault.None)
        {
            return false;
        }

        CelText second = right.Text(context);
        return first.Span.SequenceEqual(second.Span) == isEqual;
    }
}

/// <summary>Two ints, two uints or two bools.</summary>
internal sealed class BitsCompareNode(int offset, Comparison comparison, bool isUnsigned, Node left, Node right) : BoolNode(offset)
{
    // Turns the order of uints into that of ints with the same bits.
    private readonly long _flip = isUnsigned ? long.MinValue : 0;

    public override bool Bool(CelContext context)
    {
        long first = left.Bits(context);
        if (context.Fault != CelFault.None)
        {
            return false;
        }

        long second = right.Bits(context) ^ _flip;
        first ^= _flip;
        return comparison switch
        {
            Comparison.Equal => first == second,
            Comparison.NotEqual => first != second,
            Comparison.Less => first < second,
            Comparison.LessOrEqual => first <= second,
            Comparison.Greater => first > second,
            _ => first >= second,
        };
    }
}

/// <summary>Values of any types.</summary>
internal sealed class EqualNode(int offset, bool isEqual, Node left, Node right) : BoolNode(offset)
{
    public override bool Bool(CelContext context)
    {
        CelValue first = left.Value(context);
        if (context.Fault != CelFault.None)
        {
            return false;
        }

        CelValue second = right.Value(context);
        return context.Fault == CelFault.None && context.Spend(Weight(first)) && CelEquality.AreEqual(first, second) == isEqual;
    }

    private static long Weight(in CelValue value) => value.Kind switch
    {
        CelKind.String or CelKind.Bytes => value.Text.Length >> 4,
        CelKind.List => value.List.Count,
        CelKind.Map => value.Map.Count,
        _ => 0,
    };
}

internal enum TextTest
{
    StartsWith,
    EndsWith,
    Contains,
}

/// <summary><c>startsWith</c>, <c>endsWith</c>, <c>contains</c>.</summary>
internal sealed class TextTestNode(int offset, TextTest test, Node text, Node part) : BoolNode(offset)
{
    public override bool Bool(CelContext context)
    {
        CelText whole = text.Text(context);
        if (context.Fault != CelFault.None)
        {
            return false;
        }

        CelText searched = part.Text(context);
        if (context.Fault != CelFault.None)
        {
            return false;
        }

        if (test == TextTest.Contains)
        {
            return context.Spend(whole.Length >> 4) && whole.Span.IndexOf(searched.Span) >= 0;
        }

        return test == TextTest.StartsWith ? whole.Span.StartsWith(searched.Span) : whole.Span.EndsWith(searched.Span);
    }
}

/// <summary>Arithmetic of ints, with errors where the result does not fit.</summary>
internal sealed class IntArithmeticNode(int offset, string function, Node left, Node right) : IntNode(offset)
{
    private readonly char _sign = function[1];

    public override long Bits(CelContext context)
    {
        long first = left.Bits(context);
        if (context.Fault != CelFault.None)
        {
            return 0;
        }

        long second = right.Bits(context);
        if (context.Fault != CelFault.None)
        {
            return 0;
        }

        long result = 0;
        CelFault fault = Functions.Arithmetic.Apply(_sign, first, second, ref result);
        if (fault != CelFault.None)
        {
            context.Fail(fault, Offset);
        }

        return result;
    }
}
