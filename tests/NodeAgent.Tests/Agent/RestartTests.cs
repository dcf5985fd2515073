// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;

namespace NodeAgent.Tests.Agent;

/// <summary>What an agent leaves behind when it ends, one way or the other, and what the next one makes of it.</summary>
[Trait("Level", "Integration")]
public sealed class RestartTests : IDisposable
{
    private readonly ScratchFolder _data = new();

    public RestartTests() => AgentProgram.SkipUnlessItCanWatch();

    public void Dispose() => _data.Dispose();

    [Fact]
    public async Task Kill_WhileLearning_NextStartContinuesWhatWasLearnedAndItsTime()
    {
        string[] flags = ["--learning-period", "12s", "--initial-delay", "0s", "--update-interval", "1s", "--checkpoint-interval", "1s"];
        await using AgentProcess first = await AgentProcess.StartAsync(_data.Path, flags);
        await using TestUnit unit = await TestUnit.StartAsync();
        await unit.DoAsync($"{unit.Program("true")} before");
        var lived = Stopwatch.StartNew();
        await first.ProfileAsync(unit.Name, p => p.Execs.Any(e => e.EndsWith(" before", StringComparison.Ordinal)), "the exec learned");
        await Eventually.TrueAsync(() => lived.Elapsed > TimeSpan.FromSeconds(6), "half of the learning period");
        await first.KillAsync();

        await using AgentProcess second = await AgentProcess.StartAsync(_data.Path, flags);
        var again = Stopwatch.StartNew();
        await unit.DoAsync($"{unit.Program("true")} after");
        Profile profile = await second.ProfileAsync(unit.Name, p => p.Status == "completed", "the profile completed");

        Assert.True(again.Elapsed < TimeSpan.FromSeconds(11), $"learning began anew: {again.Elapsed}");
        string path = unit.Program("true");

        // The shell, which was there when the second agent came, is what the container runs: it belongs to the profile too.
        Assert.Equal(
            [$"{path} {path} after", $"{path} {path} before"],
            profile.Execs.Where(e => !e.StartsWith(unit.Program("sh"), StringComparison.Ordinal)).Order(StringComparer.Ordinal));
        Assert.Equal("partial", profile.Completion);
        Assert.NotEmpty(profile.Reason);
    }

    [Fact]
    public async Task Stop_UnderLoad_IsInTimeAndLosesNothingLearned()
    {
        await using AgentProcess agent = await AgentProcess.StartAsync(_data.Path, "--learning-period", "1h", "--initial-delay", "0s");
        IReadOnlyList<int> programs = agent.KernelPrograms();
        Assert.NotEmpty(programs);
        await using TestUnit load = await TestUnit.StartAsync();
        await load.DoAsync($"while :; do {load.Program("true")}; read x </etc/hostname; done &");
        await load.DoAsync("while :; do read x </etc/hostname; read x </etc/passwd; done &");
        await using TestUnit unit = await TestUnit.StartAsync();
        await unit.DoAsync($"{unit.Program("true")} first");
        await agent.ProfileAsync(unit.Name, p => p.Execs.Count == 1, "the profile stored for the first time");
        await unit.DoAsync($"{unit.Program("true")} last");

        (int code, TimeSpan time) = await agent.StopAsync();

        Assert.Equal(0, code);
        Assert.True(time < TimeSpan.FromSeconds(5), $"the stop took {time}: {agent.Log}");
        Assert.Contains("[7012]", agent.Log, StringComparison.Ordinal);
        await AssertGoneAsync(programs);
        await using AgentProcess next = await AgentProcess.StartAsync(_data.Path, "--learning-period", "1h");
        Profile? profile = await next.ProfileAsync(unit.Name);
        Assert.Contains(profile?.Execs ?? [], e => e.EndsWith(" last", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Start_CorruptDatabase_KeepsItAsideAndStartsAnew()
    {
        byte[] garbage = [.. Enumerable.Range(0, 20_000).Select(i => (byte)(i * 7))];
        await File.WriteAllBytesAsync(_data["storage.db"], garbage, TestContext.Current.CancellationToken);

        await using AgentProcess agent = await AgentProcess.StartAsync(_data.Path);

        string aside = Assert.Single(Directory.GetFiles(_data.Path, "storage.db.*"), f => new FileInfo(f).Length == garbage.Length);
        Assert.Equal(garbage, await File.ReadAllBytesAsync(aside, TestContext.Current.CancellationToken));
        Assert.Contains(aside, agent.Log, StringComparison.Ordinal);
        ShellResult list = await AgentProgram.RunAsync("profile", "list", "--data-dir", _data.Path, "-A");
        Assert.True(list.ExitCode == 0, list.All);
    }

    [Fact]
    public async Task Start_CorruptCheckpoints_LearnsAnewAndSaysSo()
    {
        Directory.CreateDirectory(_data["profiles"]);
        await File.WriteAllBytesAsync(_data["profiles/0123456789abcdef0123456789abcdef.profile"], new byte[5000], TestContext.Current.CancellationToken);

        await using AgentProcess agent = await AgentProcess.StartAsync(_data.Path);

        Assert.Contains("0123456789abcdef0123456789abcdef", agent.Log, StringComparison.Ordinal);
    }

    private static async Task AssertGoneAsync(IReadOnlyList<int> programs)
    {
        if (!File.Exists("/usr/sbin/bpftool"))
        {
            TestContext.Current.AddWarning("no bpftool: not seen whether the kernel's programs are gone");
            return;
        }

        // The kernel frees them some time after the last reference is gone.
        await Eventually.GetAsync(
            async () =>
            {
                ShellResult[] left = await Task.WhenAll(programs.Select(id => ShellProcess.RunAsync("bpftool", "prog", "show", "id", $"{id}")));
                return left.All(r => r.ExitCode != 0) ? "gone" : null;
            },
            () => "the kernel's programs being gone");
    }
}
