// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text;
using System.Text.Unicode;
using NodeAgent.Events.Text;

namespace NodeAgent.Rules.Expressions;

/// <summary>Text as a literal of the expression language: whatever it is, nothing of it is read as anything but text.</summary>
/// <remarks>Source: the language definition, "String and Bytes Values".</remarks>
internal static class CelLiteral
{
    /// <summary>The text as a person would write it, where nothing in it misleads.</summary>
    /// <param name="text">Shape: well-formed UTF-16.</param>
    public static string Of(string text)
    {
        var made = new StringBuilder(text.Length + 2).Append('\'');
        foreach (char c in text)
        {
            switch (c)
            {
                case '\\' or '\'':
                    made.Append('\\').Append(c);
                    break;
                case '\n':
                    made.Append("\\n");
                    break;
                case '\r':
                    made.Append("\\r");
                    break;
                case '\t':
                    made.Append("\\t");
                    break;
                default:
                    if (char.IsControl(c) || c is '\u2028' or '\u2029' or '\uFEFF')
                    {
                        made.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
                    }
                    else
                    {
                        made.Append(c);
                    }

                    break;
            }
        }

        return made.Append('\'').ToString();
    }

    public static string ListOf(IEnumerable<string> texts) => $"[{string.Join(", ", texts.Select(Of))}]";

    /// <summary>An expression that is true of exactly that text.</summary>
    /// <param name="value">Shape: an expression that gives a text.</param>
    /// <param name="text">Shape: <see cref="ByteText"/>.</param>
    public static string Equal(string value, string text)
    {
        byte[] bytes = ByteText.Encode(text);

        // A text of the language is Unicode; what the kernel calls a name need not be.
        return Utf8.IsValid(bytes) ? $"{value} == {Ascii(Encoding.UTF8.GetString(bytes))}" : $"bytes({value}) == {QuoteBytes(bytes)}";
    }

    /// <summary>Whether <see cref="Ascii"/> can write the text.</summary>
    public static bool IsText(string text) => Utf8.IsValid(ByteText.Encode(text));

    /// <summary>The text in printable ASCII without line breaks, whatever it holds: for a file that a person pastes from an alert.</summary>
    /// <param name="text">As it is, not <see cref="ByteText"/>.</param>
    public static string Ascii(string text)
    {
        var literal = new StringBuilder("\"", text.Length + 2);
        foreach (Rune rune in text.EnumerateRunes())
        {
            if (rune.Value is >= ' ' and <= '~' and not ('"' or '\\'))
            {
                literal.Append((char)rune.Value);
            }
            else
            {
                literal.Append(CultureInfo.InvariantCulture, $"\\U{rune.Value:x8}");
            }
        }

        return literal.Append('"').ToString();
    }

    private static string QuoteBytes(ReadOnlySpan<byte> bytes)
    {
        var literal = new StringBuilder("b\"", bytes.Length + 3);
        foreach (byte one in bytes)
        {
            if (one is >= (byte)' ' and <= (byte)'~' and not ((byte)'"' or (byte)'\\'))
            {
                literal.Append((char)one);
            }
            else
            {
                literal.Append(CultureInfo.InvariantCulture, $"\\x{one:x2}");
            }
        }

        return literal.Append('"').ToString();
    }
}
