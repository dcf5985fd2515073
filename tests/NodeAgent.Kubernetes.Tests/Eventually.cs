// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;

namespace NodeAgent.Kubernetes.Tests;

/// <summary>Waits for a condition.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    public static async Task TrueAsync(Func<bool> condition, Func<string> what)
    {
        var time = Stopwatch.StartNew();
        while (!condition())
        {
            Assert.True(time.Elapsed < Deadline, $"did not come true within {Deadline.TotalSeconds} s: {what()}");
            await Task.Delay(5, TestContext.Current.CancellationToken);
        }
    }
}
