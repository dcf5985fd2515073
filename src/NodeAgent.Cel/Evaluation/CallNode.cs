// SPDX-License-Identifier: Apache-2.0
using System.Runtime.CompilerServices;
using NodeAgent.Cel.Checking;
using NodeAgent.Cel.Functions;
using NodeAgent.Cel.Values;

namespace NodeAgent.Cel.Evaluation;

/// <summary>A call; the overload is chosen by the values when the types did not choose one.</summary>
internal sealed class CallNode(int offset, Overload[] overloads, Node[] arguments, bool isCertain) : Node(offset)
{
    public override CelValue Value(CelContext context)
    {
        if (arguments.Length <= 2)
        {
            var few = default(TwoValues);
            return Invoke(context, ((Span<CelValue>)few)[..arguments.Length]);
        }

        var many = default(ManyValues);
        return Invoke(context, ((Span<CelValue>)many)[..arguments.Length]);
    }

    private CelValue Invoke(CelContext context, Span<CelValue> values)
    {
        for (int i = 0; i < arguments.Length; i++)
        {
            values[i] = arguments[i].Value(context);
            if (context.Fault != CelFault.None)
            {
                return default;
            }
        }

        Overload? chosen = isCertain ? overloads[0] : Choose(values);
        if (chosen is null)
        {
            return context.Fail(CelFault.NoSuchOverload, Offset);
        }

        CelValue result = chosen.Implementation(context, values);
        if (context.Fault != CelFault.None && context.FaultOffset < 0)
        {
            context.FaultOffset = Offset;
        }

        return result;
    }

    private Overload? Choose(ReadOnlySpan<CelValue> values)
    {
        foreach (Overload overload in overloads)
        {
            if (overload.Accepts(values))
            {
                return overload;
            }
        }

        return null;
    }

    [InlineArray(2)]
    private struct TwoValues
    {
        private CelValue _first;
    }

    [InlineArray(FunctionTable.MostParameters)]
    private struct ManyValues
    {
        private CelValue _first;
    }
}
