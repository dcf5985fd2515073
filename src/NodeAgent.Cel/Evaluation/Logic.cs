// SPDX-License-Identifier: Apache-2.0
using System.Buffers;
using NodeAgent.Cel.Values;

namespace NodeAgent.Cel.Evaluation;

/// <summary>A row of <c>&amp;&amp;</c> or <c>||</c>: the value that decides wins over errors on either side.</summary>
internal sealed class LogicNode(int offset, bool isAnd, Node[] operands) : BoolNode(offset)
{
    private readonly bool _decides = !isAnd;

    public override bool Bool(CelContext context)
    {
        for (int i = 0; i < operands.Length; i++)
        {
            bool value = operands[i].Bool(context);
            if (context.Fault != CelFault.None)
            {
                return AfterFault(context, i + 1);
            }

            if (value == _decides)
            {
                return _decides;
            }
        }

        return !_decides;
    }

    private bool AfterFault(CelContext context, int next)
    {
        FaultState first = context.SaveFault();
        for (int i = next; i < operands.Length && !context.IsFatal; i++)
        {
            context.ClearFault();
            bool value = operands[i].Bool(context);
            if (context.Fault == CelFault.None && value == _decides)
            {
                return _decides;
            }
        }

        if (!context.IsFatal)
        {
            context.RestoreFault(first);
        }

        return false;
    }
}

internal sealed class NotNode(int offset, Node operand) : BoolNode(offset)
{
    public override bool Bool(CelContext context) => !operand.Bool(context);
}

internal sealed class ConditionalNode(int offset, Node condition, Node then, Node otherwise) : Node(offset)
{
    public override CelValue Value(CelContext context) => Chosen(context) is { } node ? node.Value(context) : default;

    public override bool Bool(CelContext context) => Chosen(context) is { } node && node.Bool(context);

    public override long Bits(CelContext context) => Chosen(context) is { } node ? node.Bits(context) : default;

    public override CelText Text(CelContext context) => Chosen(context) is { } node ? node.Text(context) : default;

    public override void Write(CelContext context, IBufferWriter<byte> to) => Chosen(context)?.Write(context, to);

    private Node? Chosen(CelContext context)
    {
        bool value = condition.Bool(context);
        return context.Fault != CelFault.None ? null : value ? then : otherwise;
    }
}
