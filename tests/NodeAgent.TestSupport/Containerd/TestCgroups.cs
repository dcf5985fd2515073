// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;

namespace NodeAgent.TestSupport.Containerd;

/// <summary>Runtimes remove the cgroups of their containers, and leave those above in each hierarchy.</summary>
internal static class TestCgroups
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    /// <param name="path">Shape: <c>/NAME</c>, made for the test.</param>
    public static async Task RemoveAsync(string path)
    {
        foreach (string hierarchy in Directory.GetDirectories("/sys/fs/cgroup").Append("/sys/fs/cgroup"))
        {
            string top = hierarchy + path;
            if (Directory.Exists(top))
            {
                foreach (string group in Directory.GetDirectories(top, "*", SearchOption.AllDirectories).OrderByDescending(name => name.Length).Append(top))
                {
                    await WaitUntilEmptyAsync(group);
                    Directory.Delete(group);
                }
            }
        }
    }

    // A runtime's monitor ends a moment after its container.
    private static async Task WaitUntilEmptyAsync(string group)
    {
        long began = Stopwatch.GetTimestamp();
        while ((await File.ReadAllTextAsync(Path.Combine(group, "cgroup.procs"))).Length != 0 && Stopwatch.GetElapsedTime(began) < Limit)
        {
            await Task.Delay(10);
        }
    }
}
