// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace NodeAgent.Profiles.Learning;

/// <summary>A span of wall-clock time.</summary>
/// <param name="FromMs">Units: ms since 1970.</param>
/// <param name="ToMs">Units: ms since 1970; not before the other.</param>
internal readonly record struct WallInterval(long FromMs, long ToMs)
{
    private const string Format = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";

    public static WallInterval? Unite(WallInterval? one, WallInterval? other) =>
        one is not { } a ? other : other is not { } b ? one : new WallInterval(Math.Min(a.FromMs, b.FromMs), Math.Max(a.ToMs, b.ToMs));

    public static bool TryParse(string? text, [NotNullWhen(true)] out WallInterval? interval)
    {
        interval = null;
        string[] ends = text?.Split('/') ?? [];
        if (ends.Length != 2 || !TryParseEnd(ends[0], out long from) || !TryParseEnd(ends[1], out long to))
        {
            return false;
        }

        interval = new WallInterval(from, to);
        return true;
    }

    /// <returns>Shape: two times of RFC 3339 with a slash between them, UTC.</returns>
    public override string ToString() => $"{End(FromMs)}/{End(ToMs)}";

    private static bool TryParseEnd(string text, out long ms)
    {
        bool good = DateTimeOffset.TryParseExact(text, Format, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset time);
        ms = time.ToUnixTimeMilliseconds();
        return good;
    }

    // What a corrupt file or clock says is shown as the end of time that it is nearest to.
    private static string End(long ms) => DateTimeOffset.FromUnixTimeMilliseconds(
        Math.Clamp(ms, 0, DateTimeOffset.MaxValue.ToUnixTimeMilliseconds())).ToString(Format, CultureInfo.InvariantCulture);
}
