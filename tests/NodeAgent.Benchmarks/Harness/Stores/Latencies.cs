// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using System.Diagnostics;

namespace NodeAgent.Benchmarks.Harness.Stores;

/// <summary>How long each of many things took. Any thread.</summary>
internal sealed class Latencies
{
    private readonly ConcurrentQueue<double> _milliseconds = [];

    public int Count => _milliseconds.Count;

    public async Task TimeAsync(Func<Task> action)
    {
        long start = Stopwatch.GetTimestamp();
        await action().ConfigureAwait(false);
        Add(Stopwatch.GetElapsedTime(start));
    }

    public void Add(TimeSpan elapsed) => _milliseconds.Enqueue(elapsed.TotalMilliseconds);

    /// <param name="share">From 0 to 1.</param>
    /// <returns>Units: ms; 0 when there are none.</returns>
    public double At(double share)
    {
        double[] sorted = [.. _milliseconds.Order()];
        return sorted.Length == 0 ? 0 : sorted[Math.Min((int)(share * sorted.Length), sorted.Length - 1)];
    }
}
