// SPDX-License-Identifier: Apache-2.0
using System.Buffers;
using System.Globalization;
using System.Text;

namespace NodeAgent.Events.Text;

/// <summary>Text from the outside as it may be shown on a terminal: nothing in it moves the cursor, hides or reorders text.</summary>
public static class TerminalText
{
    // C0, DEL, C1, line and paragraph separators, and the marks that change the direction of writing (UAX #9) or show nothing.
    private static readonly SearchValues<char> Dangerous = SearchValues.Create(
        string.Concat(
            Range('\u0000', '\u001f'),
            Range('\u007f', '\u009f'),
            "\u00ad\u061c",
            Range('\u200b', '\u200f'),
            Range('\u2028', '\u202e'),
            Range('\u2060', '\u206f'),
            "\ufeff",
            Range('\ufff9', '\ufffb'),
            Range('\ud800', '\udfff')));

    /// <returns>
    /// Shape: <c>\n \r \t</c>, else <c>\xNN</c> below U+0100 and <c>\u{N…}</c> above; text without such characters is returned as it is.
    /// Made for eyes: the way back is not unique (a backslash stays one).
    /// </returns>
    public static string Escape(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        int first = text.AsSpan().IndexOfAny(Dangerous);
        if (first < 0)
        {
            return text;
        }

        var escaped = new StringBuilder(text.Length + 16).Append(text, 0, first);
        ReadOnlySpan<char> rest = text.AsSpan(first);
        while (!rest.IsEmpty)
        {
            OperationStatus status = Rune.DecodeFromUtf16(rest, out Rune rune, out int consumed);
            if (status != OperationStatus.Done)
            {
                AppendCode(escaped, rest[0]);
                consumed = 1;
            }
            else if (rune.IsBmp ? Dangerous.Contains((char)rune.Value) : IsHidden(rune))
            {
                AppendCode(escaped, rune.Value);
            }
            else
            {
                escaped.Append(rest[..consumed]);
            }

            rest = rest[consumed..];
        }

        return escaped.ToString();
    }

    /// <summary>Tag characters and other format characters outside the basic plane.</summary>
    private static bool IsHidden(Rune rune) => Rune.GetUnicodeCategory(rune) == UnicodeCategory.Format;

    private static void AppendCode(StringBuilder text, int code)
    {
        _ = code switch
        {
            '\n' => text.Append("\\n"),
            '\r' => text.Append("\\r"),
            '\t' => text.Append("\\t"),
            < 0x100 => text.Append(CultureInfo.InvariantCulture, $"\\x{code:X2}"),
            _ => text.Append(CultureInfo.InvariantCulture, $"\\u{{{code:X}}}"),
        };
    }

    private static string Range(char first, char last) =>
        string.Create(last - first + 1, first, static (span, start) =>
        {
            for (int i = 0; i < span.Length; i++)
            {
                span[i] = (char)(start + i);
            }
        });
}
