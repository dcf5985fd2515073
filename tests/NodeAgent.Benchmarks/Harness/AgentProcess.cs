// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Threading.Channels;

namespace NodeAgent.Benchmarks.Harness;

/// <summary>The agent as users start it: the built program in a process of its own, with a data directory that goes with it.</summary>
internal sealed class AgentProcess : IAttached
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromMinutes(2);
    private readonly Process _process;
    private readonly string _directory;
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(30) };
    private readonly Channel<(string Line, long Stamp)> _output = Channel.CreateUnbounded<(string, long)>();
    private Uri _operations = new("http://127.0.0.1");

    private AgentProcess(Process process, string directory)
    {
        _process = process;
        _directory = directory;
    }

    public int Pid => _process.Id;

    /// <summary>Alert lines with the stopwatch's reading on arrival.</summary>
    public ChannelReader<(string Line, long Stamp)> Alerts => _output.Reader;

    /// <summary>Starts and waits until it is ready.</summary>
    public static async Task<AgentProcess> StartAsync(BenchOptions options, params string[] flags)
    {
        string directory = Directory.CreateTempSubdirectory("node-agent-bench-").FullName;
        string[] arguments =
            ["run", "--data-dir", directory, "--ops-address", "127.0.0.1:0", "--storage-address", "127.0.0.1:0", "--log-level", "Warning", .. flags];
        var start = new ProcessStartInfo(options.AgentProgram, arguments) { RedirectStandardOutput = true };
        Process process = ToolProcess.Start(start);
        var agent = new AgentProcess(process, directory);
        process.OutputDataReceived += (_, e) =>
        {
            if (e.Data is { } line)
            {
                agent._output.Writer.TryWrite((line, Stopwatch.GetTimestamp()));
            }
        };
        process.BeginOutputReadLine();
        try
        {
            await agent.WaitReadyAsync().ConfigureAwait(false);
            return agent;
        }
        catch
        {
            await agent.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Reads all of /metrics.</summary>
    public async Task<Metrics> MetricsAsync() =>
        new(await _http.GetStringAsync(new Uri(_operations, "/metrics")).ConfigureAwait(false));

    /// <returns>Sum of all series of a metric, optionally only those that carry a label text.</returns>
    public async Task<double> MetricAsync(string name, string label = "") => (await MetricsAsync().ConfigureAwait(false)).Sum(name, label);

    public async Task<string> VariantOfAsync(string sensor) => (await MetricsAsync().ConfigureAwait(false)).VariantOf(sensor);

    public Task<double> LostAsync() => MetricAsync("node_agent_events_lost_total");

    public async ValueTask DisposeAsync()
    {
        await ToolProcess.StopAsync(_process).ConfigureAwait(false);
        _http.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    private async Task WaitReadyAsync()
    {
        long start = Stopwatch.GetTimestamp();
        string addressFile = Path.Combine(_directory, "ops-address");
        while (Stopwatch.GetElapsedTime(start) < StartLimit)
        {
            if (_process.HasExited)
            {
                throw new InvalidOperationException($"the agent exited with {_process.ExitCode}");
            }

            if (File.Exists(addressFile) && File.ReadAllText(addressFile).Trim() is { Length: > 0 } address)
            {
                _operations = new Uri($"http://{address}");
                using HttpResponseMessage answer = await _http.GetAsync(new Uri(_operations, "/readyz")).ConfigureAwait(false);
                if (answer.IsSuccessStatusCode)
                {
                    return;
                }
            }

            await Task.Delay(20).ConfigureAwait(false);
        }

        throw new InvalidOperationException($"the agent was not ready within {StartLimit}");
    }
}
