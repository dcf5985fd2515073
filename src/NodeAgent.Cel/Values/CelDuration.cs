// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Cel.Values;

/// <summary>A span of time.</summary>
/// <param name="Nanoseconds">At most about 292 years in either direction, which is what the language's conformance tests ask for.</param>
public readonly record struct CelDuration(long Nanoseconds) : IComparable<CelDuration>
{
    internal const long NanosPerSecond = 1_000_000_000;

    public long Seconds => Nanoseconds / NanosPerSecond;

    public static bool operator <(CelDuration left, CelDuration right) => left.Nanoseconds < right.Nanoseconds;

    public static bool operator >(CelDuration left, CelDuration right) => left.Nanoseconds > right.Nanoseconds;

    public static bool operator <=(CelDuration left, CelDuration right) => left.Nanoseconds <= right.Nanoseconds;

    public static bool operator >=(CelDuration left, CelDuration right) => left.Nanoseconds >= right.Nanoseconds;

    public int CompareTo(CelDuration other) => Nanoseconds.CompareTo(other.Nanoseconds);
}
