// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Globalization;
using NodeAgent.Benchmarks.Harness;

namespace NodeAgent.Benchmarks.Scenarios;

/// <summary>Events lost when opens come at rising rates, each of them told: no filter, no budget. The sum of two producers.</summary>
internal sealed class LossAtRates(BenchOptions options, LoadProgram load, string filePath)
{
    private const int Producers = 2;
    private const int Seconds = 5;
    private static readonly int[] Rates = [50_000, 100_000, 200_000, 300_000, 400_000, 600_000];

    public async Task RunAsync(BenchTable table)
    {
        await using AgentProcess agent = await AgentProcess.StartAsync(options, "--alerts-stdout", "false", "--filter-kinds", "", "--budget-file", "0").ConfigureAwait(false);
        foreach (int rate in Rates)
        {
            double before = await agent.MetricAsync("node_agent_events_lost_total").ConfigureAwait(false);
            double cpuBefore = ProcStat.CpuSeconds(agent.Pid);
            long start = Stopwatch.GetTimestamp();
            string perProducer = (rate / Producers).ToString(CultureInfo.InvariantCulture);
            Process[] producers = [.. Enumerable.Range(0, Producers)
                .Select(_ => load.Start("rate", perProducer, Seconds.ToString(CultureInfo.InvariantCulture), filePath))];
            double made = producers.Sum(LoadProgram.Wait);
            double elapsed = Stopwatch.GetElapsedTime(start).TotalSeconds;
            double cpu = (ProcStat.CpuSeconds(agent.Pid) - cpuBefore) / elapsed;
            double lost = await agent.MetricAsync("node_agent_events_lost_total").ConfigureAwait(false) - before;
            double achieved = made / Seconds;
            table.Add(
                $"lost at {achieved:#,0} events/s (asked {rate:#,0}; agent {cpu:0.00} core, {cpu * elapsed * 1e9 / made:0} ns/event)",
                lost,
                "events",
                most: rate <= 300_000 ? 0 : null);
        }
    }
}
