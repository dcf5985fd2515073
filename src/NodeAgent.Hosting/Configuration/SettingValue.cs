// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Net;
using NodeAgent.Api.Meta;

namespace NodeAgent.Configuration;

/// <summary>Text forms of setting values. Errors: <see cref="FormatException"/> that says what was expected.</summary>
public static class SettingValue
{
    private static readonly (string Suffix, int Shift)[] SizeUnits = [("KiB", 10), ("MiB", 20), ("GiB", 30)];

    /// <param name="text">Shape: <c>90s</c>, <c>10m</c>, <c>1h30m</c>, <c>7d</c>.</param>
    /// <param name="least">The shortest that makes sense.</param>
    /// <returns>The duration.</returns>
    public static TimeSpan Duration(string text, TimeSpan least)
    {
        if (!DurationText.TryParse(text, out TimeSpan value, out string? problem))
        {
            throw Bad(text, problem!);
        }

        return value >= least ? value : throw Bad(text, $"at least {Show(least)}");
    }

    /// <param name="text">Shape: bytes, or a number with KiB, MiB or GiB.</param>
    /// <param name="least">Units: bytes.</param>
    /// <returns>Units: bytes.</returns>
    public static long Size(string text, long least)
    {
        ReadOnlySpan<char> number = text.AsSpan().Trim();
        int shift = 0;
        foreach ((string suffix, int bits) in SizeUnits)
        {
            if (number.EndsWith(suffix, StringComparison.OrdinalIgnoreCase))
            {
                number = number[..^suffix.Length].TrimEnd();
                shift = bits;
            }
        }

        if (!long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out long value) || value > long.MaxValue >> (shift + 1))
        {
            throw Bad(text, "a size such as 8MiB");
        }

        value <<= shift;
        return value >= least ? value : throw Bad(text, $"at least {Show(least)}");
    }

    public static long PowerOfTwo(string text, long least)
    {
        long value = Size(text, least);
        return long.IsPow2(value) ? value : throw Bad(text, "a power of two");
    }

    public static int Number(string text, int least, int most) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int value) && value >= least && value <= most
            ? value
            : throw Bad(text, $"a number from {least} to {most}");

    public static bool Switch(string text) => text.Trim().ToLowerInvariant() switch
    {
        "true" or "on" or "yes" => true,
        "false" or "off" or "no" => false,
        _ => throw Bad(text, "true or false"),
    };

    /// <param name="text">Shape: ADDRESS:PORT, <c>[::1]:443</c> for IPv6.</param>
    public static string Endpoint(string text) =>
        IPEndPoint.TryParse(text, out _) && text.LastIndexOf(':') > text.LastIndexOf(']')
            && (text.StartsWith('[') || text.Count(c => c == ':') == 1)
            ? text
            : throw Bad(text, "ADDRESS:PORT such as 127.0.0.1:9465");

    public static string NotEmpty(string text) => string.IsNullOrWhiteSpace(text) ? throw Bad(text, "a text") : text;

    public static T Enumeration<T>(string text)
        where T : struct, Enum =>
        Enum.TryParse(text, ignoreCase: true, out T value) && Enum.IsDefined(value) && !char.IsAsciiDigit(text[0])
            ? value
            : throw Bad(text, $"one of {string.Join(", ", Enum.GetNames<T>())}");

    public static string Show(TimeSpan value) => value switch
    {
        { Ticks: var t } when t != 0 && t % TimeSpan.TicksPerDay == 0 => $"{value.TotalDays:0}d",
        { Ticks: var t } when t != 0 && t % TimeSpan.TicksPerHour == 0 => $"{value.TotalHours:0}h",
        { Ticks: var t } when t != 0 && t % TimeSpan.TicksPerMinute == 0 => $"{value.TotalMinutes:0}m",
        _ => $"{value.TotalSeconds.ToString("0.###", CultureInfo.InvariantCulture)}s",
    };

    public static string Show(long bytes) =>
        bytes >= 1 << 20 && bytes % (1 << 20) == 0 ? $"{bytes >> 20}MiB"
        : bytes >= 1 << 10 && bytes % (1 << 10) == 0 ? $"{bytes >> 10}KiB"
        : bytes.ToString(CultureInfo.InvariantCulture);

    private static FormatException Bad(string text, string expected) => new($"'{text}' is not {expected}");
}
