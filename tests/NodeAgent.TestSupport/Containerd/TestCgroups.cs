// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;

namespace NodeAgent.TestSupport.Containerd;

/// <summary>Runtimes remove the cgroups of their containers, and leave those above in each hierarchy.</summary>
internal static class TestCgroups
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    /// <param name="path">Shape: <c>/NAME</c>, made for the test.</param>
    public static void Remove(string path)
    {
        foreach (string hierarchy in Directory.GetDirectories("/sys/fs/cgroup").Append("/sys/fs/cgroup"))
        {
            string top = hierarchy + path;
            if (Directory.Exists(top))
            {
                foreach (string group in Directory.GetDirectories(top, "*", SearchOption.AllDirectories).OrderByDescending(name => name.Length).Append(top))
                {
                    WaitUntilEmpty(group);
                    Directory.Delete(group);
                }
            }
        }
    }

    // A runtime's monitor ends a moment after its container.
    private static void WaitUntilEmpty(string group)
    {
        long began = Stopwatch.GetTimestamp();
        while (File.ReadAllText(Path.Combine(group, "cgroup.procs")).Length != 0 && Stopwatch.GetElapsedTime(began) < Limit)
        {
            Thread.Sleep(10);
        }
    }
}
