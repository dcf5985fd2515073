// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Interop.Platform;

namespace NodeAgent.Pipeline;

/// <summary>Event times as wall-clock times, for display. For one thread.</summary>
internal sealed class EventClock(TimeProvider time)
{
    private const ulong RereadNs = 1_000_000_000;
    private const long NsPerTick = 100;
    private DateTimeOffset _wall;
    private ulong _boot;

    /// <param name="bootNs">Units: ns of CLOCK_BOOTTIME.</param>
    public DateTimeOffset ToWallClock(ulong bootNs)
    {
        // Both clocks are read again every second of event time, so a wall clock that jumps is followed.
        if (bootNs > _boot + RereadNs || _boot == 0)
        {
            _boot = BootClock.NowNs;
            _wall = time.GetLocalNow();
        }

        return _wall.AddTicks(((long)bootNs - (long)_boot) / NsPerTick);
    }
}
