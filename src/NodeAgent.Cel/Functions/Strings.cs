// SPDX-License-Identifier: Apache-2.0
using System.Buffers;
using System.Text;
using NodeAgent.Cel.Evaluation;
using NodeAgent.Cel.Types;
using NodeAgent.Cel.Values;

namespace NodeAgent.Cel.Functions;

/// <summary>Functions on strings; positions count code points.</summary>
internal static class Strings
{
    public static void Declare(Library to)
    {
        CelType text = CelType.String, number = CelType.Int, texts = CelType.List(CelType.String);
        to.Member("charAt", text, [text, number], (c, a) => CharAt(c, a[0].Text, a[1].Int));
        to.Member("indexOf", number, [text, text], (c, a) => IndexOf(c, a[0].Text, a[1].Text, 0));
        to.Member("indexOf", number, [text, text, number], (c, a) => IndexOf(c, a[0].Text, a[1].Text, a[2].Int));
        to.Member("lastIndexOf", number, [text, text], (c, a) => LastIndexOf(c, a[0].Text, a[1].Text, null));
        to.Member("lastIndexOf", number, [text, text, number], (c, a) => LastIndexOf(c, a[0].Text, a[1].Text, a[2].Int));
        to.Member("substring", text, [text, number], (c, a) => Substring(c, a[0].Text, a[1].Int, null));
        to.Member("substring", text, [text, number, number], (c, a) => Substring(c, a[0].Text, a[1].Int, a[2].Int));
        to.Member("lowerAscii", text, [text], (c, a) => Map(c, a[0].Text, b => b is >= (byte)'A' and <= (byte)'Z' ? (byte)(b | 0x20) : b));
        to.Member("upperAscii", text, [text], (c, a) => Map(c, a[0].Text, b => b is >= (byte)'a' and <= (byte)'z' ? (byte)(b & ~0x20) : b));
        to.Member("replace", text, [text, text, text], (c, a) => Replace(c, a[0].Text, a[1].Text, a[2].Text, -1));
        to.Member("replace", text, [text, text, text, number], (c, a) => Replace(c, a[0].Text, a[1].Text, a[2].Text, a[3].Int));
        to.Member("split", texts, [text, text], (c, a) => Split(c, a[0].Text, a[1].Text, -1));
        to.Member("split", texts, [text, text, number], (c, a) => Split(c, a[0].Text, a[1].Text, a[2].Int));
        to.Member("join", text, [texts], (c, a) => Join(c, a[0].List, default));
        to.Member("join", text, [texts, text], (c, a) => Join(c, a[0].List, a[1].Text));
        to.Member("trim", text, [text], (_, a) => Trim(a[0].Text));
        to.Member("reverse", text, [text], (c, a) => Reverse(c, a[0].Text));
        to.Member("format", text, [text, CelType.List(CelType.Dyn)], (c, a) => StringFormat.Format(c, a[0].Text.ToString(), a[1].List));
        to.Function("strings.quote", text, [text], (c, a) => c.Reserve(a[0].Text.Length * 2L) ? CelValue.Of(StringFormat.Quote(a[0].Text.ToString())) : default);
    }

    private static CelValue OutOfRange(CelContext context, long index) => context.Fail(CelFault.IndexOutOfRange, -1, CelValue.Of(index));

    private static bool Spend(CelContext context, CelText text) => context.Spend(text.Length >> 4);

    private static CelValue CharAt(CelContext context, CelText text, long index)
    {
        int at = index < 0 || !Spend(context, text) ? -1 : Utf8.OffsetOf(text.Span, index);
        return at < 0 ? OutOfRange(context, index) : CelValue.Of(text.Slice(at, at == text.Length ? 0 : Utf8.LengthOfFirst(text.Span[at..])));
    }

    private static CelValue IndexOf(CelContext context, CelText text, CelText part, long from)
    {
        if (!Spend(context, text))
        {
            return default;
        }

        int at = from < 0 ? -1 : Utf8.OffsetOf(text.Span, from);
        if (at < 0)
        {
            return OutOfRange(context, from);
        }

        int found = text.Span[at..].IndexOf(part.Span);
        return CelValue.Of(found < 0 ? -1L : from + Utf8.CountRunes(text.Span.Slice(at, found)));
    }

    private static CelValue LastIndexOf(CelContext context, CelText text, CelText part, long? upTo)
    {
        if (!Spend(context, text))
        {
            return default;
        }

        int at = upTo is null ? text.Length : upTo < 0 ? -1 : Utf8.OffsetOf(text.Span, upTo.Value);
        if (at < 0)
        {
            return OutOfRange(context, upTo!.Value);
        }

        // The match may begin at the position, and end behind it.
        int end = (int)Math.Min(text.Length, (long)at + part.Length);
        int found = text.Span[..end].LastIndexOf(part.Span);
        return CelValue.Of(found < 0 ? -1L : Utf8.CountRunes(text.Span[..found]));
    }

    private static CelValue Substring(CelContext context, CelText text, long start, long? end)
    {
        if (!Spend(context, text))
        {
            return default;
        }

        int from = start < 0 ? -1 : Utf8.OffsetOf(text.Span, start);
        int to = end is null ? text.Length : end < 0 ? -1 : Utf8.OffsetOf(text.Span, end.Value);
        return from < 0 ? OutOfRange(context, start) : to < from ? OutOfRange(context, end!.Value) : CelValue.Of(text.Slice(from, to - from));
    }

    private static CelValue Map(CelContext context, CelText text, Func<byte, byte> map)
    {
        if (!context.Reserve(text.Length))
        {
            return default;
        }

        byte[] result = text.Span.ToArray();
        for (int i = 0; i < result.Length; i++)
        {
            result[i] = map(result[i]);
        }

        return CelValue.Of(new CelText(result));
    }

    private static CelValue Replace(CelContext context, CelText text, CelText part, CelText by, long limit)
    {
        if (limit == 0 || !Spend(context, text))
        {
            return CelValue.Of(text);
        }

        var result = new ArrayBufferWriter<byte>(text.Length + 16);
        ReadOnlySpan<byte> rest = text.Span;
        for (long count = 0; limit < 0 || count < limit; count++)
        {
            int found = rest.IndexOf(part.Span);
            // An empty part stands before each code point and at the end.
            int kept = part.Length > 0 ? found : count == 0 ? 0 : rest.IsEmpty ? -1 : Utf8.LengthOfFirst(rest);
            if (kept < 0)
            {
                break;
            }

            if (!context.Reserve(kept + by.Length))
            {
                return default;
            }

            result.Write(rest[..kept]);
            result.Write(by.Span);
            rest = rest[(kept + part.Length)..];
        }

        if (!context.Reserve(rest.Length))
        {
            return default;
        }

        result.Write(rest);
        return CelValue.Of(new CelText(result.WrittenSpan.ToArray()));
    }

    private static CelValue Split(CelContext context, CelText text, CelText separator, long limit)
    {
        if (!Spend(context, text))
        {
            return default;
        }

        var result = new ListBuilder(context);
        CelText rest = text;
        for (long count = 1; limit != 0; count++)
        {
            int found = separator.Length > 0 ? rest.Span.IndexOf(separator.Span)
                : rest.Length == 0 || Utf8.LengthOfFirst(rest.Span) == rest.Length ? -1 : Utf8.LengthOfFirst(rest.Span);
            if (found < 0 || count == limit)
            {
                return (separator.Length == 0 && text.Length == 0) || result.Add(CelValue.Of(rest)) ? result.Build() : default;
            }

            if (!result.Add(CelValue.Of(rest.Slice(0, found))))
            {
                return default;
            }

            rest = rest.Slice(found + separator.Length, rest.Length - found - separator.Length);
        }

        return result.Build();
    }

    private static CelValue Join(CelContext context, CelList list, CelText separator)
    {
        var result = new ArrayBufferWriter<byte>();
        for (int i = 0; i < list.Count; i++)
        {
            CelValue item = list[i];
            if (item.Kind != CelKind.String)
            {
                return context.Fail(CelFault.NoSuchOverload);
            }

            if (!context.Reserve(item.Text.Length + separator.Length))
            {
                return default;
            }

            result.Write(i > 0 ? separator.Span : default);
            result.Write(item.Text.Span);
        }

        return CelValue.Of(new CelText(result.WrittenSpan.ToArray()));
    }

    private static CelValue Trim(CelText text)
    {
        int start = 0, end = text.Length;
        while (start < end && Rune.DecodeFromUtf8(text.Span[start..end], out Rune rune, out int length) == OperationStatus.Done && Rune.IsWhiteSpace(rune))
        {
            start += length;
        }

        while (end > start && Rune.DecodeLastFromUtf8(text.Span[start..end], out Rune rune, out int length) == OperationStatus.Done && Rune.IsWhiteSpace(rune))
        {
            end -= length;
        }

        return CelValue.Of(text.Slice(start, end - start));
    }

    private static CelValue Reverse(CelContext context, CelText text)
    {
        if (!context.Reserve(text.Length))
        {
            return default;
        }

        byte[] result = new byte[text.Length];
        ReadOnlySpan<byte> rest = text.Span;
        int end = result.Length;
        while (!rest.IsEmpty)
        {
            int length = Utf8.LengthOfFirst(rest);
            end -= length;
            rest[..length].CopyTo(result.AsSpan(end));
            rest = rest[length..];
        }

        return CelValue.Of(new CelText(result));
    }
}
