// SPDX-License-Identifier: Apache-2.0
using System.Net;
using NodeAgent.Tests.Hosting;

namespace NodeAgent.Tests.Agent;

/// <summary>An agent that cannot keep anything goes on watching and alerting, and says what it cannot do.</summary>
[Trait("Level", "Integration")]
public sealed class DiskTests
{
    public DiskTests() => AgentProgram.SkipUnlessItCanWatch();

    [Fact]
    public async Task Run_ReadOnlyDirectory_StillAlertsAndSaysSo()
    {
        using Tmpfs disk = await Tmpfs.MountAsync("1m");
        await disk.MakeReadOnlyAsync();
        await using AgentProcess agent = await AgentProcess.StartAsync(disk.Path);
        await using TestUnit unit = await TestUnit.StartAsync();

        await AssertAlertsAsync(agent, unit, "/etc/shadow");

        Assert.Contains("[7010]", agent.Log, StringComparison.Ordinal);
        Assert.Contains("Read-only file system", agent.Log, StringComparison.OrdinalIgnoreCase);
        await AssertStopsAsync(agent);
    }

    [Fact]
    public async Task Run_DiskFullAtStart_StillAlertsAndSaysSo()
    {
        using Tmpfs disk = await Tmpfs.MountAsync("1m");
        disk.Fill();
        await using AgentProcess agent = await AgentProcess.StartAsync(disk.Path);
        await using TestUnit unit = await TestUnit.StartAsync();

        await AssertAlertsAsync(agent, unit, "/etc/shadow");

        Assert.Contains("No space left", agent.Log, StringComparison.OrdinalIgnoreCase);
        await AssertStopsAsync(agent);
    }

    [Fact]
    public async Task Run_DiskFillsUpAndEmpties_LosesTheFileOnlyMeanwhile()
    {
        using Tmpfs disk = await Tmpfs.MountAsync("1m");
        await using AgentProcess agent = await AgentProcess.StartAsync(
            disk.Path, "--cooldown", "0s", "--learning-period", "1h", "--initial-delay", "0s", "--update-interval", "1s", "--checkpoint-interval", "1s");
        await using TestUnit unit = await TestUnit.StartAsync();
        disk.Fill();

        await AssertAlertsAsync(agent, unit, "/etc/shadow");
        await Eventually.TrueAsync(() => agent.Log.Contains("No space left", StringComparison.OrdinalIgnoreCase), $"the log naming the full disk: {agent.Log}");
        Assert.Equal(HttpStatusCode.OK, (await agent.GetAsync("/livez")).Status);
        await Eventually.GetAsync(
            async () =>
            {
                // Alerts before this one leave room in the last page of the file, which a full disk does not take.
                await unit.DoAsync("read x </etc/shadow");
                return await agent.MetricAsync("node_agent_alert_sink_failed_total") + await agent.MetricAsync("node_agent_alert_sink_dropped_total") > 0 ? "counted" : null;
            },
            () => "the alerts that the file did not take being counted");
        File.Delete(Path.Combine(disk.Path, "fill"));
        string file = Path.Combine(disk.Path, "alerts.jsonl");
        await Eventually.GetAsync(
            async () =>
            {
                await unit.DoAsync("read x </etc/shadow-");
                await unit.DoAsync("read x </etc/shadow");
                return File.Exists(file) && (await File.ReadAllLinesAsync(file)).Any(l => l.Contains(unit.Name, StringComparison.Ordinal)) ? "written" : null;
            },
            () => $"alerts in the file again: {agent.Log}");

        // Lines that were begun when the disk was full must not spoil those after them.
        await AssertStopsAsync(agent);
        string[] lines = await File.ReadAllLinesAsync(file, TestContext.Current.CancellationToken);
        Assert.All(lines, line => Alert.Parse(line));
    }

    private static async Task AssertAlertsAsync(AgentProcess agent, TestUnit unit, string path)
    {
        await unit.DoAsync($"read x <{path}");
        await Eventually.TrueAsync(() => agent.Alerts.Any(a => a.Unit == unit.Name && a.Rule == "R0010"), $"the alert on standard output: {agent.Log}");
        Assert.Equal(HttpStatusCode.OK, (await agent.GetAsync("/livez")).Status);
    }

    private static async Task AssertStopsAsync(AgentProcess agent)
    {
        (int code, TimeSpan time) = await agent.StopAsync();
        Assert.True(code == 0, agent.Log);
        Assert.True(time < TimeSpan.FromSeconds(5), $"the stop took {time}: {agent.Log}");
    }
}
