// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Events.Time;
using NodeAgent.Interop.Platform;

namespace NodeAgent.Pipeline;

/// <summary>Event times as wall-clock times of this place, for display. For one thread.</summary>
internal sealed class EventClock(TimeProvider time)
{
    private const ulong RereadNs = 1_000_000_000;
    private const long NsPerTick = 100;
    private readonly WallClock _clock = new(time);
    private ulong _boot;

    /// <param name="bootNs">Units: ns of CLOCK_BOOTTIME.</param>
    public DateTimeOffset ToWallClock(ulong bootNs)
    {
        // Both clocks are read again every second of event time, so a wall clock that jumps is followed.
        if (bootNs > _boot + RereadNs || _boot == 0)
        {
            _boot = BootClock.NowNs;
            _clock.Synchronise(_boot);
        }

        return TimeZoneInfo.ConvertTime(DateTimeOffset.UnixEpoch.AddTicks(_clock.ToUnixNs(bootNs) / NsPerTick), time.LocalTimeZone);
    }
}
