// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.CodeAnalysis;
using NodeAgent.Cel.Types;
using NodeAgent.Cel.Values;

namespace NodeAgent.Cel.Functions;

/// <summary>Parts of timestamps, in UTC or in a time zone, and of durations.</summary>
internal static class TimeFunctions
{
    private const long NanosPerMilli = 1_000_000;

    public static void Declare(Library to)
    {
        Part(to, "getFullYear", (t, _) => t.Year);
        Part(to, "getMonth", (t, _) => t.Month - 1);
        Part(to, "getDate", (t, _) => t.Day);
        Part(to, "getDayOfMonth", (t, _) => t.Day - 1);
        Part(to, "getDayOfWeek", (t, _) => (int)t.DayOfWeek);
        Part(to, "getDayOfYear", (t, _) => t.DayOfYear - 1);
        Part(to, "getHours", (t, _) => t.Hour);
        Part(to, "getMinutes", (t, _) => t.Minute);
        Part(to, "getSeconds", (t, _) => t.Second);
        Part(to, "getMilliseconds", (_, nanos) => nanos / NanosPerMilli);
        to.Member("getHours", CelType.Int, [CelType.Duration], (_, a) => CelValue.Of(a[0].Duration.Seconds / 3600));
        to.Member("getMinutes", CelType.Int, [CelType.Duration], (_, a) => CelValue.Of(a[0].Duration.Seconds / 60));
        to.Member("getSeconds", CelType.Int, [CelType.Duration], (_, a) => CelValue.Of(a[0].Duration.Seconds));
        // Only the part below a second, as the conformance tests have it.
        to.Member("getMilliseconds", CelType.Int, [CelType.Duration], (_, a) => CelValue.Of(a[0].Duration.Nanoseconds % CelDuration.NanosPerSecond / NanosPerMilli));
    }

    private static void Part(Library to, string name, Func<DateTime, long, long> part)
    {
        to.Member(name, CelType.Int, [CelType.Timestamp], (_, a) => CelValue.Of(part(Utc(a[0].Timestamp), a[0].Timestamp.Nanos)));
        to.Member(name, CelType.Int, [CelType.Timestamp, CelType.String], (c, a) =>
            TryShift(Utc(a[0].Timestamp), a[1].Text.ToString(), out DateTime local)
                ? CelValue.Of(part(local, a[0].Timestamp.Nanos)) : c.Fail(CelFault.BadArgument, -1, a[1], "unknown time zone"));
    }

    private static DateTime Utc(CelTimestamp time) => DateTime.UnixEpoch.AddTicks(time.Seconds * TimeSpan.TicksPerSecond);

    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "a zone's file may be unreadable in several ways, all of which mean that there is no such zone")]
    private static bool TryShift(DateTime utc, string zone, out DateTime local)
    {
        local = utc;
        if (Times.TryParseHours(zone, out int minutes))
        {
            return TryAdd(utc, TimeSpan.FromMinutes(minutes), out local);
        }

        if (zone is "UTC" or "Z" or "")
        {
            return zone.Length > 0;
        }

        try
        {
            return TryAdd(utc, TimeZoneInfo.FindSystemTimeZoneById(zone).GetUtcOffset(utc), out local);
        }
        catch (Exception)
        {
            return false;
        }
    }

    private static bool TryAdd(DateTime utc, TimeSpan offset, out DateTime local)
    {
        long ticks = utc.Ticks + offset.Ticks;
        bool inRange = ticks >= 0 && ticks <= DateTime.MaxValue.Ticks;
        local = inRange ? new DateTime(ticks, DateTimeKind.Utc) : utc;
        return inRange;
    }
}
