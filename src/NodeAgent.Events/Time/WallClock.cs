// SPDX-License-Identifier: Apache-2.0
using System.Globalization;

namespace NodeAgent.Events.Time;

/// <summary>Turns the events' clock (CLOCK_BOOTTIME) into wall-clock time. One thread.</summary>
/// <remarks>
/// The distance of both clocks is read again as often as its user asks, so a clock that was set wrong at boot, or that
/// jumps, spoils only what came since then.
/// </remarks>
public sealed class WallClock(TimeProvider time)
{
    private const long NsPerTick = 100;
    private const long NsPerSecond = 1_000_000_000;
    private long _unixMinusBootNs;
    private bool _synchronised;

    /// <param name="bootTimeNs">Units: ns of CLOCK_BOOTTIME, now.</param>
    public void Synchronise(ulong bootTimeNs)
    {
        long unixNs = (time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * NsPerTick;
        _unixMinusBootNs = unixNs - (long)Math.Min(bootTimeNs, long.MaxValue);
        _synchronised = true;
    }

    /// <returns>Units: ns since 1970; for the first events, before any tick, their own time is taken for now.</returns>
    public long ToUnixNs(ulong bootTimeNs)
    {
        if (!_synchronised)
        {
            Synchronise(bootTimeNs);
        }

        Int128 unixNs = (Int128)_unixMinusBootNs + bootTimeNs;
        return unixNs < 0 ? 0 : unixNs > long.MaxValue ? long.MaxValue : (long)unixNs;
    }

    /// <returns>Shape: RFC 3339, nine fractional digits, UTC.</returns>
    public string ToText(ulong bootTimeNs) => TextOf(ToUnixNs(bootTimeNs));

    /// <param name="unixNs">Units: ns since 1970.</param>
    /// <returns>Shape: as of <see cref="ToText"/>.</returns>
    public static string TextOf(long unixNs)
    {
        DateTimeOffset second = DateTimeOffset.FromUnixTimeSeconds(unixNs / NsPerSecond);
        return string.Create(CultureInfo.InvariantCulture, $"{second:yyyy-MM-ddTHH:mm:ss}.{unixNs % NsPerSecond:D9}Z");
    }

    /// <returns>Units: ns within the second.</returns>
    public long Nanoseconds(ulong bootTimeNs) => ToUnixNs(bootTimeNs) % NsPerSecond;
}
