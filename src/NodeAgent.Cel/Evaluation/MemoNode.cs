// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Cel.Values;

namespace NodeAgent.Cel.Evaluation;

/// <summary>What a common part gave for the event at hand.</summary>
internal struct MemoCell
{
    public int Epoch;
    public CelValue Value;
    public FaultState Fault;
}

/// <summary>A part that several expressions of a set have: evaluated by the first that asks, for each event.</summary>
/// <remarks>Where an evaluation runs out of steps inside the part, that is its own error and is not kept.</remarks>
internal sealed class MemoNode(Node inner, CelProgramSet owner, int cell) : Node(inner.Offset)
{
    public override CelValue Value(CelContext context)
    {
        if (context.ProgramSet != owner)
        {
            return inner.Value(context);
        }

        ref MemoCell memo = ref context.Memo[cell];
        if (memo.Epoch != context.Epoch)
        {
            Fill(context, ref memo);
        }
        else if (memo.Fault.Fault != CelFault.None)
        {
            context.RestoreFault(memo.Fault);
        }

        return memo.Value;
    }

    public override bool Bool(CelContext context)
    {
        if (context.ProgramSet == owner)
        {
            ref readonly MemoCell memo = ref context.Memo[cell];
            if (memo.Epoch == context.Epoch && memo.Fault.Fault == CelFault.None && memo.Value.Kind == CelKind.Bool)
            {
                return memo.Value.Bool;
            }
        }

        return base.Bool(context);
    }

    public override CelText Text(CelContext context)
    {
        if (context.ProgramSet == owner)
        {
            ref readonly MemoCell memo = ref context.Memo[cell];
            if (memo.Epoch == context.Epoch && memo.Fault.Fault == CelFault.None)
            {
                return memo.Value.Text;
            }
        }

        return base.Text(context);
    }

    private void Fill(CelContext context, ref MemoCell memo)
    {
        CelValue value = inner.Value(context);
        memo.Value = value;
        memo.Fault = context.Fault == CelFault.None ? default : context.SaveFault();
        memo.Epoch = context.IsFatal ? 0 : context.Epoch;
    }
}
