// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Globalization;
using NodeAgent.Benchmarks.Harness;
using NodeAgent.Benchmarks.Workloads;

namespace NodeAgent.Benchmarks.Scenarios;

/// <summary>
/// The share of file events that the already-seen filter kept in the kernel, of a steady workload that has run for as long before. Figures are
/// those of the agent's /metrics, so they hold what else happens on the machine too; how much that is was measured before.
/// </summary>
internal sealed class Reduction(BenchOptions options)
{
    private const double LeastPercent = 97;
    private static readonly TimeSpan BackgroundTime = TimeSpan.FromSeconds(5);

    public async Task RunAsync(BenchTable table)
    {
        await OneAsync(table, new CompileLoop(), [], LeastPercent).ConfigureAwait(false);
        await OneAsync(table, new WebServer(), [], LeastPercent).ConfigureAwait(false);
        await OneAsync(table, new Database(), [], LeastPercent).ConfigureAwait(false);

        // Changes of files are told each time; a build makes and removes files all the time.
        await OneAsync(table, new CompileLoop(), ["--sensors", "all"], least: null).ConfigureAwait(false);
    }

    private async Task OneAsync(BenchTable table, IWorkload workload, string[] flags, double? least)
    {
        await using (workload.ConfigureAwait(false))
        {
            await using AgentProcess agent = await AgentProcess.StartAsync(options, ["--alerts-stdout", "false", .. flags]).ConfigureAwait(false);
            FileCounts background = await CountAsync(agent, BackgroundTime).ConfigureAwait(false);
            await workload.StartAsync().ConfigureAwait(false);
            await Task.Delay(options.Steady).ConfigureAwait(false);
            double doneBefore = await workload.DoneAsync().ConfigureAwait(false);
            double cpuBefore = ProcStat.CpuSeconds(agent.Pid);
            FileCounts counts = await CountAsync(agent, options.Steady).ConfigureAwait(false);
            double cpu = (ProcStat.CpuSeconds(agent.Pid) - cpuBefore) / counts.Seconds;
            double done = await workload.DoneAsync().ConfigureAwait(false) - doneBefore;
            string sensors = flags.Length > 0 ? ", file changes too (--sensors all)" : string.Empty;
            table.Add(
                string.Create(CultureInfo.InvariantCulture, $"kept in the kernel, {workload.Name}{sensors}: {counts.All:#,0} file events, {counts.All - counts.Kept:#,0} told, {done / counts.Seconds:#,0} {workload.Unit}/s, agent {cpu:0.00} core"),
                counts.Kept / counts.All * 100,
                "%",
                least: least);
            table.AddText(
                "  by others on the machine, just before",
                string.Create(CultureInfo.InvariantCulture, $"{background.All / background.Seconds:#,0} of {counts.All / counts.Seconds:#,0} file events/s, {background.Sent / background.Seconds:#,0} of {counts.Sent / counts.Seconds:#,0} told"));
            if (counts.Lost > 0)
            {
                table.Add("  lost or cut meanwhile", counts.Lost, "events", most: 0);
            }
        }
    }

    private static async Task<FileCounts> CountAsync(AgentProcess agent, TimeSpan time)
    {
        long start = Stopwatch.GetTimestamp();
        FileCounts before = await FileCounts.ReadAsync(agent).ConfigureAwait(false);
        await Task.Delay(time).ConfigureAwait(false);
        FileCounts after = await FileCounts.ReadAsync(agent).ConfigureAwait(false);
        return (after - before) with { Seconds = Stopwatch.GetElapsedTime(start).TotalSeconds };
    }
}
