// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace NodeAgent.Rules.Compilation;

/// <summary>A range of semantic versions: comparisons joined by blanks or commas, alternatives by <c>||</c>.</summary>
/// <remarks>Operators: = != &gt; &lt; &gt;= &lt;= ~ ^; missing numbers and <c>x</c> are any. What stands behind a dash or plus in a version does not count.</remarks>
internal sealed class VersionRange
{
    private static readonly string[] Operators = [">=", "<=", "!=", "=>", "=<", ">", "<", "=", "~", "^"];
    private readonly List<List<(string Operator, int[] Numbers)>> _alternatives = [];

    public static bool TryParse(string text, [NotNullWhen(true)] out VersionRange? range)
    {
        range = new VersionRange();
        foreach (string alternative in text.Split("||"))
        {
            var comparisons = new List<(string, int[])>();
            string rest = alternative.Replace(',', ' ').Trim();
            while (rest.Length > 0)
            {
                string sign = Operators.FirstOrDefault(one => rest.StartsWith(one, StringComparison.Ordinal)) ?? string.Empty;
                rest = rest[sign.Length..].TrimStart();
                int end = rest.IndexOf(' ');
                string version = end < 0 ? rest : rest[..end];
                rest = end < 0 ? string.Empty : rest[end..].TrimStart();
                if (!TryNumbers(version, out int[]? numbers))
                {
                    range = null;
                    return false;
                }

                comparisons.Add((sign, numbers));
            }

            range._alternatives.Add(comparisons);
        }

        return true;
    }

    /// <param name="version">Shape: <c>v1.2.3</c>; what is none is in every range, as it may be of any version.</param>
    public bool Holds(string version) =>
        !TryNumbers(version, out int[]? numbers) || _alternatives.Exists(all => all.TrueForAll(one => Holds(one.Operator, one.Numbers, numbers)));

    private static bool Holds(string sign, int[] wanted, int[] version)
    {
        int order = Compare(version, wanted);
        return sign switch
        {
            ">=" or "=>" => order >= 0,
            "<=" or "=<" => order <= 0,
            ">" => order > 0,
            "<" => order < 0,
            "!=" => order != 0,
            "~" => order >= 0 && Compare(version, wanted[..Math.Min(wanted.Length, 2)]) == 0,
            "^" => order >= 0 && Compare(version, wanted[..(FirstOfWorth(wanted) + 1)]) == 0,
            _ => order == 0,
        };
    }

    // Only as far as both have numbers.
    private static int Compare(int[] version, int[] wanted)
    {
        for (int i = 0; i < Math.Min(version.Length, wanted.Length); i++)
        {
            if (version[i] != wanted[i])
            {
                return version[i].CompareTo(wanted[i]);
            }
        }

        return 0;
    }

    private static int FirstOfWorth(int[] numbers)
    {
        int at = Array.FindIndex(numbers, number => number != 0);
        return at < 0 ? numbers.Length - 1 : at;
    }

    private static bool TryNumbers(string version, [NotNullWhen(true)] out int[]? numbers)
    {
        numbers = null;
        string plain = version.TrimStart('v', 'V').Split('-', '+')[0];
        var found = new List<int>(3);
        foreach (string part in plain.Split('.'))
        {
            if (part is "x" or "X" or "*")
            {
                break;
            }

            if (!int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out int number))
            {
                return false;
            }

            found.Add(number);
        }

        numbers = [.. found];
        return plain.Length > 0 && found.Count <= 3;
    }
}
