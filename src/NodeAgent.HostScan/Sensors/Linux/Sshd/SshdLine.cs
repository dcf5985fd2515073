// SPDX-License-Identifier: Apache-2.0
using System.Text;

namespace NodeAgent.HostScan.Sensors.Linux.Sshd;

/// <summary>A line of sshd_config.</summary>
/// <param name="Keyword">In lower case.</param>
internal sealed record SshdLine(string Keyword, IReadOnlyList<string> Arguments)
{
    /// <param name="text">Shape: <c>Keyword argument "argument with blanks"</c>; an equals sign may follow the keyword.</param>
    /// <returns>Null = empty or a comment.</returns>
    public static SshdLine? Parse(string text)
    {
        string line = text.Trim();
        int end = line.AsSpan().IndexOfAny(' ', '\t', '=');
        if (line.Length == 0 || line[0] == '#')
        {
            return null;
        }

        string keyword = (end < 0 ? line : line[..end]).ToLowerInvariant();
        string rest = end < 0 ? string.Empty : line[end..].TrimStart(' ', '\t');
        return new SshdLine(keyword, Words(rest.StartsWith('=') ? rest[1..] : rest));
    }

    // Quotes hold words together, a backslash takes a quote or a backslash as it is, and a hash at the beginning of a word ends the line.
    private static List<string> Words(string text)
    {
        var words = new List<string>();
        var word = new StringBuilder();
        char quote = '\0';
        bool isWord = false;
        for (int i = 0; i < text.Length; i++)
        {
            char character = text[i];
            if (character == '#' && !isWord)
            {
                break;
            }

            if (character == '\\' && i + 1 < text.Length && text[i + 1] is '"' or '\'' or '\\')
            {
                (isWord, character) = (true, text[++i]);
                word.Append(character);
            }
            else if (quote == '\0' ? character is '"' or '\'' : character == quote)
            {
                (isWord, quote) = (true, quote == '\0' ? character : '\0');
            }
            else if (quote != '\0' || !char.IsWhiteSpace(character))
            {
                isWord = true;
                word.Append(character);
            }
            else if (isWord)
            {
                words.Add(word.ToString());
                word.Clear();
                isWord = false;
            }
        }

        if (isWord)
        {
            words.Add(word.ToString());
        }

        return words;
    }
}
