// SPDX-License-Identifier: Apache-2.0
using System.Buffers;
using NodeAgent.Cel.Values;

namespace NodeAgent.Cel.Evaluation;

/// <summary>A part of a compiled expression. Immutable; what it works on stands in the context.</summary>
/// <remarks>
/// Each method evaluates the part. After a call the caller looks at <see cref="CelContext.Fault"/>: the returned value
/// means nothing when it is set. The typed methods are called only where the checker found that type.
/// </remarks>
internal abstract class Node(int offset)
{
    public int Offset { get; } = offset;

    public abstract CelValue Value(CelContext context);

    public virtual bool Bool(CelContext context)
    {
        CelValue value = Value(context);
        if (value.Kind != CelKind.Bool && context.Fault == CelFault.None)
        {
            context.Fail(CelFault.NoSuchOverload, Offset);
        }

        return value.Bool;
    }

    /// <summary>An int; or a uint, as the same bits.</summary>
    public virtual long Bits(CelContext context) => Value(context).Int;

    public virtual CelText Text(CelContext context) => Value(context).Text;

    /// <summary>Writes the string that it gives.</summary>
    public virtual void Write(CelContext context, IBufferWriter<byte> to)
    {
        CelText text = Text(context);
        if (context.Fault == CelFault.None && context.Reserve(text.Length))
        {
            to.Write(text.Span);
        }
    }

    public virtual CelList? List(CelContext context) => Value(context).Reference as CelList;

    public virtual CelObject? Object(CelContext context) => Value(context).Reference as CelObject;
}

internal abstract class BoolNode(int offset) : Node(offset)
{
    public abstract override bool Bool(CelContext context);

    public sealed override long Bits(CelContext context) => Bool(context) ? 1 : 0;

    public sealed override CelValue Value(CelContext context) => CelValue.Of(Bool(context));
}

internal abstract class IntNode(int offset) : Node(offset)
{
    public abstract override long Bits(CelContext context);

    public override CelValue Value(CelContext context) => CelValue.Of(Bits(context));
}
