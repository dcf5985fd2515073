// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Kubernetes.Watching;

/// <summary>Pauses between tries: twice as long each time, and scattered so that a thousand agents do not come back at once. For one task.</summary>
internal sealed class Backoff(TimeSpan first, TimeSpan longest, Random random)
{
    private const int MaxDoublings = 16;

    private int _tries;

    public void Reset() => _tries = 0;

    /// <param name="asked">What the server asked for; it is waited in full, and scattered on top.</param>
    public TimeSpan Next(TimeSpan? asked)
    {
        TimeSpan pause = first * (1L << Math.Min(_tries++, MaxDoublings));
        pause = pause < longest ? pause : longest;
        return asked is { } wanted
            ? wanted + (first * random.NextDouble())
            : pause * (0.5 + (random.NextDouble() / 2));
    }
}
