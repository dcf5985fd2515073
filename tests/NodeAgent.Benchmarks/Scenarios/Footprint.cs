// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using NodeAgent.Benchmarks.Harness;

namespace NodeAgent.Benchmarks.Scenarios;

/// <summary>Memory and CPU of the agent: fresh, idle, and after as many events as an hour of a busy node brings, each of them told.</summary>
internal sealed class Footprint(BenchOptions options, LoadProgram load, string filePath)
{
    // 1,150 events/s is the rate at which the figures of Kubescape's agent were taken; an hour of it.
    private const int HourOfEvents = 1150 * 3600;
    private const int IdleSeconds = 20;

    public async Task RunAsync(BenchTable table)
    {
        long start = Stopwatch.GetTimestamp();
        // The first scan of the host would fall into what is measured: `host-scan` says what scans cost.
        await using AgentProcess agent = await AgentProcess.StartAsync(options, "--alerts-stdout", "false", "--filter-kinds", "", "--budget-file", "0", "--host-scan-delay", "1h").ConfigureAwait(false);
        table.Add("start to ready", Stopwatch.GetElapsedTime(start).TotalSeconds, "s", most: 1.5);
        table.Add("RSS when ready", ProcStat.ResidentMegabytes(agent.Pid), "MB");

        // What was used at start is compiled again for some seconds; idle is what comes after.
        await Task.Delay(TimeSpan.FromSeconds(12)).ConfigureAwait(false);
        double cpu = ProcStat.CpuSeconds(agent.Pid);
        await Task.Delay(TimeSpan.FromSeconds(IdleSeconds)).ConfigureAwait(false);
        table.Add("CPU when idle", (ProcStat.CpuSeconds(agent.Pid) - cpu) / IdleSeconds * 100, "% of a core", most: 0.7);

        load.Run("open", HourOfEvents.ToString(System.Globalization.CultureInfo.InvariantCulture), filePath);
        table.Add($"RSS after {HourOfEvents:#,0} events", ProcStat.ResidentMegabytes(agent.Pid), "MB", most: 120);
    }
}
