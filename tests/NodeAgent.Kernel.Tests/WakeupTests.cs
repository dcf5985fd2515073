// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using NodeAgent.Events.Wire;
using NodeAgent.Kernel.Tests.Support;

namespace NodeAgent.Kernel.Tests;

public sealed class WakeupTests
{
    // A wait without a wake-up takes this long, and a second is the longest that the source waits at a time.
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(1);

    [Fact]
    public async Task Wait_ReaderSleeps_IsWokenByRecords()
    {
        using KernelWatch watch = KernelWatch.Start("process");
        TimeSpan shortest = Longest;
        for (int round = 0; round < 5; round++)
        {
            long before = watch.Source.SleepCount;
            Task<Workload> later = Task.Run(() =>
            {
                Assert.True(SpinWait.SpinUntil(() => watch.Source.SleepCount > before, KernelWatch.Deadline), "the reader did not go to sleep");
                return Workload.Start("exec_args");
            });
            var clock = new Stopwatch();
            do
            {
                // Others' records may keep it awake.
                watch.Drain();
                clock.Restart();
                watch.Source.Wait(Longest);
            }
            while (watch.Source.SleepCount == before && !later.IsCompleted);
            shortest = clock.Elapsed < shortest ? clock.Elapsed : shortest;
            watch.Finish(await later);
        }

        Assert.True(shortest < Longest / 2, $"no record woke the reader in less than {shortest}");
        Assert.Equal(5, watch.Events.Execs.Count(exec =>
            exec.Record.ParentPid == (uint)Environment.ProcessId && exec.Record.Header.Kind == EventKind.Exec));
    }
}
