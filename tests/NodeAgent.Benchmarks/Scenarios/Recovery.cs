// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Globalization;
using NodeAgent.Benchmarks.Harness;

namespace NodeAgent.Benchmarks.Scenarios;

/// <summary>
/// How long events go on being lost after the rings were overrun, while an ordinary load goes on. Two ways to overrun them: a burst into small rings, and
/// a burst while the agent gets no CPU at all. Every open is told: no filter, no budget.
/// </summary>
internal sealed class Recovery(BenchOptions options, LoadProgram load, string filePath)
{
    private const int OrdinaryRate = 20_000;
    private const int Producers = 2;
    private const double MostSeconds = 1;
    private static readonly TimeSpan BurstTime = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan WatchTime = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan ReadEvery = TimeSpan.FromMilliseconds(10);
    private static readonly string[] AllTold = ["--alerts-stdout", "false", "--filter-kinds", "", "--budget-file", "0"];

    public async Task RunAsync(BenchTable table)
    {
        await OneAsync(table, "burst into rings of 256 KiB", stopAgent: false, "--shard-ring-size", "256KiB").ConfigureAwait(false);
        await OneAsync(table, "burst while the agent was stopped", stopAgent: true).ConfigureAwait(false);
    }

    private async Task OneAsync(BenchTable table, string what, bool stopAgent, params string[] flags)
    {
        await using var ordinary = new WorkloadCgroup("ordinary");
        await using var bursting = new WorkloadCgroup("burst");
        await using AgentProcess agent = await AgentProcess.StartAsync(options, [.. AllTold, .. flags]).ConfigureAwait(false);
        double lostBefore = await LostAsync(agent).ConfigureAwait(false);
        string seconds = (BurstTime + WatchTime + TimeSpan.FromSeconds(1)).TotalSeconds.ToString("0", CultureInfo.InvariantCulture);
        using Process steady = load.StartIn(ordinary, "rate", OrdinaryRate.ToString(CultureInfo.InvariantCulture), seconds, filePath);
        if (stopAgent)
        {
            await ToolProcess.SignalAsync(agent.Pid, "STOP").ConfigureAwait(false);
        }

        Process[] producers = [.. Enumerable.Range(0, Producers).Select(_ =>
            load.StartIn(bursting, "rate", "10000000", BurstTime.TotalSeconds.ToString("0", CultureInfo.InvariantCulture), filePath))];
        double made = producers.Sum(LoadProgram.Wait);
        long end = Stopwatch.GetTimestamp();
        if (stopAgent)
        {
            await ToolProcess.SignalAsync(agent.Pid, "CONT").ConfigureAwait(false);
        }

        (double recovery, double lost) = await WatchAsync(agent, end).ConfigureAwait(false);
        LoadProgram.Wait(steady);
        if (lost <= lostBefore)
        {
            table.AddText($"recovery after a {what}", string.Create(CultureInfo.InvariantCulture, $"not measured: {made:#,0} events in {BurstTime.TotalSeconds:0} s lost nothing"));
            return;
        }

        table.Add(
            string.Create(CultureInfo.InvariantCulture, $"last loss after a {what} ({made / BurstTime.TotalSeconds:#,0} events/s, {lost - lostBefore:#,0} lost; {OrdinaryRate:#,0}/s go on)"),
            recovery,
            "s",
            MostSeconds);
    }

    /// <returns>Seconds from the end of the burst until the kernel's count of losses stood still, and that count.</returns>
    private static async Task<(double Seconds, double Lost)> WatchAsync(AgentProcess agent, long end)
    {
        double lost = -1;
        double recovered = 0;
        while (Stopwatch.GetElapsedTime(end) < WatchTime)
        {
            double now = await LostAsync(agent).ConfigureAwait(false);
            if (now > lost)
            {
                // What the first reading finds may be from any time before it.
                recovered = Stopwatch.GetElapsedTime(end).TotalSeconds;
                lost = now;
            }

            await Task.Delay(ReadEvery).ConfigureAwait(false);
        }

        return (recovered, lost);
    }

    private static Task<double> LostAsync(AgentProcess agent) => agent.MetricAsync("node_agent_ring_lost_records_total");
}
