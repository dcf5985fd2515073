// SPDX-License-Identifier: Apache-2.0
using System.Buffers;
using System.Globalization;
using System.Text;

namespace NodeAgent.Export.Sinks.Formats;

/// <summary>Text that may stand in a line: what a terminal or a line reader could take for a command is written as <c>\x1b</c> or <c>\u202e</c>.</summary>
/// <remarks>As in our JSON: controls of C0 and C1, DEL, the line and paragraph separators, invisible marks and those that turn the direction; lone surrogates become U+FFFD.</remarks>
internal static class OneLine
{
    private const char Replacement = '\ufffd';

    private static readonly SearchValues<char> Special = SearchValues.Create(
        [.. Enumerable.Range(0, 0x20).Concat(Enumerable.Range(0x7f, 0x21)).Concat([0xad, 0x61c, 0x180e, 0xfeff, 0xfff9, 0xfffa, 0xfffb])
            .Concat(Enumerable.Range(0x200b, 5)).Concat(Enumerable.Range(0x2028, 7)).Concat(Enumerable.Range(0x2060, 16)).Concat(Enumerable.Range(0xd800, 0x800)).Select(c => (char)c)]);

    /// <param name="escaped">Characters that get a backslash, as the format around asks; a backslash of the text must be among them where it has a meaning.</param>
    public static string Escape(string? text, string escaped = "")
    {
        if (string.IsNullOrEmpty(text))
        {
            return string.Empty;
        }

        if (text.AsSpan().IndexOfAny(Special) < 0 && (escaped.Length == 0 || text.AsSpan().IndexOfAny(escaped) < 0))
        {
            return text;
        }

        var line = new StringBuilder(text.Length + 16);
        string backslash = escaped.Contains('\\', StringComparison.Ordinal) ? @"\\" : @"\";
        foreach (Rune rune in text.EnumerateRunes())
        {
            Append(line, rune, escaped, backslash);
        }

        return line.ToString();
    }

    public static void Write(this IBufferWriter<byte> output, string text) => Encoding.UTF8.GetBytes(text, output);

    private static void Append(StringBuilder line, Rune rune, string escaped, string backslash)
    {
        if (!rune.IsBmp)
        {
            line.Append(rune.ToString());
            return;
        }

        // EnumerateRunes gives U+FFFD for a lone surrogate.
        char c = (char)rune.Value;
        if (c != Replacement && Special.Contains(c))
        {
            line.Append(backslash).Append(c < 0x100 ? 'x' : 'u').Append(((int)c).ToString(c < 0x100 ? "x2" : "x4", CultureInfo.InvariantCulture));
            return;
        }

        if (escaped.Contains(c, StringComparison.Ordinal))
        {
            line.Append('\\');
        }

        line.Append(c);
    }
}
