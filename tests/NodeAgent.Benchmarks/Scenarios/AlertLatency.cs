// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Globalization;
using NodeAgent.Benchmarks.Harness;

namespace NodeAgent.Benchmarks.Scenarios;

/// <summary>From just before a program is started in /dev/shm to the arrival of its R1000 line on the agent's standard output.</summary>
internal sealed class AlertLatency(BenchOptions options)
{
    private const int Samples = 200;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    public async Task RunAsync(BenchTable table)
    {
        string directory = $"/dev/shm/node-agent-bench-{Environment.ProcessId}";
        Directory.CreateDirectory(directory);
        try
        {
            await using AgentProcess agent = await AgentProcess.StartAsync(options).ConfigureAwait(false);
            var latencies = new List<double>(Samples);
            for (int i = 0; i < Samples; i++)
            {
                latencies.Add(await OneAsync(agent, directory, i).ConfigureAwait(false));
            }

            latencies.Sort();
            table.Add("exec to alert line, p50", latencies[Samples / 2], "ms");
            table.Add("exec to alert line, p99", latencies[Samples * 99 / 100], "ms", most: 10);
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static async Task<double> OneAsync(AgentProcess agent, string directory, int number)
    {
        // A name of its own for each: repeats of one alert would be folded.
        string program = Path.Combine(directory, string.Create(CultureInfo.InvariantCulture, $"sample-{number}"));
        File.Copy("/bin/true", program);
        long start = Stopwatch.GetTimestamp();
        using (Process process = Process.Start(program))
        {
            await process.WaitForExitAsync().ConfigureAwait(false);
        }

        using var limit = new CancellationTokenSource(Limit);
        while (true)
        {
            (string line, long stamp) = await agent.Alerts.ReadAsync(limit.Token).ConfigureAwait(false);
            if (line.Contains("\"R1000\"", StringComparison.Ordinal) && line.Contains(program, StringComparison.Ordinal))
            {
                return Stopwatch.GetElapsedTime(start, stamp).TotalMilliseconds;
            }
        }
    }
}
