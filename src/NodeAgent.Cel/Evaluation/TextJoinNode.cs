// SPDX-License-Identifier: Apache-2.0
using System.Buffers;
using System.Buffers.Text;
using NodeAgent.Cel.Values;

namespace NodeAgent.Cel.Evaluation;

/// <summary>Two strings behind each other.</summary>
internal sealed class TextJoinNode(int offset, Node[] parts) : Node(offset)
{
    public override CelValue Value(CelContext context) => CelValue.Of(Text(context));

    public override CelText Text(CelContext context)
    {
        CelText left = parts[0].Text(context);
        if (context.Fault != CelFault.None)
        {
            return default;
        }

        CelText right = parts[1].Text(context);
        if (context.Fault != CelFault.None || !context.Reserve((long)left.Length + right.Length))
        {
            return default;
        }

        byte[] bytes = new byte[left.Length + right.Length];
        left.Span.CopyTo(bytes);
        right.Span.CopyTo(bytes.AsSpan(left.Length));
        return new CelText(bytes);
    }

    public override void Write(CelContext context, IBufferWriter<byte> to)
    {
        parts[0].Write(context, to);
        if (context.Fault == CelFault.None)
        {
            parts[1].Write(context, to);
        }
    }
}

/// <summary>A number as text.</summary>
internal sealed class NumberTextNode(int offset, Node number, bool isUnsigned) : Node(offset)
{
    private const int MostDigits = 20;

    public override CelValue Value(CelContext context) => CelValue.Of(Text(context));

    public override CelText Text(CelContext context)
    {
        Span<byte> digits = stackalloc byte[MostDigits];
        int length = Format(context, digits);
        return context.Fault == CelFault.None && context.Reserve(length) ? CelText.Of(digits[..length]) : default;
    }

    public override void Write(CelContext context, IBufferWriter<byte> to)
    {
        Span<byte> digits = stackalloc byte[MostDigits];
        int length = Format(context, digits);
        if (context.Fault == CelFault.None && context.Reserve(length))
        {
            to.Write(digits[..length]);
        }
    }

    private int Format(CelContext context, Span<byte> digits)
    {
        long bits = number.Bits(context);
        _ = isUnsigned ? Utf8Formatter.TryFormat((ulong)bits, digits, out int length) : Utf8Formatter.TryFormat(bits, digits, out length);
        return length;
    }
}
