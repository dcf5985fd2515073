// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Interop.Native;

namespace NodeAgent.Interop.Platform;

/// <summary>The clock of the events.</summary>
public static class BootClock
{
    /// <summary>Units: ns of CLOCK_BOOTTIME. About 20 ns a call.</summary>
    public static ulong NowNs => NativeMethods.GetBootTimeNs();

    /// <summary>Units: ns between two ticks of the kernel's timer. Source: clock_getres(2) of a coarse clock.</summary>
    public static ulong TickNs => NativeMethods.GetTickNs();

    /// <summary>Sleeps with the precision of nanosleep(2): the timer slack (50 µs) and the scheduler's delay come on top.</summary>
    public static void Sleep(ulong durationNs) => _ = NativeMethods.Sleep(durationNs);
}
