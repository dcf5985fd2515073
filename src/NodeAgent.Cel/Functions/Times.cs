// SPDX-License-Identifier: Apache-2.0
using System.Buffers;
using System.Globalization;
using System.Text;
using NodeAgent.Cel.Values;

namespace NodeAgent.Cel.Functions;

/// <summary>Timestamps and durations: text, sums, differences.</summary>
/// <remarks>Source: RFC 3339 for timestamps; durations are numbers with units, <c>1h30m</c>, <c>1.5s</c>.</remarks>
internal static class Times
{
    private const long NanosPerSecond = CelDuration.NanosPerSecond;
    private const int DigitsOfNanos = 9;

    private static readonly SearchValues<char> NumberChars = SearchValues.Create("0123456789.");

    private static readonly (string Unit, long Nanos)[] Units =
    [
        ("ns", 1), ("us", 1_000), ("µs", 1_000), ("μs", 1_000), ("ms", 1_000_000), ("s", NanosPerSecond), ("m", 60 * NanosPerSecond), ("h", 3_600 * NanosPerSecond),
    ];

    public static CelValue Add(CelContext context, CelTimestamp time, CelDuration duration, int sign)
    {
        Int128 nanos = ((Int128)time.Seconds * NanosPerSecond) + time.Nanos + (sign * (Int128)duration.Nanoseconds);
        Int128 seconds = nanos / NanosPerSecond;
        int rest = (int)(nanos % NanosPerSecond);
        var result = rest < 0 ? new CelTimestamp((long)seconds - 1, (int)(rest + NanosPerSecond)) : new CelTimestamp((long)seconds, rest);
        return result.IsInRange ? CelValue.Of(result) : context.Fail(CelFault.OutOfRange);
    }

    public static CelValue Add(CelContext context, CelDuration left, CelDuration right, int sign) =>
        Duration(context, left.Nanoseconds + (sign * (Int128)right.Nanoseconds));

    public static CelValue Between(CelContext context, CelTimestamp end, CelTimestamp start) =>
        Duration(context, (((Int128)end.Seconds - start.Seconds) * NanosPerSecond) + end.Nanos - start.Nanos);

    public static string Format(CelTimestamp time)
    {
        string whole = DateTime.UnixEpoch.AddTicks(time.Seconds * TimeSpan.TicksPerSecond).ToString("yyyy-MM-ddTHH:mm:ss", CultureInfo.InvariantCulture);
        return $"{whole}{Fraction(time.Nanos)}Z";
    }

    public static string Format(CelDuration duration)
    {
        long rest = Math.Abs(duration.Nanoseconds % NanosPerSecond);
        string sign = duration.Nanoseconds < 0 ? "-" : "";
        return string.Create(CultureInfo.InvariantCulture, $"{sign}{Math.Abs(duration.Nanoseconds / NanosPerSecond)}{Fraction((int)rest)}s");
    }

    public static CelFault ParseTimestamp(string text, out CelTimestamp time)
    {
        time = default;
        // 2009-02-13T23:31:30.5Z: the fixed part first, then a fraction of any length, then the offset.
        const string Form = "yyyy-MM-ddTHH:mm:ss";
        if (text.Length <= Form.Length || text[10] is not ('T' or 't')
            || !DateTime.TryParseExact(text[..10] + "T" + text[11..Form.Length], Form, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out DateTime whole))
        {
            return CelFault.BadConversion;
        }

        int at = Form.Length;
        long nanos = 0;
        if (text[at] == '.')
        {
            int end = at + 1;
            while (end < text.Length && char.IsAsciiDigit(text[end]))
            {
                end++;
            }

            if (end == at + 1)
            {
                return CelFault.BadConversion;
            }

            nanos = long.Parse(text[(at + 1)..end].PadRight(DigitsOfNanos, '0').AsSpan(0, DigitsOfNanos), CultureInfo.InvariantCulture);
            at = end;
        }

        if (!TryParseOffset(text.AsSpan(at), out int minutes))
        {
            return CelFault.BadConversion;
        }

        long seconds = ((whole.Ticks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerSecond) - (minutes * 60L);
        time = new CelTimestamp(seconds, (int)nanos);
        return time.IsInRange ? CelFault.None : CelFault.OutOfRange;
    }

    public static CelFault ParseDuration(string text, out CelDuration duration)
    {
        duration = default;
        ReadOnlySpan<char> rest = text;
        bool negative = rest.StartsWith("-");
        rest = negative || rest.StartsWith("+") ? rest[1..] : rest;
        if (rest is "0")
        {
            return CelFault.None;
        }

        Int128 nanos = 0;
        if (rest.IsEmpty)
        {
            return CelFault.BadConversion;
        }

        while (!rest.IsEmpty)
        {
            int digits = rest.IndexOfAnyExcept(NumberChars);
            if (digits <= 0 || digits > 30 || !decimal.TryParse(rest[..digits], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal number))
            {
                return CelFault.BadConversion;
            }

            rest = rest[digits..];
            int letters = rest.IndexOfAny(NumberChars);
            string unit = rest[..(letters < 0 ? rest.Length : letters)].ToString();
            (string Unit, long Nanos) found = Array.Find(Units, u => u.Unit == unit);
            if (found.Nanos == 0)
            {
                return CelFault.BadConversion;
            }

            if (number > long.MaxValue / found.Nanos + 1m)
            {
                return CelFault.OutOfRange;
            }

            nanos += (Int128)decimal.Truncate(number * found.Nanos);
            rest = rest[unit.Length..];
        }

        nanos = negative ? -nanos : nanos;
        if (nanos < long.MinValue || nanos > long.MaxValue)
        {
            return CelFault.OutOfRange;
        }

        duration = new CelDuration((long)nanos);
        return CelFault.None;
    }

    /// <summary>Shape: <c>Z</c>, <c>+01:00</c>, <c>-02:30</c>.</summary>
    private static bool TryParseOffset(ReadOnlySpan<char> text, out int minutes)
    {
        minutes = 0;
        return text is "Z" or "z" || (text.Length == 6 && text[0] is '+' or '-' && TryParseHours(text, out minutes));
    }

    /// <summary>Shape: <c>01:00</c> with or without a sign.</summary>
    public static bool TryParseHours(ReadOnlySpan<char> text, out int minutes)
    {
        minutes = 0;
        bool negative = text.StartsWith("-");
        text = negative || text.StartsWith("+") ? text[1..] : text;
        if (text.Length != 5 || text[2] != ':' || !int.TryParse(text[..2], NumberStyles.None, CultureInfo.InvariantCulture, out int hours)
            || !int.TryParse(text[3..], NumberStyles.None, CultureInfo.InvariantCulture, out int rest) || hours > 23 || rest > 59)
        {
            return false;
        }

        minutes = ((hours * 60) + rest) * (negative ? -1 : 1);
        return true;
    }

    private static CelValue Duration(CelContext context, Int128 nanos) =>
        nanos >= long.MinValue && nanos <= long.MaxValue ? CelValue.Of(new CelDuration((long)nanos)) : context.Fail(CelFault.OutOfRange);

    private static string Fraction(int nanos) => nanos == 0 ? ""
        : new StringBuilder(".").Append(nanos.ToString("D9", CultureInfo.InvariantCulture).TrimEnd('0')).ToString();
}
