// SPDX-License-Identifier: Apache-2.0
using System.Globalization;

namespace NodeAgent.Profiles.Deltas;

/// <summary>Times as Go's <c>time.Time.String()</c> writes them, since that is what chunks carry.</summary>
internal static class GoTime
{
    /// <summary>Go's zero time: no chunk came before.</summary>
    public const string Zero = "0001-01-01 00:00:00 +0000 UTC";

    private const int MaxLength = 64;
    private static readonly DateTimeOffset Earliest = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset Latest = new(2262, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static string Format(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss.FFFFFFF", CultureInfo.InvariantCulture) + " +0000 UTC";

    /// <param name="text">Shape: <c>2026-08-22 10:11:12.123456789 +0200 CEST m=+1.5</c>; fraction, zone name and the last part may be absent.</param>
    /// <param name="nanoseconds">Units: ns since 1970, UTC; 0 = Go's zero time.</param>
    /// <returns>False when it is no time between 2000 and 2262 and not zero either.</returns>
    public static bool TryParse(string text, out long nanoseconds)
    {
        nanoseconds = 0;
        if (text == Zero)
        {
            return true;
        }

        string[] parts = text.Length > MaxLength ? [] : text.Split(' ');
        if (parts.Length < 3 || parts[2].Length != 5)
        {
            return false;
        }

        int dot = parts[1].IndexOf('.', StringComparison.Ordinal);
        string seconds = dot < 0 ? parts[1] : parts[1][..dot];
        string fraction = dot < 0 ? string.Empty : parts[1][(dot + 1)..];
        string whole = $"{parts[0]} {seconds} {parts[2].Insert(3, ":")}";
        if (!DateTimeOffset.TryParseExact(whole, "yyyy-MM-dd HH:mm:ss zzz", CultureInfo.InvariantCulture, DateTimeStyles.None, out DateTimeOffset time)
            || time < Earliest || time >= Latest || fraction.Length > 9 || !fraction.All(char.IsAsciiDigit))
        {
            return false;
        }

        nanoseconds = (time.ToUnixTimeSeconds() * 1_000_000_000) + long.Parse(fraction.PadRight(9, '0'), CultureInfo.InvariantCulture);
        return true;
    }
}
