// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;

namespace NodeAgent.Storage.Tests;

/// <summary>Waits on conditions, with patience for a machine that is busy with something else.</summary>
internal static class Wait
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public static async Task UntilAsync(Func<Task<bool>> condition, string what)
    {
        long started = Stopwatch.GetTimestamp();
        while (!await condition())
        {
            Assert.True(Stopwatch.GetElapsedTime(started) < Patience, $"waited {Patience.TotalSeconds:0} s for: {what}");
            await Task.Delay(20);
        }
    }

    public static async Task UntilAsync(Func<bool> condition, TimeSpan patience, string what)
    {
        long started = Stopwatch.GetTimestamp();
        while (!condition())
        {
            Assert.True(Stopwatch.GetElapsedTime(started) < patience, $"waited {patience.TotalSeconds:0} s for: {what}");
            await Task.Delay(10);
        }
    }
}
