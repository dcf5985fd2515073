// SPDX-License-Identifier: Apache-2.0
using System.Globalization;

namespace NodeAgent.Cli.Output;

/// <summary>Ages as kubectl prints them: two units at most, fewer the longer it is.</summary>
internal static class AgeText
{
    /// <param name="timestamp">Shape: RFC 3339.</param>
    /// <param name="time">The clock.</param>
    /// <returns><c>&lt;unknown&gt;</c> when it does not parse.</returns>
    public static string Since(string timestamp, TimeProvider time)
    {
        if (!DateTimeOffset.TryParse(timestamp, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset start))
        {
            return "<unknown>";
        }

        TimeSpan age = time.GetUtcNow() - start;
        return age switch
        {
            { TotalSeconds: < 0 } => "0s",
            { TotalMinutes: < 2 } => $"{(int)age.TotalSeconds}s",
            { TotalMinutes: < 10 } => age.Seconds == 0 ? $"{age.Minutes}m" : $"{age.Minutes}m{age.Seconds}s",
            { TotalHours: < 3 } => $"{(int)age.TotalMinutes}m",
            { TotalHours: < 8 } => age.Minutes == 0 ? $"{age.Hours}h" : $"{age.Hours}h{age.Minutes}m",
            { TotalHours: < 48 } => $"{(int)age.TotalHours}h",
            { TotalDays: < 8 } => age.Hours == 0 ? $"{age.Days}d" : $"{age.Days}d{age.Hours}h",
            { TotalDays: < 730 } => $"{(int)age.TotalDays}d",
            { TotalDays: < 2920 } => age.Days % 365 == 0 ? $"{age.Days / 365}y" : $"{age.Days / 365}y{age.Days % 365}d",
            _ => $"{age.Days / 365}y",
        };
    }
}
