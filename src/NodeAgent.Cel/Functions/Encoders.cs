// SPDX-License-Identifier: Apache-2.0
using System.Buffers;
using System.Buffers.Text;
using NodeAgent.Cel.Types;
using NodeAgent.Cel.Values;

namespace NodeAgent.Cel.Functions;

/// <summary>Base64, with or without padding when it is read.</summary>
internal static class Encoders
{
    public static void Declare(Library to)
    {
        to.Function("base64.encode", CelType.String, [CelType.Bytes], (c, a) =>
        {
            int length = Base64.GetMaxEncodedToUtf8Length(a[0].Text.Length);
            if (!c.Reserve(length))
            {
                return default;
            }

            byte[] encoded = new byte[length];
            Base64.EncodeToUtf8(a[0].Text.Span, encoded, out _, out int written);
            return CelValue.Of(new CelText(encoded, 0, written));
        });
        to.Function("base64.decode", CelType.Bytes, [CelType.String], Decode);
    }

    private static CelValue Decode(CelContext context, ReadOnlySpan<CelValue> a)
    {
        ReadOnlySpan<byte> text = a[0].Text.Span;
        if (!context.Reserve(text.Length * 2L))
        {
            return default;
        }

        byte[] padded = new byte[(text.Length + 3) / 4 * 4];
        text.CopyTo(padded);
        padded.AsSpan(text.Length).Fill((byte)'=');
        byte[] decoded = new byte[Base64.GetMaxDecodedFromUtf8Length(padded.Length)];
        return Base64.DecodeFromUtf8(padded, decoded, out _, out int written) == OperationStatus.Done
            ? CelValue.OfBytes(new CelText(decoded, 0, written)) : context.Fail(CelFault.BadArgument, -1, a[0], "no base64");
    }
}
