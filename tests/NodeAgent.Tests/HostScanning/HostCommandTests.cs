// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;
using System.Xml.Linq;
using NodeAgent.Tests.Agent;

namespace NodeAgent.Tests.HostScanning;

/// <summary><c>node-agent host</c> on this machine, as a user runs it.</summary>
[Trait("Level", "Integration")]
public sealed class HostCommandTests : IDisposable
{
    private const string Checks = """
        id: own
        name: Own
        checks:
          - id: OWN-1
            title: The kernel is of another world
            rationale: For the test.
            severity: high
            pass: kernel.content.contains("another world")
            evidence:
              - found: kernel.content
                wanted: another world
            remediation: Move.
          - id: OWN-2
            title: The kernel says what it is
            rationale: For the test.
            severity: low
            pass: kernel.content.startsWith("Linux version ")
            remediation: None.
        """;

    private readonly ScratchFolder _folder = new();

    public HostCommandTests()
    {
        AgentProgram.SkipUnlessBuilt();
        _folder.Write("checks/own.yaml", Checks);
        _folder.Write("except.yaml", "exceptions: [{checks: [OWN-1], reason: we stay, expires: 2100-01-01}]");
        _folder.Write("labels.yaml", "exceptions: [{checks: [OWN-1], nodeLabels: {zone: a}, reason: we stay, expires: 2100-01-01}]");
        _folder.Write("expired.yaml", "exceptions: [{checks: [OWN-1], reason: we stayed, expires: 2020-01-01}]");
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("", 0)]
    [InlineData("--fail-on critical", 0)]
    [InlineData("--fail-on high", 1)]
    [InlineData("--fail-on low", 1)]
    [InlineData("--fail-on low --only OWN-2", 0)]
    [InlineData("--fail-on low --exceptions EXCEPT", 0)]
    [InlineData("--fail-on low --exceptions EXPIRED", 1)]
    [InlineData("--fail-on low --exceptions LABELS", 1)]
    [InlineData("--fail-on low --exceptions LABELS --node-label zone=b", 1)]
    [InlineData("--fail-on low --exceptions LABELS --node-label pool=x zone=a", 0)]
    public async Task Scan_FailOn_DecidesTheExitCode(string flags, int code)
    {
        ShellResult result = await ScanAsync(flags.Replace("EXCEPT", _folder["except.yaml"], StringComparison.Ordinal).Replace("EXPIRED", _folder["expired.yaml"], StringComparison.Ordinal).Replace("LABELS", _folder["labels.yaml"], StringComparison.Ordinal));

        Assert.True(result.ExitCode == code, result.All);
        Assert.Equal(flags.Contains("EXPIRED", StringComparison.Ordinal), result.Output.Contains("Exceptions that have run out:", StringComparison.Ordinal));
        Assert.Contains("OWN-2", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Scan_EachForm_TellsTheSame()
    {
        string kernel = (await File.ReadAllTextAsync("/proc/version", TestContext.Current.CancellationToken)).Trim();

        JsonNode json = JsonNode.Parse((await ScanAsync("-o json --documents")).Output)!;
        Assert.Equal(kernel, (string?)json["sensors"]!.AsArray().Single(sensor => (string?)sensor!["kind"] == "KernelVersion")!["spec"]!["content"]);
        Assert.Equal((12, "fail"), ((int)json["score"]!, (string?)json["checks"]![0]!["outcome"]));
        Assert.Contains("outcome: fail", (await ScanAsync("-o yaml")).Output, StringComparison.Ordinal);
        Assert.Equal("OWN-1", (string?)JsonNode.Parse((await ScanAsync("-o sarif")).Output)!["runs"]![0]!["results"]![0]!["ruleId"]);
        Assert.Equal("1", XDocument.Parse((await ScanAsync("-o junit")).Output).Root!.Element("testsuite")!.Attribute("failures")!.Value);
        Assert.Contains("another world", (await ScanAsync("-o html")).Output, StringComparison.Ordinal);
        Assert.Contains("Score 12 of 100", (await ScanAsync(string.Empty)).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Scan_WithoutRights_Works()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "only root can give its rights away");
        File.SetUnixFileMode(_folder.Path, (UnixFileMode)0b111_101_101);

        ShellResult result = await AgentProgram.RunBelowAsync(
            ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--bounding-set=-all", "--inh-caps=-all"], "host", "scan", "--checks", _folder["checks"], "--only", "own");

        Assert.True(result.ExitCode == 0, result.All);
        Assert.Contains("OWN-1", result.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--only nosuch", "there is no such check")]
    [InlineData("--root /nonexistent", "/nonexistent")]
    [InlineData("--documents", "--documents needs -o json or -o yaml")]
    [InlineData("-o xml", "--output must be one of table, json, yaml, sarif, junit, html")]
    [InlineData("--fail-on bad", "--fail-on must be one of")]
    public async Task Scan_WhatDoesNotFit_IsSaid(string flags, string message)
    {
        ShellResult result = await ScanAsync(flags);

        Assert.Equal(1, result.ExitCode);
        Assert.Contains(message, result.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Checks_FileThatIsWrong_IsSaidWithItsLineAndTheOthersAreListed()
    {
        _folder.Write("checks/wrong.yaml", Checks.Replace("own", "wrong", StringComparison.Ordinal).Replace("OWN", "WRONG", StringComparison.Ordinal).Replace("kernel.content.contains(", "kernel.content.kontains(", StringComparison.Ordinal));

        ShellResult result = await AgentProgram.RunAsync("host", "checks", "--checks", _folder["checks"]);

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("wrong.yaml:8: WRONG-1: pass, 1:", result.Errors, StringComparison.Ordinal);
        Assert.Contains("WRONG-2", result.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("WRONG-1 ", result.Output, StringComparison.Ordinal);
        Assert.Equal(1, (await ScanAsync(string.Empty)).ExitCode);
    }

    // A root whose files hold what should not reach a terminal.
    [Fact]
    public async Task Scan_HostileRoot_TellsNothingThatMovesTheCursor()
    {
        Directory.CreateDirectory(_folder["root/proc/sys"]);
        _folder.Write("root/proc/version", "Linux version \u001b[2J\u202e\u0007");
        _folder.Write("root/etc/hostname", "\u001b]0;x\u0007\n");

        foreach (string form in (string[])["table", "json", "yaml", "sarif", "junit", "html"])
        {
            ShellResult result = await ScanAsync($"--root {_folder["root"]} -o {form}");
            Assert.True(result.ExitCode == 0, result.All);
            Assert.DoesNotContain('\u001b', result.Output);
            Assert.DoesNotContain('\u0007', result.Output);
        }
    }

    private Task<ShellResult> ScanAsync(string flags) =>
        AgentProgram.RunAsync(["host", "scan", "--checks", _folder["checks"], .. flags.Contains("--only", StringComparison.Ordinal) ? Array.Empty<string>() : ["--only", "own"], .. flags.Split(' ', StringSplitOptions.RemoveEmptyEntries)]);
}
