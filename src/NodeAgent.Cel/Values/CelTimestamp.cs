// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Cel.Values;

/// <summary>A moment between the years 1 and 9999.</summary>
/// <param name="Seconds">Units: seconds since 1970-01-01T00:00:00Z.</param>
/// <param name="Nanos">Units: nanoseconds, 0 to 999,999,999, counted forward also before 1970.</param>
public readonly record struct CelTimestamp(long Seconds, int Nanos) : IComparable<CelTimestamp>
{
    internal const long MinSeconds = -62_135_596_800;
    internal const long MaxSeconds = 253_402_300_799;
    private const long NanosPerSecond = 1_000_000_000;

    internal bool IsInRange => Seconds is >= MinSeconds and <= MaxSeconds;

    public static CelTimestamp FromUnixNanoseconds(long nanoseconds)
    {
        (long seconds, long rest) = Math.DivRem(nanoseconds, NanosPerSecond);
        return rest < 0 ? new(seconds - 1, (int)(rest + NanosPerSecond)) : new(seconds, (int)rest);
    }

    public static bool operator <(CelTimestamp left, CelTimestamp right) => left.CompareTo(right) < 0;

    public static bool operator >(CelTimestamp left, CelTimestamp right) => left.CompareTo(right) > 0;

    public static bool operator <=(CelTimestamp left, CelTimestamp right) => left.CompareTo(right) <= 0;

    public static bool operator >=(CelTimestamp left, CelTimestamp right) => left.CompareTo(right) >= 0;

    public int CompareTo(CelTimestamp other) => Seconds != other.Seconds ? Seconds.CompareTo(other.Seconds) : Nanos.CompareTo(other.Nanos);
}
