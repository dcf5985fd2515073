// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Tests.Agent;

/// <summary>Rules that a person writes into the agent's own storage: the real agent, kubectl, and real processes.</summary>
[Trait("Level", "Integration")]
public sealed class StoredRulesTests : IDisposable
{
    private readonly ScratchFolder _data = new();
    private readonly ScratchFolder _files = new();

    public StoredRulesTests()
    {
        AgentProgram.SkipUnlessItCanWatch();
        Assert.SkipUnless(File.Exists("/usr/bin/kubectl"), "kubectl is not installed");
    }

    public void Dispose()
    {
        _data.Dispose();
        _files.Dispose();
    }

    [Fact]
    public async Task Rule_AppliedByKubectl_FiresUntilItIsDeleted()
    {
        await using AgentProcess agent = await StartAsync();
        await using TestUnit unit = await TestUnit.StartAsync();
        double before = await ActiveAsync(agent);
        await ApplyAsync(RuleFiles.Of("mine", RuleFiles.Rule("MINE-1", "exec", "event.args.exists(a, a == 'mine')")));
        await ApplyAsync(RuleFiles.Of("control", RuleFiles.Rule("MINE-2", "exec", "event.args.exists(a, a == 'control')")));
        await KubectlAsync("wait", "rules", "-n", "default", "mine", "control", "--for=condition=Compiled", "--timeout=30s");
        await KubectlAsync("wait", "rules", "-n", "default", "mine", "--for=condition=Observed", "--timeout=30s");
        Assert.Equal(before + 2, await ActiveAsync(agent));

        await unit.DoAsync($"{unit.Program("true")} mine 1");
        await Eventually.TrueAsync(() => Count(agent, "MINE-1") == 1, "the alert of the applied rule");
        await KubectlAsync("delete", "rules", "-n", "default", "mine");
        await Eventually.GetAsync(async () => await ActiveAsync(agent) == before + 1 ? "" : null, () => "the deleted rule gone");
        await unit.DoAsync($"{unit.Program("true")} mine 2");
        await unit.DoAsync($"{unit.Program("true")} control");
        await Eventually.TrueAsync(() => Count(agent, "MINE-2") == 1, "the alert of the rule that stayed");

        Assert.Equal(1, Count(agent, "MINE-1")); // alerts of one unit come in the order of its events
    }

    [Fact]
    public async Task BrokenRule_SaysWhereInItsStatus_AndTheOthersHold()
    {
        await using AgentProcess agent = await StartAsync();
        await using TestUnit unit = await TestUnit.StartAsync();
        await ApplyAsync(RuleFiles.Of("mixed", RuleFiles.Rule("BAD-1", "exec", "event.exepth == 'x'"), RuleFiles.Rule("GOOD-1", "exec", "event.args.exists(a, a == 'good')")));
        await KubectlAsync("wait", "rules", "-n", "default", "mixed", "--for=condition=Compiled=False", "--timeout=30s");
        string message = await KubectlAsync("get", "rules", "-n", "default", "mixed", "-o", "jsonpath={.status.conditions[?(@.type==\"Compiled\")].message}");
        Assert.StartsWith("BAD-1: exec expression, 1:", message, StringComparison.Ordinal);

        await unit.DoAsync($"{unit.Program("true")} good");
        await Eventually.TrueAsync(() => Count(agent, "GOOD-1") == 1, "the alert of the rule that compiles");
    }

    [Fact]
    public async Task Exception_AppliedByKubectl_KeepsBackUntilItIsDeleted()
    {
        await using AgentProcess agent = await StartAsync();
        await using TestUnit unit = await TestUnit.StartAsync();
        await ApplyAsync(RuleFiles.Of("mine", RuleFiles.Rule("MINE-1", "exec", "event.args.exists(a, a == 'mine')"), RuleFiles.Rule("MINE-2", "exec", "event.args.exists(a, a == 'control')")));
        await ApplyAsync("""
            apiVersion: kubescape.io/v1
            kind: RuleException
            metadata: {name: quiet}
            spec: {ruleIds: [MINE-1], condition: "event.args.exists(a, a == 'again')", reason: a test}
            """);
        await KubectlAsync("wait", "ruleexceptions", "quiet", "--for=condition=Compiled", "--timeout=30s");
        await KubectlAsync("wait", "rules", "-n", "default", "mine", "--for=condition=Compiled", "--timeout=30s");

        await unit.DoAsync($"{unit.Program("true")} mine again");
        await unit.DoAsync($"{unit.Program("true")} control");
        await Eventually.TrueAsync(() => Count(agent, "MINE-2") == 1, "the alert that is not excepted");
        Assert.Equal(0, Count(agent, "MINE-1"));
        Assert.Equal(1, await agent.MetricAsync("node_agent_rule_exception_suppressed_total", "exception=\"quiet\""));

        await KubectlAsync("delete", "ruleexceptions", "quiet");
        await Eventually.GetAsync(async () => await agent.MetricAsync("node_agent_rule_exceptions", "state=\"active\"") == 0 ? "" : null, () => "the exception gone");
        await unit.DoAsync($"{unit.Program("true")} mine again");
        await Eventually.TrueAsync(() => Count(agent, "MINE-1") == 1, "the alert that nothing keeps back any more");
    }

    [Fact]
    public async Task Rule_OfASensorThatIsSwitchedOff_SaysSoInItsStatus()
    {
        await using AgentProcess agent = await StartAsync("--disable-sensors", "file_change");
        await ApplyAsync(RuleFiles.Of("deaf", RuleFiles.Rule("DEAF-1", "unlink", "event.path.endsWith('x')")));
        await KubectlAsync("wait", "rules", "-n", "default", "deaf", "--for=condition=Observed=False", "--timeout=30s");
        string message = await KubectlAsync("get", "rules", "-n", "default", "deaf", "-o", "jsonpath={.status.conditions[?(@.type==\"Observed\")].message}");

        Assert.EndsWith(": unlink: sensor file_change is among bpf.disabledSensors", message, StringComparison.Ordinal);
        Assert.Equal(0, await agent.MetricAsync("node_agent_sensor_active", "sensor=\"file_change\""));
    }

    private Task<AgentProcess> StartAsync(params string[] flags) => AgentProcess.StartAsync(_data.Path, ["--cooldown", "0s", "--kubeconfig", "none", .. flags]);

    private static Task<double> ActiveAsync(AgentProcess agent) => agent.MetricAsync("node_agent_rules", "state=\"active\"");

    private static int Count(AgentProcess agent, string rule) => agent.Alerts.Count(alert => alert.Rule == rule);

    private Task<string> ApplyAsync(string yaml) => KubectlAsync("apply", "-f", _files.Write($"{Guid.NewGuid():N}.yaml", yaml));

    private async Task<string> KubectlAsync(params string[] arguments)
    {
        ShellResult result = await ShellProcess.RunAsync("kubectl", ["--kubeconfig", Path.Combine(_data.Path, "kubeconfig"), "--cache-dir", _files["cache"], .. arguments]);
        Assert.True(result.ExitCode == 0, $"kubectl {string.Join(' ', arguments)}: {result.All}");
        return result.Output;
    }
}
