// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using NodeAgent.Benchmarks.Harness;
using NodeAgent.Benchmarks.Harness.Cluster;

namespace NodeAgent.Benchmarks.Scenarios.Identity;

/// <summary>What it costs the agent to follow a large cluster, against the same agent without an API server.</summary>
internal sealed class ClusterFollowing(BenchOptions options)
{
    private const int Pods = 5000;
    private const int Services = 1000;
    private const int ChangesPerSecond = 50;
    private const int MeasuredSeconds = 30;
    private const double MostMegabytes = 60;
    private const double MostPercent = 2;
    private static readonly TimeSpan Settle = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    public async Task RunAsync(BenchTable table)
    {
        (double megabytesAlone, double percentAlone) = await AloneAsync().ConfigureAwait(false);
        await using ApiServerProcess server = await ApiServerProcess.StartAsync().ConfigureAwait(false);
        await server.FillAsync(Pods, Services).ConfigureAwait(false);
        await using AgentProcess agent = await AgentProcess.StartAsync(
            options, "--alerts-stdout", "false", "--kubeconfig", server.Kubeconfig, "--node-name", ClusterObjects.NodeName(0)).ConfigureAwait(false);
        const int known = Pods + (2 * Services) + ClusterObjects.Nodes;
        await ComesTrueAsync(async () => await agent.MetricAsync("node_agent_kubernetes_peers").ConfigureAwait(false) >= known).ConfigureAwait(false);
        await Task.Delay(Settle).ConfigureAwait(false);
        table.AddAgainst(
            string.Create(CultureInfo.InvariantCulture, $"RSS of the agent that follows {Pods:#,0} pods and {Services:#,0} services"),
            ProcStat.ResidentMegabytes(agent.Pid),
            megabytesAlone,
            "MB",
            mostExtraAbsolute: MostMegabytes);

        // What a change needs is compiled with the first ones.
        await server.ChangeAsync(Pods, ChangesPerSecond, seconds: 10).ConfigureAwait(false);
        double before = ProcStat.CpuSeconds(agent.Pid);
        await server.ChangeAsync(Pods, ChangesPerSecond, MeasuredSeconds).ConfigureAwait(false);
        double percent = (ProcStat.CpuSeconds(agent.Pid) - before) / MeasuredSeconds * 100;
        table.AddAgainst($"CPU of that agent at {ChangesPerSecond} changes of pods a second", percent, percentAlone, "% of a core", mostExtraAbsolute: MostPercent);
        table.AddAgainst($"RSS of that agent after {ChangesPerSecond * (10 + MeasuredSeconds):#,0} changes", ProcStat.ResidentMegabytes(agent.Pid), megabytesAlone, "MB", mostExtraAbsolute: MostMegabytes);
        if (await agent.MetricAsync("node_agent_kubernetes_failures_total").ConfigureAwait(false) is var failures and > 0)
        {
            table.Add("  requests that failed meanwhile", failures, "requests", most: 0);
        }
    }

    private async Task<(double Megabytes, double Percent)> AloneAsync()
    {
        await using AgentProcess agent = await AgentProcess.StartAsync(options, "--alerts-stdout", "false", "--kubeconfig", "none").ConfigureAwait(false);
        await Task.Delay(Settle).ConfigureAwait(false);
        double megabytes = ProcStat.ResidentMegabytes(agent.Pid);
        double before = ProcStat.CpuSeconds(agent.Pid);
        await Task.Delay(TimeSpan.FromSeconds(MeasuredSeconds)).ConfigureAwait(false);
        return (megabytes, (ProcStat.CpuSeconds(agent.Pid) - before) / MeasuredSeconds * 100);
    }

    private static async Task ComesTrueAsync(Func<Task<bool>> condition)
    {
        long start = System.Diagnostics.Stopwatch.GetTimestamp();
        while (!await condition().ConfigureAwait(false))
        {
            if (System.Diagnostics.Stopwatch.GetElapsedTime(start) > Patience)
            {
                throw new InvalidOperationException("the agent does not know the cluster");
            }

            await Task.Delay(100).ConfigureAwait(false);
        }
    }
}
