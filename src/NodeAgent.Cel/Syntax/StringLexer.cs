// SPDX-License-Identifier: Apache-2.0
using System.Buffers;
using System.Globalization;
using System.Text;
using NodeAgent.Cel.Values;

namespace NodeAgent.Cel.Syntax;

/// <summary>Reads string and bytes literals: raw, in one or three quotes, with escapes.</summary>
internal static class StringLexer
{
    public static bool Starts(string text, int at)
    {
        int quote = at;
        while (quote < text.Length && quote < at + 2 && text[quote] is ('r' or 'R' or 'b' or 'B'))
        {
            quote++;
        }

        bool twice = quote == at + 2 && char.ToLowerInvariant(text[at]) == char.ToLowerInvariant(text[at + 1]);
        return quote < text.Length && text[quote] is ('"' or '\'') && !twice;
    }

    public static Token Read(string text, int start)
    {
        int at = start;
        bool raw = false, bytes = false;
        for (; text[at] is not ('"' or '\''); at++)
        {
            raw |= text[at] is 'r' or 'R';
            bytes |= text[at] is 'b' or 'B';
        }

        char quote = text[at];
        bool triple = at + 2 < text.Length && text[at + 1] == quote && text[at + 2] == quote;
        at += triple ? 3 : 1;
        var content = new ArrayBufferWriter<byte>();
        while (true)
        {
            if (at >= text.Length || (!triple && text[at] is ('\n' or '\r')))
            {
                throw new CelSyntaxException(start, $"the literal that begins here does not end with {(triple ? new string(quote, 3) : quote)}");
            }

            if (text[at] == quote && (!triple || (at + 2 < text.Length && text[at + 1] == quote && text[at + 2] == quote)))
            {
                at += triple ? 3 : 1;
                return new Token(bytes ? TokenKind.Bytes : TokenKind.String, start, at - start, "", CelText.Of(content.WrittenSpan));
            }

            at = text[at] == '\\' && !raw ? Escape(text, at, bytes, content) : Plain(text, at, content);
        }
    }

    private static int Plain(string text, int at, ArrayBufferWriter<byte> content)
    {
        if (!Rune.TryGetRuneAt(text, at, out Rune rune))
        {
            throw new CelSyntaxException(at, "unpaired surrogate");
        }

        Write(content, rune);
        return at + rune.Utf16SequenceLength;
    }

    private static int Escape(string text, int at, bool bytes, ArrayBufferWriter<byte> content)
    {
        char kind = at + 1 < text.Length ? text[at + 1] : '\0';
        int simple = kind switch
        {
            '\\' or '?' or '"' or '\'' or '`' => kind,
            'a' => '\a',
            'b' => '\b',
            'f' => '\f',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'v' => '\v',
            _ => -1,
        };
        if (simple >= 0)
        {
            content.Write([(byte)simple]);
            return at + 2;
        }

        (int digits, bool octal) = kind switch
        {
            'x' or 'X' => (2, false),
            'u' when !bytes => (4, false),
            'U' when !bytes => (8, false),
            >= '0' and <= '3' => (3, true),
            _ => throw new CelSyntaxException(at, kind is 'u' or 'U' ? $"\\{kind} is not for bytes" : "unknown escape sequence: a backslash is written \\\\"),
        };
        int first = octal ? at + 1 : at + 2;
        long value = Digits(text, at, first, digits, octal);
        if (bytes)
        {
            content.Write([(byte)value]);
        }
        else if (value <= 0x10FFFF && Rune.TryCreate((uint)value, out Rune rune))
        {
            Write(content, rune);
        }
        else
        {
            throw new CelSyntaxException(at, $"U+{value:X4} is no Unicode code point");
        }

        return first + digits;
    }

    private static long Digits(string text, int at, int first, int count, bool octal)
    {
        if (first + count > text.Length)
        {
            throw new CelSyntaxException(at, $"the escape sequence needs {count} digits");
        }

        ReadOnlySpan<char> digits = text.AsSpan(first, count);
        if (digits.ContainsAnyExcept(octal ? "01234567" : "0123456789abcdefABCDEF"))
        {
            throw new CelSyntaxException(at, $"the escape sequence needs {count} {(octal ? "octal" : "hexadecimal")} digits");
        }

        return octal
            ? ((digits[0] - '0') * 64) + ((digits[1] - '0') * 8) + (digits[2] - '0')
            : long.Parse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
    }

    private static void Write(ArrayBufferWriter<byte> content, Rune rune) => content.Advance(rune.EncodeToUtf8(content.GetSpan(4)));
}
