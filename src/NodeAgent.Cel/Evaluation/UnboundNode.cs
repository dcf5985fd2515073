// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Cel.Values;

namespace NodeAgent.Cel.Evaluation;

/// <summary>A name that stands for nothing, in an expression that was not checked.</summary>
internal sealed class UnboundNode(int offset, string name) : Node(offset)
{
    public override CelValue Value(CelContext context) => context.Fail(CelFault.Unbound, Offset, default, name);
}
