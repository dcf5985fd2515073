// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Cel.Values;

namespace NodeAgent.Cel.Evaluation;

/// <summary>A host's function of two strings that answers yes or no.</summary>
internal sealed class TextQuestionNode(int offset, CelTest test, Node[] arguments) : BoolNode(offset)
{
    private readonly Node _first = arguments[0];
    private readonly Node _second = arguments[1];

    public override bool Bool(CelContext context)
    {
        CelText first = _first.Text(context);
        if (context.Fault != CelFault.None)
        {
            return false;
        }

        CelText second = _second.Text(context);
        if (context.Fault != CelFault.None)
        {
            return false;
        }

        bool answer = test(context, first, second);
        if (context.Fault != CelFault.None && context.FaultOffset < 0)
        {
            context.FaultOffset = Offset;
        }

        return answer;
    }
}
