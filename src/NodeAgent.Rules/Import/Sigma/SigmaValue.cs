// SPDX-License-Identifier: Apache-2.0
using System.Text;
using NodeAgent.Rules.Import.Conditions;

namespace NodeAgent.Rules.Import.Sigma;

/// <summary>Values as Sigma writes them: <c>*</c> and <c>?</c> are wildcards unless a backslash stands before them.</summary>
/// <remarks>Source: the Sigma rules specification, escaping.</remarks>
internal static class SigmaValue
{
    private const string Dashes = "-/–—―";

    /// <param name="anyDash">Each sign of an option at the start of a word stands for all of them.</param>
    public static TextPattern Pattern(string value, bool anyDash)
    {
        var pattern = new TextPattern();
        for (int at = 0; at < value.Length; at++)
        {
            char c = value[at];
            if (c == '\\' && at + 1 < value.Length && value[at + 1] is '*' or '?' or '\\')
            {
                pattern.Text(value[++at].ToString());
            }
            else if (c == '*')
            {
                pattern.AnyRun();
            }
            else if (c == '?')
            {
                pattern.OneOf(".");
            }
            else if (anyDash && IsOption(value, at))
            {
                pattern.OneOf($"[{Dashes[1..]}{Dashes[0]}]");
            }
            else
            {
                pattern.Text(c.ToString());
            }
        }

        return pattern;
    }

    /// <summary>The value without wildcards, as text that is to be encoded.</summary>
    /// <exception cref="FormatException">It has wildcards.</exception>
    public static string Plain(string value) => Pattern(value, anyDash: false).Plain
        ?? throw new FormatException($"'{value}' has wildcards, and cannot be encoded");

    /// <summary>What is seen of bytes in a longer text of Base64, for each of the three places where they may begin.</summary>
    public static IEnumerable<string> Base64Parts(byte[] bytes)
    {
        for (int shift = 0; shift < 3; shift++)
        {
            string encoded = Convert.ToBase64String([.. new byte[shift], .. bytes]);
            int from = shift switch { 0 => 0, 1 => 2, _ => 3 };
            int cut = ((bytes.Length + shift) % 3) switch { 0 => 0, 1 => 3, _ => 2 };
            int length = encoded.Length - cut - from;
            if (length > 0)
            {
                yield return encoded.Substring(from, length);
            }
        }
    }

    public static byte[] Encode(string text, string encoding) => encoding switch
    {
        "wide" or "utf16le" => Encoding.Unicode.GetBytes(text),
        "utf16be" => Encoding.BigEndianUnicode.GetBytes(text),
        "utf16" => [.. Encoding.Unicode.GetPreamble(), .. Encoding.Unicode.GetBytes(text)],
        _ => Encoding.UTF8.GetBytes(text),
    };

    // Not behind a letter or digit, and before one.
    private static bool IsOption(string value, int at) =>
        Dashes.Contains(value[at], StringComparison.Ordinal)
        && (at == 0 || !IsWord(value[at - 1]))
        && at + 1 < value.Length && IsWord(value[at + 1]);

    private static bool IsWord(char c) => char.IsLetterOrDigit(c) || c == '_';
}
