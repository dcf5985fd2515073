// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Cel.Functions;
using NodeAgent.Cel.Values;

namespace NodeAgent.Cel.Evaluation;

/// <summary><c>text.matches("constant")</c>: compiled with the expression.</summary>
internal sealed class MatchesNode(int offset, Node text, Pattern pattern) : BoolNode(offset)
{
    public override bool Bool(CelContext context)
    {
        CelText value = text.Text(context);
        if (context.Fault != CelFault.None || !context.Spend(pattern.StepsFor(value.Length)))
        {
            return false;
        }

        return pattern.IsMatch(value.Span);
    }
}
