// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using NodeAgent.Benchmarks.Harness;

namespace NodeAgent.Benchmarks.Scenarios;

/// <summary>From the start of the program to the first event that it prints, while something happens all the time.</summary>
internal sealed class FirstEvent(string agentProgram)
{
    private const int Rounds = 3;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    public async Task RunAsync(BenchTable table)
    {
        double best = double.PositiveInfinity;
        for (int round = 0; round < Rounds; round++)
        {
            best = Math.Min(best, await OnceAsync().ConfigureAwait(false));
        }

        table.Add("start to the first event printed", best, "s", most: 1.5);
    }

    private async Task<double> OnceAsync()
    {
        using var limit = new CancellationTokenSource(Limit);
        var start = new ProcessStartInfo(agentProgram, ["trace", "exec", "-o", "json"]) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        long began = Stopwatch.GetTimestamp();
        using Process trace = Process.Start(start) ?? throw new InvalidOperationException($"cannot start {agentProgram}");
        using var stop = new CancellationTokenSource();
        Task noise = MakeExecsAsync(stop.Token);
        string? line = await trace.StandardOutput.ReadLineAsync(limit.Token).ConfigureAwait(false);
        double seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
        await stop.CancelAsync().ConfigureAwait(false);
        await noise.ConfigureAwait(false);
        trace.Kill();
        await trace.WaitForExitAsync(limit.Token).ConfigureAwait(false);
        return line is null ? throw new InvalidOperationException("trace ended without an event") : seconds;
    }

    private static async Task MakeExecsAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            using Process process = Process.Start("/bin/true");
            await process.WaitForExitAsync(CancellationToken.None).ConfigureAwait(false);
        }
    }
}
