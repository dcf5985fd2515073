// SPDX-License-Identifier: Apache-2.0
using System.Buffers;
using System.Text;
using NodeAgent.Cel.Values;

namespace NodeAgent.Cel.Functions;

/// <summary>Code points of UTF-8 text. A byte that is no part of one counts as one.</summary>
internal static class Utf8
{
    public static int CountRunes(ReadOnlySpan<byte> text)
    {
        int ascii = text.IndexOfAnyExceptInRange((byte)0, (byte)0x7f);
        if (ascii < 0)
        {
            return text.Length;
        }

        int count = ascii;
        for (text = text[ascii..]; text.Length > 0; count++)
        {
            text = text[LengthOfFirst(text)..];
        }

        return count;
    }

    /// <returns>At which byte the code point of that number begins, or the length for the one after the last; -1 beyond.</returns>
    public static int OffsetOf(ReadOnlySpan<byte> text, long rune)
    {
        int at = 0;
        for (long i = 0; i < rune; i++)
        {
            if (at >= text.Length)
            {
                return -1;
            }

            at += LengthOfFirst(text[at..]);
        }

        return at;
    }

    public static int LengthOfFirst(ReadOnlySpan<byte> text)
    {
        if (text[0] < 0x80)
        {
            return 1;
        }

        // Of a broken sequence only the first byte: so that each byte belongs to one code point, and equal prefixes count alike.
        return Rune.DecodeFromUtf8(text, out _, out int length) == OperationStatus.Done ? length : 1;
    }

    public static bool IsValid(ReadOnlySpan<byte> text) => System.Text.Unicode.Utf8.IsValid(text);

    public static CelValue Of(CelContext context, string text)
    {
        int length = Encoding.UTF8.GetByteCount(text);
        return context.Reserve(length) ? CelValue.Of(CelText.Of(text)) : default;
    }
}
