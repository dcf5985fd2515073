// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;

namespace NodeAgent.Tests.Agent;

/// <summary>Alerts of a running agent on their way to a receiver elsewhere.</summary>
[Trait("Level", "Integration")]
public sealed class AlertDeliveryTests : IDisposable
{
    private const int Count = 40;
    private readonly ScratchFolder _data = new();
    private readonly string _programs = $"/dev/shm/node-agent-test-{Environment.ProcessId}-{Guid.NewGuid():N}";
    private readonly int _port = FreePort();

    public AlertDeliveryTests()
    {
        AgentProgram.SkipUnlessItCanWatch();
        Directory.CreateDirectory(_programs);
    }

    public void Dispose()
    {
        Directory.Delete(_programs, recursive: true);
        _data.Dispose();
    }

    [Fact]
    public async Task Run_KilledBetweenRaiseAndSend_TheNextRunDeliversEachAlert()
    {
        string config = Configuration();
        string[] raised;
        await using (AgentProcess agent = await AgentProcess.StartAsync(_data["agent"], "--config", config))
        {
            Execute();
            await Eventually.TrueAsync(() => Ids(agent.Output).Length == Count, $"the alerts: {agent.Log}");
            raised = Ids(agent.Output);
            await agent.KillAsync(); // the receiver is not there yet
        }

        var received = new ConcurrentQueue<string>();
        await using WebApplication receiver = await StartReceiverAsync(received);
        await using AgentProcess next = await AgentProcess.StartAsync(_data["agent"], "--config", config);
        await Eventually.TrueAsync(() => raised.All(id => received.Contains(id)), $"{raised.Except(received).Count()} of {Count} missing: {next.Log}");
        Assert.Equal(raised, received.Where(id => raised.Contains(id)).Distinct()); // in order
        await Eventually.GetAsync(
            async () => await next.MetricAsync("node_agent_alert_sink_queue_length", "sink=\"hook\"") == 0 && await next.MetricAsync("node_agent_alert_sink_sent_total", "sink=\"hook\"") >= Count ? "done" : null,
            () => "the counters to say so");
    }

    [Fact]
    public async Task Run_ReceiverHangs_DelaysNoOtherAlertAndNoStop()
    {
        using var hanging = new TcpListener(IPAddress.Loopback, _port);
        hanging.Start(); // the kernel takes connections, and nobody reads
        await using AgentProcess agent = await AgentProcess.StartAsync(_data["agent"], "--config", Configuration());
        Execute();
        await Eventually.TrueAsync(() => Ids(agent.Output).Length == Count, $"the alerts on standard output: {agent.Log}");
        Assert.Equal(0, await agent.MetricAsync("node_agent_alert_sink_sent_total", "sink=\"hook\""));
        (int code, TimeSpan time) = await agent.StopAsync();
        Assert.Equal(0, code);
        Assert.True(time < TimeSpan.FromSeconds(10), $"{time}");
        Assert.Contains("[5012]", agent.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Alerts_OfARunningAgent_AreListedAndExplained()
    {
        await using AgentProcess agent = await AgentProcess.StartAsync(_data["agent"]);
        Execute();
        await Eventually.TrueAsync(() => Ids(agent.Output).Length == Count, $"the alerts: {agent.Log}");
        string id = Ids(agent.Output)[0];

        ShellResult listed = await AgentProgram.RunAsync("alerts", "--data-dir", _data["agent"], "--rule", "R1000", "--tail", "0");
        Assert.True(listed.ExitCode == 0, listed.All);
        Assert.StartsWith("TIME ", listed.Output, StringComparison.Ordinal);
        Assert.True(listed.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length > Count, listed.Output);
        ShellResult json = await AgentProgram.RunAsync("alerts", "--data-dir", _data["agent"], "--rule", "R1000", "-o", "json");
        Assert.Contains(id, Ids(json.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)));
        ShellResult explained = await AgentProgram.RunAsync("alerts", "explain", id, "--data-dir", _data["agent"]);
        Assert.True(explained.ExitCode == 0, explained.All);
        Assert.Contains(_programs, explained.Output, StringComparison.Ordinal);
        Assert.Contains("Rule R1000:", explained.Output, StringComparison.Ordinal);
        ShellResult unknown = await AgentProgram.RunAsync("alerts", "explain", "zzzz", "--data-dir", _data["agent"]);
        Assert.Equal((1, "error: no alert has the id zzzz; node-agent alerts lists them\n"), (unknown.ExitCode, unknown.Errors));
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static async Task<WebApplication> StartReceiverAsync(ConcurrentQueue<string> received, int port)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, port));
        WebApplication app = builder.Build();
        app.Run(async http =>
        {
            using var reader = new StreamReader(http.Request.Body);
            foreach (string line in (await reader.ReadToEndAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries))
            {
                using JsonDocument document = JsonDocument.Parse(line);
                received.Enqueue(document.RootElement.GetProperty("id").GetString()!);
            }
        });
        await app.StartAsync(TestContext.Current.CancellationToken);
        return app;
    }

    private Task<WebApplication> StartReceiverAsync(ConcurrentQueue<string> received) => StartReceiverAsync(received, _port);

    private string Configuration() => _data.Write("config.yaml", string.Create(CultureInfo.InvariantCulture, $$"""
        alerts:
          sinks:
            - name: hook
              type: webhook
              format: json
              wrapping: lines
              url: http://127.0.0.1:{{_port}}/
              filter: { rules: R1000 }
              retry: { least: 100ms, most: 1s }
        """));

    // Each is a program of its own: repeats of one would be folded.
    private void Execute()
    {
        for (int number = 0; number < Count; number++)
        {
            string program = Path.Combine(_programs, string.Create(CultureInfo.InvariantCulture, $"sample-{number}"));
            File.Copy("/bin/true", program);
            using Process process = Process.Start(program);
            process.WaitForExit();
        }
    }

    private string[] Ids(IEnumerable<string> lines) =>
        [.. lines.Where(line => line.Contains("\"R1000\"", StringComparison.Ordinal) && line.Contains(_programs, StringComparison.Ordinal)).Select(line =>
        {
            using JsonDocument document = JsonDocument.Parse(line);
            return document.RootElement.GetProperty("spec").GetProperty("alerts")[0].GetProperty("arguments").GetProperty("alertID").GetString()!;
        })];
}
