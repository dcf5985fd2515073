// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Tests.Agent;

[Trait("Level", "Integration")]
public sealed class SideBySideTests : IDisposable
{
    private readonly ScratchFolder _data = new();

    public SideBySideTests() => AgentProgram.SkipUnlessItCanWatch();

    public void Dispose() => _data.Dispose();

    [Fact]
    public async Task Run_SameDirectory_SecondRefusesWithOneLine()
    {
        await using AgentProcess first = await AgentProcess.StartAsync(_data.Path);

        ShellResult second = await AgentProgram.RunAsync(
            "run", "--data-dir", _data.Path, "--log-level", "None", "--ops-address", "127.0.0.1:0", "--storage-address", "127.0.0.1:0");

        Assert.Equal(1, second.ExitCode);
        Assert.Equal($"error: setting 'dataDirectory': {_data.Path} is in use by another node-agent (its lock file is held)\n", second.Errors);
        Assert.Empty(second.Output);
        Assert.False(first.HasExited);
        Assert.Equal(System.Net.HttpStatusCode.OK, (await first.GetAsync("/livez")).Status);
    }

    [Fact]
    public async Task Run_OtherDirectories_BothSeeTheSame()
    {
        string[] flags = ["--learning-period", "1h", "--initial-delay", "0s", "--update-interval", "1s"];
        await using AgentProcess one = await AgentProcess.StartAsync(_data["one"], flags);
        await using AgentProcess two = await AgentProcess.StartAsync(_data["two"], flags);
        await using TestUnit unit = await TestUnit.StartAsync();
        await unit.DoAsync($"{unit.Program("true")} both");

        Profile[] profiles = await Task.WhenAll(
            one.ProfileAsync(unit.Name, p => p.Execs.Count > 0, "the profile of the first"), two.ProfileAsync(unit.Name, p => p.Execs.Count > 0, "the profile of the second"));
        await unit.DoAsync("read x </etc/shadow");
        foreach (AgentProcess agent in (AgentProcess[])[one, two])
        {
            await Eventually.TrueAsync(() => agent.Alerts.Any(a => a.Unit == unit.Name && a.Rule == "R0010"), "the alert of each");
        }

        Assert.Equal(profiles[0].Execs, profiles[1].Execs);
        Assert.Equal(0, (await one.StopAsync()).ExitCode);
        Assert.Equal(System.Net.HttpStatusCode.OK, (await two.GetAsync("/livez")).Status);
    }
}
