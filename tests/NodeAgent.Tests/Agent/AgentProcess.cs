// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace NodeAgent.Tests.Agent;

/// <summary>A running <c>node-agent run</c>; killed at the end when the test did not stop it.</summary>
internal sealed partial class AgentProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly ConcurrentQueue<string> _output = [];
    private readonly ConcurrentQueue<string> _log = [];
    private readonly Task _reading;
    private readonly HttpClient _client = new();

    private AgentProcess(string dataDirectory, Process process)
    {
        DataDirectory = dataDirectory;
        _process = process;
        _reading = Task.WhenAll(ReadAsync(process.StandardOutput, _output), ReadAsync(process.StandardError, _log));
    }

    public string DataDirectory { get; }

    public int Pid => _process.Id;

    public bool HasExited => _process.HasExited;

    /// <summary>The whole log so far.</summary>
    public string Log => string.Join('\n', _log);

    /// <summary>Standard output so far.</summary>
    public IReadOnlyCollection<string> Output => _output;

    /// <summary>The alerts on standard output so far: each line must be one.</summary>
    public IReadOnlyList<Alert> Alerts => [.. _output.Select(Alert.Parse)];

    /// <summary>Starts an agent on free ports and waits until it is ready.</summary>
    public static async Task<AgentProcess> StartAsync(string dataDirectory, params string[] flags)
    {
        AgentProcess agent = Begin(dataDirectory, flags);
        try
        {
            await Eventually.TrueAsync(() => agent.HasExited || ListeningLine.IsMatch(agent.Log), "the agent listening");
            Assert.False(agent.HasExited, $"the agent ended: {agent.Log}");
            agent._client.BaseAddress = new Uri(ListeningLine.Match(agent.Log).Groups[1].Value);
            await Eventually.GetAsync(
                async () => await agent.GetAsync("/readyz") is { Status: HttpStatusCode.OK } answer ? answer : null, () => $"the agent ready: {agent.Log}");
            return agent;
        }
        catch
        {
            await agent.DisposeAsync();
            throw;
        }
    }

    /// <returns>Code and text.</returns>
    public async Task<OperationsAnswer> GetAsync(string path)
    {
        using HttpResponseMessage response = await _client.GetAsync(path, TestContext.Current.CancellationToken);
        return new OperationsAnswer(response.StatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    /// <summary>The sum over the series of a metric whose labels hold a text.</summary>
    public async Task<double> MetricAsync(string name, string labels = "")
    {
        string[] lines = (await GetAsync("/metrics")).Body.Split('\n');
        return lines.Where(l => l.StartsWith(name, StringComparison.Ordinal) && l[name.Length] is '{' or ' ' && l.Contains(labels, StringComparison.Ordinal))
            .Sum(l => double.Parse(l[(l.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture));
    }

    /// <summary>The profile of a unit as the command line prints it, or null.</summary>
    public async Task<Profile?> ProfileAsync(string unit) => Profile.Find(await ProfilesAsync(), unit);

    /// <summary>All profiles as the command line prints them. Shape: a List.</summary>
    public async Task<JsonDocument> ProfilesAsync()
    {
        ShellResult result = await AgentProgram.RunAsync("profile", "list", "--data-dir", DataDirectory, "-A", "-o", "json");
        Assert.True(result.ExitCode == 0, result.All);
        return JsonDocument.Parse(result.Output);
    }

    public Task<Profile> ProfileAsync(string unit, Func<Profile, bool> condition, string what, TimeSpan? deadline = null)
    {
        Profile? last = null;
        return Eventually.GetAsync(
            async () => (last = await ProfileAsync(unit)) is { } profile && condition(profile) ? profile : null, () => $"{what}: {last}\n{Log}", deadline);
    }

    /// <summary>Ids of the kernel's programs that the agent holds.</summary>
    public IReadOnlyList<int> KernelPrograms() =>
        [.. Directory.EnumerateFiles($"/proc/{Pid}/fdinfo").SelectMany(File.ReadLines)
            .Where(l => l.StartsWith("prog_id:", StringComparison.Ordinal))
            .Select(l => int.Parse(l.AsSpan(8).Trim(), CultureInfo.InvariantCulture)).Distinct()];

    /// <summary>SIGTERM, and all that it still says.</summary>
    public async Task<(int ExitCode, TimeSpan Time)> StopAsync()
    {
        var time = Stopwatch.StartNew();
        await SignalAsync("TERM");
        await _process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        TimeSpan taken = time.Elapsed;
        await _reading;
        return (_process.ExitCode, taken);
    }

    /// <summary>SIGKILL.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync(CancellationToken.None);
        await _reading;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            await KillAsync();
        }

        _client.Dispose();
        _process.Dispose();
    }

    [GeneratedRegex(@"\[7009\].* on (http://\S+)")]
    private static partial Regex ListeningLine { get; }

    private static AgentProcess Begin(string dataDirectory, string[] flags)
    {
        string[] addresses = ["--ops-address", "127.0.0.1:0", "--storage-address", "127.0.0.1:0"];
        return new AgentProcess(
            dataDirectory, ShellProcess.Start(AgentProgram.Path, ["run", "--data-dir", dataDirectory, .. addresses, .. flags], AgentProgram.Variables));
    }

    private static async Task ReadAsync(StreamReader reader, ConcurrentQueue<string> lines)
    {
        while (await reader.ReadLineAsync() is { } line)
        {
            lines.Enqueue(line);
        }
    }

    private async Task SignalAsync(string signal)
    {
        ShellResult result = await ShellProcess.RunAsync("kill", "-" + signal, Pid.ToString(CultureInfo.InvariantCulture));
        Assert.True(result.ExitCode == 0, result.All);
    }
}

internal sealed record OperationsAnswer(HttpStatusCode Status, string Body);
