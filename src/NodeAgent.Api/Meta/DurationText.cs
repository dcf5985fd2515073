// SPDX-License-Identifier: Apache-2.0
using System.Buffers;
using System.Globalization;

namespace NodeAgent.Api.Meta;

/// <summary>Durations as Go and people write them: <c>90s</c>, <c>10m</c>, <c>1h30m</c>, and <c>7d</c>, which Go has not.</summary>
public static class DurationText
{
    private static readonly TimeSpan Longest = TimeSpan.FromDays(3650);
    private static readonly SearchValues<char> NumberCharacters = SearchValues.Create("0123456789.");
    private static readonly (string Suffix, double Seconds)[] Units = [("ms", 0.001), ("s", 1), ("m", 60), ("h", 3600), ("d", 86400)];

    /// <param name="text">Shape: see the class; blanks around it do not count, there is no sign.</param>
    /// <param name="value">At most ten years.</param>
    /// <param name="problem">What was expected instead; null when it could be read.</param>
    public static bool TryParse(ReadOnlySpan<char> text, out TimeSpan value, out string? problem)
    {
        double seconds = 0;
        ReadOnlySpan<char> rest = text.Trim();
        value = default;
        problem = rest.IsEmpty ? "a duration such as 30s, 10m or 1h30m" : null;
        while (!rest.IsEmpty)
        {
            int digits = rest.IndexOfAnyExcept(NumberCharacters);
            if (digits <= 0 || !double.TryParse(rest[..digits], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double number))
            {
                problem = "a duration such as 30s, 10m or 1h30m";
                return false;
            }

            rest = rest[digits..];
            int letters = rest.IndexOfAnyInRange('0', '9');
            ReadOnlySpan<char> suffix = letters < 0 ? rest : rest[..letters];
            if (SecondsOf(suffix) is not { } unit)
            {
                problem = "a duration with a unit of ms, s, m, h or d";
                return false;
            }

            seconds += number * unit;
            rest = rest[suffix.Length..];
        }

        if (seconds > Longest.TotalSeconds)
        {
            problem = "at most ten years";
        }

        value = problem is null ? TimeSpan.FromSeconds(seconds) : default;
        return problem is null;
    }

    private static double? SecondsOf(ReadOnlySpan<char> suffix)
    {
        foreach ((string name, double seconds) in Units)
        {
            if (suffix.SequenceEqual(name))
            {
                return seconds;
            }
        }

        return null;
    }
}
