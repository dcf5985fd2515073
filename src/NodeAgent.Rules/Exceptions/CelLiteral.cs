// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text;
using System.Text.Unicode;
using NodeAgent.Events.Text;

namespace NodeAgent.Rules.Exceptions;

/// <summary>Text of an alert as a literal of the language. Shape: printable ASCII without line breaks, whatever the text holds.</summary>
/// <remarks>Source: the language definition, "String and Bytes Values".</remarks>
internal static class CelLiteral
{
    /// <summary>An expression that is true of exactly that text.</summary>
    /// <param name="value">Shape: an expression that gives a text.</param>
    /// <param name="text">Shape: <see cref="ByteText"/>.</param>
    public static string Equal(string value, string text)
    {
        byte[] bytes = ByteText.Encode(text);

        // A text of the language is Unicode; what the kernel calls a name need not be.
        return Utf8.IsValid(bytes) ? $"{value} == {Quote(Encoding.UTF8.GetString(bytes))}" : $"bytes({value}) == {QuoteBytes(bytes)}";
    }

    /// <summary>Whether <see cref="Quote"/> can write the text.</summary>
    public static bool IsText(string text) => Utf8.IsValid(ByteText.Encode(text));

    /// <param name="text">As it is, not <see cref="ByteText"/>.</param>
    public static string Quote(string text)
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
