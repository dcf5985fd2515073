// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging.Abstractions;
using NodeAgent.Rules.Loading;
using NodeAgent.Rules.Tests.Fixtures;

namespace NodeAgent.Rules.Tests.Loading;

/// <summary>A folder of rules is read whole, again and again, and what is broken takes nothing else down.</summary>
public sealed class RuleFolderTests : IDisposable
{
    private readonly string _path = Directory.CreateTempSubdirectory("rules").FullName;
    private readonly Bench _bench = new();

    public void Dispose()
    {
        _bench.Dispose();
        Directory.Delete(_path, recursive: true);
    }

    [Fact]
    public void Read_FilesThatChangeBreakAndGo_GivesWhatHolds()
    {
        var folder = new RuleFolder(_path);
        Assert.False(folder.Read());
        Write("a.yaml", Rule("A", "true"));
        Write("b.yml", Rule("B", "true"));
        Write(".hidden.yaml", "no: rule");
        Assert.True(folder.Read());
        Assert.Equal(["A", "B"], Ids(folder));
        Assert.False(folder.Read());

        Write("a.yaml", "kind: Rules\nspec: [");
        Assert.True(folder.Read());
        Assert.Equal(["A", "B"], Ids(folder));
        Assert.Contains("line", Assert.Single(folder.Issues).Message, StringComparison.Ordinal);
        Assert.False(folder.Read());
        Assert.Single(folder.Issues);

        File.Delete(Path.Combine(_path, "b.yml"));
        Write("a.yaml", Rule("C", "true"));
        Assert.True(folder.Read());
        Assert.Equal(["C"], Ids(folder));
        Assert.Empty(folder.Issues);
    }

    [Theory]
    [InlineData("kind: ConfigMap", "ConfigMap")]
    [InlineData("just text", "kind")]
    [InlineData("kind: Rules\nspec: {rules: [{severity: high}]}", "severity")]
    public void Read_WhatIsNoRules_IsSaid(string text, string said)
    {
        Write("a.yaml", text);
        var folder = new RuleFolder(_path);
        folder.Read();

        Assert.Contains(said, Assert.Single(folder.Issues).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_FolderThatIsGone_IsSaidAndWhatWasReadHolds()
    {
        Write("a.yaml", Rule("A", "true"));
        var folder = new RuleFolder(Path.Combine(_path, "none"));
        folder.Read();
        Assert.Single(folder.Issues);
        Assert.Empty(folder.Documents.Rules);
    }

    [Fact]
    public async Task Watch_FileThatChanges_IsJudgedByFromTheNextEvent()
    {
        Write("a.yaml", Rule("R0010", "false") + "---\n" + Rule("A", "event.path == '/a'"));
        var folder = new RuleFolder(_path);
        folder.Read();
        var feed = new RuleFeed(_bench.Engine, useLibrary: true, NullLogger<RuleFeed>.Instance);
        await using var watch = new RuleFolderWatch(folder, feed, TimeSpan.FromMilliseconds(20), TimeProvider.System);
        _bench.Open("/a");
        _bench.Open("/etc/shadow");
        Assert.Equal(["A"], _bench.TakenRules());
        Assert.Contains("R0001", _bench.Engine.Rules.Select(rule => rule.Id));

        Write("a.yaml", Rule("A", "event.path == '/b'"));
        while (!_bench.Engine.Rules.Any(rule => rule.Id == "R0010" && rule.Name != "Test"))
        {
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }

        _bench.Open("/b");
        _bench.Open("/etc/shadow");
        Assert.Equal(["A", "R0010"], _bench.TakenRules());
    }

    private void Write(string name, string text) => File.WriteAllText(Path.Combine(_path, name), text);

    private static string[] Ids(RuleFolder folder) => [.. folder.Documents.Rules.SelectMany(one => one.Spec!.Rules!).Select(rule => rule.Id!)];

    private static string Rule(string id, string expression) => $$"""
        apiVersion: kubescape.io/v1
        kind: Rules
        metadata: {name: {{id}}}
        spec:
          rules:
            - id: {{id}}
              name: Test
              enabled: true
              severity: 5
              profileDependency: 2
              expressions:
                message: event.comm
                uniqueId: event.comm + event.path
                ruleExpression: [{eventType: open, expression: "{{expression}}"}]

        """;
}
