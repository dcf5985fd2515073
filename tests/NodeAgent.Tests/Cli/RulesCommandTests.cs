// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Rules.Library;
using NodeAgent.Tests.Agent;

namespace NodeAgent.Tests.Cli;

/// <summary><c>node-agent rules check</c> and <c>list</c>, as a user runs them.</summary>
[Trait("Level", "Integration")]
public sealed class RulesCommandTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    public RulesCommandTests() => AgentProgram.SkipUnlessBuilt();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Check_GoodFile_SaysSoWithItsCost()
    {
        ShellResult result = await AgentProgram.RunAsync("rules", "check", File(Rule("event.comm == 'sh'")));

        Assert.Equal(0, result.ExitCode);
        Assert.Empty(result.Output);
        Assert.Matches(@"rules\.yaml: 1 rules, 0 bindings, 0 exceptions, 0 errors; the dearest takes at most \d+ steps\n$", result.Errors);
    }

    [Fact]
    public async Task Check_LibraryOfThisTree_IsClean()
    {
        ShellResult result = await AgentProgram.RunAsync(
            ["rules", "check", .. Directory.EnumerateFiles(RepositoryRoot.File("src/NodeAgent.Rules/Library"), "*.yaml")]);

        Assert.True(result.ExitCode == 0, result.All);
        Assert.DoesNotContain("error:", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Check_BadRule_NamesRuleLineAndColumn()
    {
        ShellResult result = await AgentProgram.RunAsync("rules", "check", File(Rule("event.comm ==\n              nobody")));

        Assert.Equal(1, result.ExitCode);
        Assert.Matches(@"rules\.yaml: error: .*MINE-1.*2:\d+.*nobody", result.Output);
        Assert.Contains("1 errors", result.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("kind: Rules\nspec: [unclosed\n", "line ")]
    [InlineData("kind: Pod\n", "kind 'Pod' is none of")]
    [InlineData("kind: Rules\nspec: {rules: 1}\n", "$.spec.rules")]
    [InlineData("", null)]
    public async Task Check_BadYaml_IsOneLineThatSaysWhere(string text, string? said)
    {
        ShellResult result = await AgentProgram.RunAsync("rules", "check", _folder.Write("rules.yaml", text));

        Assert.Equal(said is null ? 0 : 1, result.ExitCode);
        Assert.Contains(said ?? "0 rules, 0 bindings", result.Errors, StringComparison.Ordinal);
        Assert.Single(result.Errors.TrimEnd('\n').Split('\n'));
    }

    [Fact]
    public async Task Check_MissingFile_IsOneLineThatNamesIt()
    {
        ShellResult result = await AgentProgram.RunAsync("rules", "check", _folder["none.yaml"]);

        Assert.Equal(1, result.ExitCode);
        Assert.StartsWith($"error: {_folder["none.yaml"]}: ", result.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Check_StandardInput_IsReadLikeAFile()
    {
        string file = File(Rule("event.comm == 1"));

        ShellResult result = await ShellProcess.RunAsync(
            "/bin/sh", ["-c", "\"$0\" rules check - <\"$1\"", AgentProgram.Path, file], AgentProgram.Variables, TestContext.Current.CancellationToken);

        Assert.Equal(1, result.ExitCode);
        Assert.StartsWith("-: error: ", result.Output, StringComparison.Ordinal);
    }

    // The name of a rule may come from anybody who may write objects in a cluster.
    [Fact]
    public async Task Commands_ControlCharacters_NeverReachTheTerminal()
    {
        string file = File(Rule("nobody").Replace("MINE-1", "\"MINE\\u001b[2J\\u0007\"", StringComparison.Ordinal));

        ShellResult check = await AgentProgram.RunAsync("rules", "check", file);
        ShellResult list = await AgentProgram.RunAsync("rules", "list", file);

        Assert.Equal(1, check.ExitCode);
        Assert.Equal(0, list.ExitCode);
        Assert.All((check.All + list.All).Where(char.IsControl), control => Assert.Equal('\n', control));
        Assert.Contains("MINE", list.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task List_NoFile_HasEachRuleOfTheLibrary()
    {
        ShellResult result = await AgentProgram.RunAsync("rules", "list");

        string[] lines = result.Output.TrimEnd('\n').Split('\n');
        Assert.StartsWith("ID ", lines[0], StringComparison.Ordinal);
        Assert.Equal(RuleLibrary.Ids, lines[1..].Select(line => line.Split(' ')[0]));
    }

    [Fact]
    public async Task List_File_HasItsRulesOnly()
    {
        ShellResult result = await AgentProgram.RunAsync("rules", "list", File(Rule("event.comm == 'sh'")));

        string line = Assert.Single(result.Output.TrimEnd('\n').Split('\n')[1..]);
        Assert.Matches(@"^MINE-1 +yes +5 +none +exec +TA0002 T1059 +Mine$", line);
    }

    [Theory]
    [InlineData("a: [")]
    [InlineData("kind: Pod")]
    public async Task List_BadFile_IsOneLine(string text)
    {
        ShellResult result = await AgentProgram.RunAsync("rules", "list", _folder.Write("rules.yaml", text));

        Assert.Equal(1, result.ExitCode);
        Assert.StartsWith("error: ", result.Errors, StringComparison.Ordinal);
        Assert.Single(result.Errors.TrimEnd('\n').Split('\n'));
    }

    internal static string Rule(string expression, string type = "exec") => $"""
        apiVersion: kubescape.io/v1
        kind: Rules
        metadata:
          name: mine
        spec:
          rules:
          - id: MINE-1
            name: Mine
            enabled: true
            severity: 5
            profileDependency: 2
            mitreTactic: TA0002
            mitreTechnique: T1059
            tags: ["context:container", "context:standalone", "context:host"]
            expressions:
              message: "event.comm"
              uniqueId: "event.comm"
              ruleExpression:
              - eventType: {type}
                expression: |-
                  {expression}
        """;

    private string File(string text) => _folder.Write("rules.yaml", text);
}
