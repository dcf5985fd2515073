// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Benchmarks.Harness;

namespace NodeAgent.Benchmarks.Scenarios;

/// <summary>What the traced program pays: the same load with the agent running and stopped, in turns, the best of each.</summary>
internal sealed class TracedCost(string agentProgram, LoadProgram load, string filePath)
{
    private const int Turns = 3;

    private static readonly (string Figure, string[] Arguments, double? MostShare, double? MostNs)[] Loads =
    [
        ("untraced syscall", ["syscall", "3000000"], null, 35),
        ("open+close, every event delivered", ["open", "400000", ""], 0.75, null),
        ("spawn of /bin/true (fork+exec+exit)", ["spawn", "500"], null, null),
        ("TCP connect+accept+close", ["connect", "4000"], null, null),
    ];

    public async Task RunAsync(BenchTable table)
    {
        double[] with = Best();
        double[] without = Best();
        double lost = 0;
        for (int turn = 0; turn < Turns; turn++)
        {
            Measure(without);
            await using AgentProcess agent = await AgentProcess.StartAsync(agentProgram, "--alerts-stdout", "false").ConfigureAwait(false);
            Measure(with);
            lost += await agent.MetricAsync("node_agent_events_lost_total").ConfigureAwait(false);
        }

        for (int i = 0; i < Loads.Length; i++)
        {
            table.AddAgainst(Loads[i].Figure, with[i], without[i], "ns", Loads[i].MostShare, Loads[i].MostNs);
        }

        table.Add("events lost in these loads", lost, "events", most: 0);
    }

    private static double[] Best() => [.. Loads.Select(_ => double.PositiveInfinity)];

    private void Measure(double[] best)
    {
        for (int i = 0; i < Loads.Length; i++)
        {
            string[] arguments = [.. Loads[i].Arguments.Select(a => a.Length == 0 ? filePath : a)];
            best[i] = Math.Min(best[i], load.Run(arguments));
        }
    }
}
