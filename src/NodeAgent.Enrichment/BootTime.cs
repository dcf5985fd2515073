// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Enrichment;

internal static class BootTime
{
    private const ulong NsPerTick = 100;

    /// <returns>Units: ns.</returns>
    public static ulong Ns(this TimeSpan span) => (ulong)Math.Max(0, span.Ticks) * NsPerTick;
}
