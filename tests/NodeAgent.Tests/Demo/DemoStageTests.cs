// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;

namespace NodeAgent.Tests.Demo;

/// <summary>The demo's stage without the agent: its attacks really take place, and nothing stays behind, however it ends.</summary>
[Trait("Level", "Integration")]
public sealed class DemoStageTests
{
    private static readonly string Script = RepositoryRoot.File("demo/demo.sh");

    public DemoStageTests() => Assert.SkipUnless(Environment.UserName == "root", "root is needed to run containers");

    [Fact]
    public async Task Run_EveryAttack_TakesPlace()
    {
        ShellResult result = await ShellProcess.RunAsync(Script, "--no-agent");

        Assert.True(result.ExitCode == 0, result.All);
        Assert.DoesNotContain("MISSED", result.Output, StringComparison.Ordinal);
        Assert.EndsWith("nothing is left behind\n", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_TwoAtOnce_DoNotDisturbEachOther()
    {
        ShellResult[] results = await Task.WhenAll(ShellProcess.RunAsync(Script, "--no-agent"), ShellProcess.RunAsync(Script, "--no-agent"));

        Assert.All(results, result => Assert.True(result.ExitCode == 0, result.All));
    }

    [Theory]
    [InlineData("INT", "Starting two containers")]
    [InlineData("INT", "Attacking the client container")]
    [InlineData("INT", "4 A reverse shell")]
    [InlineData("TERM", "3 /etc/shadow")]
    public async Task Run_Interrupted_LeavesNothing(string signal, string afterLine)
    {
        using Process demo = ShellProcess.Start("setsid", [Script, "--no-agent"]);
        Task<string> errors = demo.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        string rest = await SignalAfterAsync(demo, signal, afterLine);
        await demo.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.True(demo.ExitCode is 130 or 143, $"exit code {demo.ExitCode}: {rest}{await errors}");
        Assert.Contains("nothing is left behind", rest, StringComparison.Ordinal);
        string mounts = await File.ReadAllTextAsync("/proc/self/mounts", TestContext.Current.CancellationToken);
        Assert.DoesNotContain($"node-agent-demo-{demo.Id}", mounts, StringComparison.Ordinal);
        Assert.Empty(Directory.GetDirectories("/tmp", $"node-agent-demo-{demo.Id}.*"));
    }

    private static async Task<string> SignalAfterAsync(Process demo, string signal, string afterLine)
    {
        // As they come: an interrupt from a terminal reaches the whole group, a supervisor's TERM the script alone.
        string target = signal == "INT" ? $"-{demo.Id}" : $"{demo.Id}";
        while (await demo.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken) is { } line)
        {
            if (line.Contains(afterLine, StringComparison.Ordinal))
            {
                await ShellProcess.RunAsync("kill", "-" + signal, "--", target);
                break;
            }
        }

        // More than one, as an impatient person sends them: once it is ending, they change nothing.
        Task<string> rest = demo.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        while (await Task.WhenAny(rest, Task.Delay(200, TestContext.Current.CancellationToken)) != rest)
        {
            await ShellProcess.RunAsync("kill", "-" + signal, "--", target);
        }

        return await rest;
    }
}
