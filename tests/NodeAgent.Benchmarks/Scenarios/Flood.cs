// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Globalization;
using NodeAgent.Benchmarks.Harness;

namespace NodeAgent.Benchmarks.Scenarios;

/// <summary>
/// Opens from eight containers at once, at the p99.9 and the maximum that a large fleet reports of Falco. A kernel-side event is a firing of a hook that
/// became an event or, with the already-seen filter on, was counted instead of one. Producers and agent share the machine's CPUs.
/// </summary>
internal sealed class Flood(BenchOptions options, LoadProgram load)
{
    private const int Containers = 8;
    private const int Seconds = 10;

    // A machine that makes less than this share of the asked rate has not tried it.
    private const double ReachedShare = 0.99;

    private static readonly (int Rate, double MostLostPercent)[] Rates = [(565_000, 0), (824_000, 0.1)];

    public async Task RunAsync(BenchTable table)
    {
        await OneAsync(table, "known to the filter", []).ConfigureAwait(false);
        await OneAsync(table, "filter off, all told", ["--filter-kinds", ""]).ConfigureAwait(false);
    }

    private async Task OneAsync(BenchTable table, string what, string[] flags)
    {
        using var files = new ScratchDirectory();
        var cgroups = new List<WorkloadCgroup>();
        try
        {
            for (int i = 0; i < Containers; i++)
            {
                files.Write(i.ToString(CultureInfo.InvariantCulture), "x");
                cgroups.Add(new WorkloadCgroup("flood"));
            }

            await using AgentProcess agent = await AgentProcess.StartAsync(options, ["--alerts-stdout", "false", .. flags]).ConfigureAwait(false);
            foreach ((int rate, double most) in Rates)
            {
                await AtRateAsync(table, agent, cgroups, files, what, rate, most).ConfigureAwait(false);
            }
        }
        finally
        {
            foreach (WorkloadCgroup cgroup in cgroups)
            {
                await cgroup.DisposeAsync().ConfigureAwait(false);
            }
        }
    }

    private async Task AtRateAsync(BenchTable table, AgentProcess agent, List<WorkloadCgroup> cgroups, ScratchDirectory files, string what, int rate, double most)
    {
        FileCounts before = await FileCounts.ReadAsync(agent).ConfigureAwait(false);
        double cpuBefore = ProcStat.CpuSeconds(agent.Pid);
        long start = Stopwatch.GetTimestamp();
        string each = (rate / Containers).ToString(CultureInfo.InvariantCulture);
        Process[] producers = [.. cgroups.Select((cgroup, i) =>
            load.StartIn(cgroup, "rate", each, Seconds.ToString(CultureInfo.InvariantCulture), files.File(i.ToString(CultureInfo.InvariantCulture))))];
        double made = producers.Sum(LoadProgram.Wait);
        double cores = (ProcStat.CpuSeconds(agent.Pid) - cpuBefore) / Stopwatch.GetElapsedTime(start).TotalSeconds;
        FileCounts counts = await FileCounts.ReadAsync(agent).ConfigureAwait(false) - before;
        if (counts.All < made)
        {
            throw new InvalidOperationException($"{made:#,0} opens were made and the agent accounts for {counts.All:#,0}");
        }

        bool reached = made / Seconds >= rate * ReachedShare;
        string shortfall = reached ? string.Empty : ", which these CPUs did not make";
        table.Add(
            string.Create(CultureInfo.InvariantCulture, $"lost at {made / Seconds:#,0} kernel-side events/s in {Containers} containers, {what} (asked {rate:#,0}{shortfall}; {counts.Sent:#,0} told, {counts.Cut:#,0} cut, agent {cores:0.00} core)"),
            counts.Lost / made * 100,
            "%",
            most,
            judged: reached);
    }
}
