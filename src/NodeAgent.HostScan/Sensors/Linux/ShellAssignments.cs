// SPDX-License-Identifier: Apache-2.0
using System.Text;

namespace NodeAgent.HostScan.Sensors.Linux;

/// <summary>Files of assignments that a shell could read: os-release, /etc/selinux/config, /etc/default.</summary>
internal static class ShellAssignments
{
    /// <param name="lines">Shape: <c>NAME="value"</c>; what is no assignment is passed over.</param>
    /// <returns>The last value of each name, as a shell would have it; expansions are not made.</returns>
    public static Dictionary<string, string> Parse(IEnumerable<string> lines)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string line in lines)
        {
            if (TryParse(line, out string name, out string value))
            {
                values[name] = value;
            }
        }

        return values;
    }

    public static bool TryParse(string line, out string name, out string value)
    {
        string text = line.Trim();
        int equals = text.IndexOf('=', StringComparison.Ordinal);
        (name, value) = (string.Empty, string.Empty);
        if (equals <= 0 || text[0] == '#' || !text.AsSpan(0, equals).ContainsOnlyNameCharacters())
        {
            return false;
        }

        (name, value) = (text[..equals], Unquote(text.AsSpan(equals + 1)));
        return true;
    }

    private static bool ContainsOnlyNameCharacters(this ReadOnlySpan<char> name)
    {
        foreach (char character in name)
        {
            if (!char.IsAsciiLetterOrDigit(character) && character != '_')
            {
                return false;
            }
        }

        return true;
    }

    // Until a blank outside of quotes; in double quotes and outside a backslash takes the next character as it is.
    private static string Unquote(ReadOnlySpan<char> text)
    {
        var value = new StringBuilder(text.Length);
        char quote = '\0';
        for (int i = 0; i < text.Length; i++)
        {
            char character = text[i];
            if (character == '\\' && quote != '\'' && i + 1 < text.Length)
            {
                value.Append(text[++i]);
            }
            else if (quote == '\0' && character is '"' or '\'')
            {
                quote = character;
            }
            else if (character == quote)
            {
                quote = '\0';
            }
            else if (quote == '\0' && char.IsWhiteSpace(character))
            {
                break;
            }
            else
            {
                value.Append(character);
            }
        }

        return value.ToString();
    }
}
