// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;

namespace NodeAgent.Benchmarks.Harness;

/// <summary>Waits on conditions.</summary>
internal static class Wait
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(2);

    /// <exception cref="InvalidOperationException">It did not come true.</exception>
    public static Task UntilAsync(Func<bool> condition, TimeSpan limit, string what) => UntilAsync(condition, limit, () => what);

    /// <inheritdoc cref="UntilAsync(Func{bool}, TimeSpan, string)"/>
    public static async Task UntilAsync(Func<bool> condition, TimeSpan limit, Func<string> what)
    {
        long start = Stopwatch.GetTimestamp();
        while (!condition())
        {
            if (Stopwatch.GetElapsedTime(start) > limit)
            {
                throw new InvalidOperationException($"{what()}: not within {limit}");
            }

            await Task.Delay(Step).ConfigureAwait(false);
        }
    }

    /// <summary>Until a count is reached, or does not grow any more.</summary>
    public static async Task WhileGrowsAsync(Func<long> count, long enough, TimeSpan limit)
    {
        long start = Stopwatch.GetTimestamp();
        long changed = start;
        long last = count();
        while (last < enough && Stopwatch.GetElapsedTime(start) < limit && Stopwatch.GetElapsedTime(changed) < Quiet)
        {
            await Task.Delay(Step).ConfigureAwait(false);
            long now = count();
            changed = now != last ? Stopwatch.GetTimestamp() : changed;
            last = now;
        }
    }
}
