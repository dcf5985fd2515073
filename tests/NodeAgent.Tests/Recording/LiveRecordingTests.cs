// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging.Abstractions;
using NodeAgent.Api.Alerts;
using NodeAgent.Bpf;
using NodeAgent.Bpf.Layout;
using NodeAgent.Bpf.Loading;
using NodeAgent.Configuration;
using NodeAgent.Hosting;
using NodeAgent.Operations;
using NodeAgent.Pipeline;
using NodeAgent.Recording;
using NodeAgent.Recording.Format;
using NodeAgent.Replay;
using NodeAgent.Rules;
using NodeAgent.Rules.Alerts;
using NodeAgent.Rules.Engine;
using NodeAgent.Tests.Agent;
using NodeAgent.Tests.Replay;
using NodeAgent.TestSupport.Runc;

namespace NodeAgent.Tests.Recording;

/// <summary>The real kernel, the engine of the agent and a recorder on one loop: what is replayed afterwards is what was told then.</summary>
[Trait("Level", "Integration")]
public sealed class LiveRecordingTests
{
    private const string Attack = "ln -s /etc/shadow /tmp/notes; cat /etc/shadow; cat /proc/self/environ";

    public LiveRecordingTests()
    {
        string? missing = RuncContainer.Missing ?? KernelRequirements.Check().FirstOrDefault(problem => problem.IsFatal)?.Message;
        Assert.SkipWhen(missing is not null, missing ?? string.Empty);
    }

    [Fact]
    public async Task Replay_OfWhatAnEngineJudgedLive_GivesItsAlerts()
    {
        using var file = new MemoryStream();
        var live = new List<string>();
        await RunAsync(file, live);

        (IReadOnlyList<string> replayed, ReplayResult result) = await RecordingReplayTests.ReplayAsync(file.ToArray(), Settings());

        Assert.Null(result.Damage);
        Assert.Equal(live, replayed);
        Assert.True(live.Count(alert => alert.Contains("\"ruleID\":\"R1010\"", StringComparison.Ordinal)) >= 2);
        Assert.True(result.Records > 100, $"{result.Records} records");
    }

    private static RulesOptions Settings() => new() { EnabledRules = ["R1010", "R0010"], Cooldown = TimeSpan.FromSeconds(2), AlertQueueCapacity = 100_000 };

    // Two containers, one after the other, while everything else of the machine is recorded and judged as well.
    private static async Task RunAsync(MemoryStream file, List<string> alerts)
    {
        using KernelEventSource source = KernelGate.Open(new ProbeSettings { Sensors = [ProbeSettings.AllSensors] }, [], NullLoggerFactory.Instance);
        using var writer = new RecordingWriter(file, RecordedMachine.Header(DateTimeOffset.UtcNow) with { Host = Environment.MachineName, Wire = WireVersion.Current }, long.MaxValue);
        var recorder = new Recorder(writer, TimeProvider.System);
        await using var enrichment = new EnrichmentParts(new AgentOptions().Containers, NullLoggerFactory.Instance, TimeProvider.System, pods: null, recorder);
        recorder.Use(enrichment.Stage);
        source.Tap = recorder;
        var origin = new AlertOrigin { NodeName = "node-a", HostName = Environment.MachineName, ClusterName = "here", AgentVersion = ProductVersion.Text };
        using var engine = new RuleEngine(Settings(), origin, NodeAgent.Replay.NoProfiles.Instance, recorder.Time, NullLogger<RuleEngine>.Instance);
        using var loop = new EventLoop(
            new RecordingSource(new KernelRecords(source), recorder), enrichment.Stage, [recorder, engine], new AgentHealth(TimeProvider.System, TimeSpan.FromMinutes(1)), NullLogger<EventLoop>.Instance);
        loop.Start();
        await recorder.Begun;
        for (int number = 0; number < 2; number++)
        {
            await using var container = new RuncContainer();
            await container.RunAsync(container.CgroupParent + "/docker/" + container.Id, null, $"ln() {{ /bin/busybox ln \"$@\"; }}; {Attack}; true");
        }

        await Eventually.TrueAsync(() => engine.Counts.Single(rule => rule.Id == "R1010").Alerts >= 2, "alerts of both links");
        await loop.StopAsync();
        recorder.End();
        engine.Stop();
        while (engine.Alerts.TryRead(out RuntimeAlerts? alert))
        {
            alerts.Add(RecordedMachine.Line(alert));
        }
    }
}
