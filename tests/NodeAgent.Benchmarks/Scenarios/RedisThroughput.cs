// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using NodeAgent.Benchmarks.Harness;

namespace NodeAgent.Benchmarks.Scenarios;

/// <summary>
/// redis-benchmark against redis-server over loopback, in turns without an agent and with one that has sensors attached. The share is that of
/// neighbouring rounds, the median of all.
/// </summary>
/// <param name="options">Of the run.</param>
/// <param name="settings">Which sensors, each measured by itself.</param>
internal sealed class RedisThroughput(BenchOptions options, RedisSetting[] settings)
{
    private const int Rounds = 7;
    private const int EmulatedRounds = 3;
    private const int Requests = 300_000;
    private const double LeastPercent = 98;
    private static readonly string[] Commands = ["SET", "GET"];
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(30);

    // The runtime compiles again what was used at start; only the rounds are to be compared.
    private static readonly TimeSpan SettleTime = TimeSpan.FromSeconds(5);

    /// <summary>What the target is for.</summary>
    public static readonly RedisSetting[] Whole = [new("all sensors attached", ["--sensors", "all"], IsJudged: true)];

    /// <summary>What of it costs how much: without those that run for each system call, without those that see each packet, without both.</summary>
    public static readonly RedisSetting[] Parts =
    [
        new("all but syscalls", ["--sensors", "all", "--disable-sensors", "syscalls"]),
        new("all but payload", ["--sensors", "all", "--disable-sensors", "payload"]),
        new("all but udp, dns, payload", ["--sensors", "all", "--disable-sensors", "udp,dns,payload"]),
        new("all but syscalls, udp, dns, payload", ["--sensors", "all", "--disable-sensors", "syscalls,udp,dns,payload"]),
    ];

    public async Task RunAsync(BenchTable table)
    {
        using var directory = new ScratchDirectory();
        await using var cgroup = new WorkloadCgroup("redis");
        string port = Loopback.FreePort().ToString(CultureInfo.InvariantCulture);
        Process server = ToolProcess.Start(cgroup.Command(
            "redis-server", "--port", port, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", directory.Path, "--logfile", directory.File("log")));
        try
        {
            await WaitAsync(server, port).ConfigureAwait(false);
            foreach (RedisSetting setting in settings)
            {
                await MeasureAsync(table, port, setting).ConfigureAwait(false);
            }
        }
        finally
        {
            await ToolProcess.StopAsync(server).ConfigureAwait(false);
        }
    }

    private async Task MeasureAsync(BenchTable table, string port, RedisSetting setting)
    {
        var bare = new List<double[]>();
        var attached = new List<double[]>();
        string variant = string.Empty;
        await RoundAsync(port).ConfigureAwait(false);
        bare.Add(await RoundAsync(port).ConfigureAwait(false));
        for (int round = 0; round < (options.Emulated ? EmulatedRounds : Rounds); round++)
        {
            Console.Error.WriteLine($"bench: redis: {setting.Name}: round {round + 1}");
            await using (IAttached agent = await IAttached.StartAsync(options, setting.Flags).ConfigureAwait(false))
            {
                variant = await agent.VariantOfAsync("file").ConfigureAwait(false);
                await Task.Delay(SettleTime).ConfigureAwait(false);
                attached.Add(await RoundAsync(port).ConfigureAwait(false));
            }

            bare.Add(await RoundAsync(port).ConfigureAwait(false));
        }

        for (int i = 0; i < Commands.Length; i++)
        {
            // Against the mean of the rounds before and after: drift of the machine falls out.
            double share = Median(attached.Select((a, r) => a[i] / ((bare[r][i] + bare[r + 1][i]) / 2)));
            table.AddShare(
                $"Redis {Commands[i]}, {setting.Name}, file variant {variant}",
                Median(attached.Select(a => a[i])),
                Median(bare.Select(b => b[i])),
                "requests/s",
                share,
                LeastPercent / 100,
                judged: setting.IsJudged && variant == "fentry");
        }
    }

    /// <returns>Requests per second of each of <see cref="Commands"/>.</returns>
    private async Task<double[]> RoundAsync(string port)
    {
        string output = await ToolProcess.RunAsync(
            "redis-benchmark", "-p", port, "-c", "20", "-n", options.Count(Requests), "-t", string.Join(',', Commands).ToLowerInvariant(), "--csv").ConfigureAwait(false);

        // "test","rps","avg_latency_ms",… and then a line for each
        string[] lines = output.Split('\n');
        return [.. Commands.Select(c => double.Parse(
            lines.First(l => l.StartsWith($"\"{c}\"", StringComparison.Ordinal)).Split(',')[1].Trim('"'), CultureInfo.InvariantCulture))];
    }

    private static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted[sorted.Length / 2];
    }

    private static async Task WaitAsync(Process server, string port)
    {
        long start = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                using var client = new TcpClient();
                await client.ConnectAsync("127.0.0.1", int.Parse(port, CultureInfo.InvariantCulture)).ConfigureAwait(false);
                return;
            }
            catch (SocketException) when (!server.HasExited && Stopwatch.GetElapsedTime(start) < StartLimit)
            {
                await Task.Delay(50).ConfigureAwait(false);
            }
        }
    }
}
