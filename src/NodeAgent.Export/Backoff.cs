// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Export;

/// <summary>Pauses that double, each between its half and its whole, so that a thousand agents do not come back in step. For one user at a time.</summary>
internal sealed class Backoff(TimeSpan least, TimeSpan most)
{
    private const int MaxExponent = 16;

    /// <summary>Failures in a row.</summary>
    public int Failures { get; private set; }

    public void Succeeded() => Failures = 0;

    /// <param name="asked">What the other side asks for; it is the least.</param>
    public TimeSpan Failed(TimeSpan? asked)
    {
        double whole = Math.Min(least.TotalMilliseconds * Math.Pow(2, Math.Min(Failures++, MaxExponent)), most.TotalMilliseconds);
#pragma warning disable CA5394 // spreads load, guards nothing
        double jittered = whole * (0.5 + (Random.Shared.NextDouble() / 2));
#pragma warning restore CA5394
        return TimeSpan.FromMilliseconds(Math.Max(jittered, asked?.TotalMilliseconds ?? 0));
    }
}
