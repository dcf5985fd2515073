// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Tests.Agent;

/// <summary>Which rules the running agent judges by.</summary>
[Trait("Level", "Integration")]
public sealed class RuleLibraryTests : IDisposable
{
    private const string Rules = "node_agent_rules";
    private const string Active = "state=\"active\"";

    private readonly ScratchFolder _data = new();

    public RuleLibraryTests() => AgentProgram.SkipUnlessItCanWatch();

    public void Dispose() => _data.Dispose();

    [Fact]
    public async Task Library_SwitchedOff_IsNotJudgedBy()
    {
        await using AgentProcess agent = await AgentProcess.StartAsync(_data.Path, "--rules-library", "false");
        Assert.Equal(0, await agent.MetricAsync(Rules, Active));
    }

    [Fact]
    public async Task Library_SwitchedOffBesideAFolder_LeavesTheFoldersRules()
    {
        string folder = Path.Combine(_data.Path, "rules");
        Directory.CreateDirectory(folder);
        await File.WriteAllTextAsync(Path.Combine(folder, "one.yaml"), """
            apiVersion: kubescape.io/v1
            kind: Rules
            metadata: {name: mine}
            spec:
              rules:
                - id: MINE-1
                  name: "Mine"
                  enabled: true
                  description: "One."
                  severity: 1
                  profileDependency: 2
                  expressions:
                    message: "event.comm"
                    uniqueId: "event.comm"
                    ruleExpression: [{eventType: exec, expression: "event.comm == 'x'"}]
            """);
        await using AgentProcess agent = await AgentProcess.StartAsync(_data.Path, "--rules-library", "false", "--rules-path", folder);
        Assert.Equal(1, await agent.MetricAsync(Rules, Active));
        Assert.Equal(0, await agent.MetricAsync(Rules, "state=\"failed\""));
    }
}
