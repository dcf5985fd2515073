// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text;

namespace NodeAgent.Rules.Import.Conditions;

/// <summary>Text as a literal of the expression language: whatever it is, nothing of it is read as anything but text.</summary>
internal static class CelLiteral
{
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
}
