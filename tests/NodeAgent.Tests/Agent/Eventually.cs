// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;

namespace NodeAgent.Tests.Agent;

/// <summary>Waits for conditions, never for a time.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    public static Task TrueAsync(Func<bool> condition, string what, TimeSpan? deadline = null) =>
        GetAsync(() => Task.FromResult(condition() ? string.Empty : null), () => what, deadline);

    /// <param name="read">Null = not yet.</param>
    /// <param name="what">Said when the deadline passes.</param>
    /// <param name="deadline">Default: 60 s, for machines that are shared.</param>
    public static async Task<T> GetAsync<T>(Func<Task<T?>> read, Func<string> what, TimeSpan? deadline = null)
        where T : class
    {
        var time = Stopwatch.StartNew();
        TimeSpan limit = deadline ?? TimeSpan.FromSeconds(60);
        while (true)
        {
            if (await read() is { } value)
            {
                return value;
            }

            Assert.True(time.Elapsed < limit, $"not within {limit.TotalSeconds} s: {what()}");
            await Task.Delay(Pause, TestContext.Current.CancellationToken);
        }
    }
}
