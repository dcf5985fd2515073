// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using NodeAgent.Tests.Agent;

namespace NodeAgent.Tests.Cli;

/// <summary><c>node-agent record</c>, <c>replay</c> and <c>rules test</c>, as a user runs them.</summary>
[Trait("Level", "Integration")]
public sealed class RecordingCommandTests : IDisposable
{
    private static readonly string Memfd = RepositoryRoot.File("src/NodeAgent.Rules/Library/traces/R1005/memfd.natrace");
    private readonly ScratchFolder _folder = new();

    public RecordingCommandTests() => AgentProgram.SkipUnlessBuilt();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Record_OneUnit_IsReplayedWithItsAlertAndNothingOfOthers()
    {
        AgentProgram.SkipUnlessItCanWatch();
        await using TestUnit unit = await TestUnit.StartAsync();
        string file = _folder["unit.natrace"];

        string said = await RecordAsync(file, async () => await unit.DoAsync($"ln -s /etc/shadow {unit.Folder}/notes"), "--container", unit.Name, "--host-name", "node-a");

        Assert.Matches(@"unit\.natrace: \d+ records in \d+ bytes; 0 entries did not fit, 0 events lost\n$", said);
        Assert.InRange(new FileInfo(file).Length, 100, 256 << 10);
        ShellResult tested = await AgentProgram.RunAsync("rules", "test", "--trace", file, "--expect", "R1010=1");
        Assert.True(tested.ExitCode == 0, tested.All);
        Assert.DoesNotContain(Environment.MachineName + ":", tested.Output, StringComparison.Ordinal);

        ShellResult first = await AgentProgram.RunAsync("replay", file, "--enable", "R1010");
        ShellResult second = await AgentProgram.RunAsync("replay", file, "--enable", "R1010");
        Assert.True(first.ExitCode == 0, first.All);
        Assert.Contains("\"ruleID\":\"R1010\"", first.Output, StringComparison.Ordinal);
        Assert.Contains("\"nodeName\":\"node-a\"", first.Output, StringComparison.Ordinal);
        Assert.Equal(first.Output, second.Output);
    }

    [Fact]
    public async Task Record_FileIsFull_StaysInTheLimitAndSaysWhatDidNotFit()
    {
        AgentProgram.SkipUnlessItCanWatch();
        string file = _folder["small.natrace"];

        string said = await RecordAsync(
            file, async () => Assert.Equal(0, (await ShellProcess.RunAsync("/bin/sh", "-c", "i=0; while [ $i -lt 3000 ]; do i=$((i+1)); cat /proc/sys/kernel/random/uuid; done")).ExitCode), "--max-size", "64KiB");

        Assert.Matches(@"; [1-9]\d* entries did not fit", said);
        Assert.InRange(new FileInfo(file).Length, 1000, 64 << 10);
        ShellResult replayed = await AgentProgram.RunAsync("replay", file);
        Assert.True(replayed.ExitCode == 0, replayed.All);
        Assert.Contains("entries did not fit when it was recorded", replayed.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Record_Duration_EndsByItself()
    {
        AgentProgram.SkipUnlessItCanWatch();

        ShellResult result = await AgentProgram.RunAsync("record", "--output", _folder["short.natrace"], "--duration", "100ms");

        Assert.True(result.ExitCode == 0, result.All);
        Assert.Equal(0, (await AgentProgram.RunAsync("replay", _folder["short.natrace"])).ExitCode);
    }

    [Theory]
    [InlineData("--duration", "soon", "--duration: ")]
    [InlineData("--max-size", "1", "--max-size: ")]
    [InlineData("--output", "/nowhere/at/all", "/nowhere/at/all: ")]
    public async Task Record_BadOption_IsOneLine(string option, string value, string said)
    {
        AgentProgram.SkipUnlessItCanWatch();

        ShellResult result = await AgentProgram.RunAsync("record", option, value);

        Assert.Equal(1, result.ExitCode);
        Assert.StartsWith("error: " + said, result.Errors, StringComparison.Ordinal);
        Assert.Single(result.Errors.TrimEnd('\n').Split('\n'));
    }

    [Fact]
    public async Task Replay_DamagedFile_GivesWhatIsBeforeAndFails()
    {
        byte[] bytes = await File.ReadAllBytesAsync(Memfd, TestContext.Current.CancellationToken);
        string file = _folder["cut.natrace"];
        await File.WriteAllBytesAsync(file, bytes[..^20], TestContext.Current.CancellationToken);

        ShellResult result = await AgentProgram.RunAsync("replay", file);

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("\"ruleID\":\"R1005\"", result.Output, StringComparison.Ordinal);
        Assert.Matches(@"the file is damaged: frame \d .*; read until there: \d+ entries\n$", result.Errors);
    }

    [Theory]
    [InlineData("")]
    [InlineData("no recording\n")]
    public async Task Replay_NoRecording_IsOneLine(string content)
    {
        ShellResult result = await AgentProgram.RunAsync("replay", _folder.Write("other.natrace", content));

        Assert.Equal(1, result.ExitCode);
        Assert.Matches("^error: .*other.natrace: is (empty|no recording)", result.Errors);
    }

    [Fact]
    public async Task Replay_ReaderIsGone_IsNoCrash()
    {
        ShellResult result = await ShellProcess.RunAsync(
            "/bin/bash", ["-c", "\"$0\" replay \"$1\" | true; exit ${PIPESTATUS[0]}", AgentProgram.Path, Memfd], AgentProgram.Variables, TestContext.Current.CancellationToken);

        Assert.InRange(result.ExitCode, 0, 1);
        Assert.DoesNotContain("Unhandled", result.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, "--expect", "R1005")]
    [InlineData(0, "--expect", "R1005=1")]
    [InlineData(0, "--expect", "R1010=0")]
    [InlineData(1, "--expect", "R1005=2")]
    [InlineData(1, "--expect", "R1010")]
    [InlineData(1, "--expect-none")]
    public async Task Test_Expectation_IsTheExitCode(int code, params string[] expectation)
    {
        ShellResult result = await AgentProgram.RunAsync(["rules", "test", "--trace", Memfd, .. expectation]);

        Assert.True(result.ExitCode == code, result.All);
    }

    [Fact]
    public async Task Test_OwnRules_SaysWhatTheyAreAskedAndWhatTheyCost()
    {
        string rules = _folder.Write("rules.yaml", RulesCommandTests.Rule("event.comm == 'run'"));

        ShellResult result = await AgentProgram.RunAsync("rules", "test", rules, "--trace", Memfd, "--expect", "MINE-1=1");

        Assert.True(result.ExitCode == 0, result.All);
        Assert.Matches(@"RULE +ASKED +FIRED +ALERTS +NO-PROFILE +ERRORS +TIME-US +NS-PER-EVENT", result.Output);
        Assert.Matches(@"\nMINE-1 +\d+ +1 +1 +0 +0 +\d+ +\d+\n", result.Output);
        Assert.DoesNotContain("\nR1005 ", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Test_RuleThatDoesNotCompile_Fails()
    {
        string rules = _folder.Write("rules.yaml", RulesCommandTests.Rule("nobody"));

        ShellResult result = await AgentProgram.RunAsync("rules", "test", rules, "--trace", Memfd);

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("MINE-1", result.Output, StringComparison.Ordinal);
    }

    // R0001 tells of what the profile does not hold, and without a profile of nothing.
    [Fact]
    public async Task Test_Profile_MakesRulesJudgeThatNeedOne()
    {
        string profile = _folder.Write("profile.yaml", """
            apiVersion: spdx.softwarecomposition.kubescape.io/v1beta1
            kind: ApplicationProfile
            metadata: {name: web}
            spec:
              containers:
              - name: web
                execs:
                - {path: /bin/sh}
                - {path: /usr/bin/sleep}
            """);

        ShellResult without = await AgentProgram.RunAsync("rules", "test", "--trace", Memfd, "--expect", "R0001=0");
        ShellResult with = await AgentProgram.RunAsync("rules", "test", "--trace", Memfd, "--profile", profile, "--expect", "R0001");

        Assert.True(without.ExitCode == 0, without.All);
        Assert.True(with.ExitCode == 0, with.All);
        Assert.DoesNotContain("Unexpected process launched: /usr/bin/sleep", with.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("kind: Pod", "kind 'Pod' is none of")]
    [InlineData("a: 1", "has no kind")]
    [InlineData("a: [", "line ")]
    public async Task Test_BadProfile_IsOneLine(string text, string said)
    {
        ShellResult result = await AgentProgram.RunAsync("rules", "test", "--trace", Memfd, "--profile", _folder.Write("profile.yaml", text));

        Assert.Equal(1, result.ExitCode);
        Assert.Contains(said, result.Errors, StringComparison.Ordinal);
        Assert.Single(result.Errors.TrimEnd('\n').Split('\n'));
    }

    // Until it says that it records; then what is to be recorded; then the signal of a service manager.
    private static async Task<string> RecordAsync(string file, Func<Task> happens, params string[] options)
    {
        using Process recorder = ShellProcess.Start(AgentProgram.Path, ["record", "--output", file, .. options], AgentProgram.Variables);
        try
        {
            string? line = await recorder.StandardError.ReadLineAsync(TestContext.Current.CancellationToken);
            Assert.Equal($"recording into {file}", line);
            await happens();
            Assert.Equal(0, Kill(recorder.Id, 15));
            string rest = await recorder.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
            await recorder.WaitForExitAsync(TestContext.Current.CancellationToken);
            Assert.True(recorder.ExitCode == 0, rest);
            return rest;
        }
        finally
        {
            if (!recorder.HasExited)
            {
                recorder.Kill();
            }
        }
    }

    private static int Kill(int pid, int signal)
    {
        using Process kill = Process.Start("kill", [$"-{signal}", $"{pid}"]);
        kill.WaitForExit();
        return kill.ExitCode;
    }
}
