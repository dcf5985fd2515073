// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Tests.Agent;

/// <summary>Rules that come while the agent runs and look at events of which nothing told before.</summary>
[Trait("Level", "Integration")]
public sealed class LateSensorTests : IDisposable
{
    private readonly ScratchFolder _data = new();
    private readonly ScratchFolder _rules = new();

    public LateSensorTests()
    {
        AgentProgram.SkipUnlessItCanWatch();
        _rules.Write("exec.yaml", RuleFiles.Of("first", RuleFiles.Rule("EXEC-1", "exec", "event.args.exists(a, a == 'news')")));
    }

    public void Dispose()
    {
        _data.Dispose();
        _rules.Dispose();
    }

    [Fact]
    public async Task RuleOfAnotherType_DroppedIntoTheFolder_HasItsSensorAndFires()
    {
        await using AgentProcess agent = await StartAsync();
        await using TestUnit unit = await TestUnit.StartAsync();
        Assert.Equal(0, await ActiveAsync(agent, "file_change") + await ActiveAsync(agent, "signal"));
        int programs = agent.KernelPrograms().Count;
        DropUnlinkRule();
        await Eventually.GetAsync(async () => await ActiveAsync(agent, "file_change") == 1 ? "" : null, () => $"the sensor: {agent.Log}");

        await RemoveAsync(unit, "gone");
        await Eventually.TrueAsync(() => Count(agent, "UNLINK-1") == 1, $"the alert: {agent.Log}");
        Assert.True(await agent.MetricAsync("node_agent_bpf_program_memory_bytes", "sensor=\"file_change\"") > 0, "the new programs are not measured");
        Assert.True(agent.KernelPrograms().Count > programs);
        Assert.Equal(0, await ActiveAsync(agent, "signal"));

        // What the agent told before it tells still.
        await unit.DoAsync($"{unit.Program("true")} news");
        await Eventually.TrueAsync(() => Count(agent, "EXEC-1") == 1, "the alert of the first rule");
        (int code, _) = await agent.StopAsync();
        Assert.Equal(0, code);
    }

    [Fact]
    public async Task SensorThatCameLate_WithPins_IsTakenOverByTheNextAgent()
    {
        await using BpfMount pins = await BpfMount.CreateAsync();
        await using AgentProcess first = await StartAsync("--pin-path", pins.Path);
        Assert.DoesNotContain(pins.Entries(), entry => entry.Contains("link_file_change-", StringComparison.Ordinal));
        DropUnlinkRule();
        await Eventually.GetAsync(async () => await ActiveAsync(first, "file_change") == 1 ? "" : null, () => $"the sensor: {first.Log}");
        string[] links = Links(pins);
        Assert.NotEmpty(links);
        await first.KillAsync();
        await using TestUnit unit = await TestUnit.StartAsync();
        await RemoveAsync(unit, "between");

        await using AgentProcess second = await StartAsync("--pin-path", pins.Path);
        await Eventually.TrueAsync(() => Count(second, "UNLINK-1") == 1, $"what no agent was there to see: {second.Log}");
        await RemoveAsync(unit, "after");
        await Eventually.TrueAsync(() => Count(second, "UNLINK-1") == 2, $"what happens now: {second.Log}");
        Assert.Equal(links, Links(pins));
        Assert.Contains("Sensor file_change: Active", second.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SensorThatCameLate_WithoutItsRuleLater_IsTakenOutByTheNextAgentAndComesAgain()
    {
        await using BpfMount pins = await BpfMount.CreateAsync();
        await using AgentProcess first = await StartAsync("--pin-path", pins.Path);
        DropUnlinkRule();
        await Eventually.GetAsync(async () => await ActiveAsync(first, "file_change") == 1 ? "" : null, () => $"the sensor: {first.Log}");
        await first.KillAsync();
        File.Delete(_rules["unlink.yaml"]);

        await using AgentProcess second = await StartAsync("--pin-path", pins.Path);
        Assert.Empty(Links(pins));
        DropUnlinkRule();
        await Eventually.GetAsync(async () => await ActiveAsync(second, "file_change") == 1 ? "" : null, () => $"the sensor: {second.Log}");
        await using TestUnit unit = await TestUnit.StartAsync();
        await RemoveAsync(unit, "gone");

        await Eventually.TrueAsync(() => Count(second, "UNLINK-1") == 1, $"the alert: {second.Log}");
    }

    // Without those of drift's witness, which would load the sensors that come late here.
    private Task<AgentProcess> StartAsync(params string[] flags) => AgentProcess.StartAsync(
        _data.Path, ["--cooldown", "0s", "--host-scan-drift", "false", "--kubeconfig", "none", "--rules-library", "false", "--rules-path", _rules.Path, .. flags]);

    private static Task<double> ActiveAsync(AgentProcess agent, string sensor) => agent.MetricAsync("node_agent_sensor_active", $"sensor=\"{sensor}\"");

    private static int Count(AgentProcess agent, string rule) => agent.Alerts.Count(alert => alert.Rule == rule);

    private static string[] Links(BpfMount pins) => [.. pins.Entries().Where(entry => entry.Contains("link_file_change-", StringComparison.Ordinal))];

    private void DropUnlinkRule() => _rules.Write("unlink.yaml", RuleFiles.Of("second", RuleFiles.Rule("UNLINK-1", "unlink", "event.path.endsWith('.na-late')")));

    private static async Task RemoveAsync(TestUnit unit, string name)
    {
        string file = Path.Combine(unit.Folder, name + ".na-late");
        await File.WriteAllTextAsync(file, "x", TestContext.Current.CancellationToken);
        string remove = Path.Combine(unit.Folder, "bin/rm");
        Assert.Equal(0, await unit.DoAsync($"{(File.Exists(remove) ? remove : unit.NewProgram("rm"))} {file}"));
    }
}
