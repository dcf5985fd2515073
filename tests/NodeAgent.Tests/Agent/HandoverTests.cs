// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Tests.Agent;

/// <summary>Agents that come one after the other on the same pins, and what the kernel recorded in between.</summary>
[Trait("Level", "Integration")]
public sealed class HandoverTests : IAsyncLifetime
{
    private static readonly string[] Learning = ["--learning-period", "1h", "--initial-delay", "0s", "--update-interval", "1s", "--checkpoint-interval", "1s"];
    private readonly ScratchFolder _data = new();
    private BpfMount _pins = null!;

    public HandoverTests() => AgentProgram.SkipUnlessItCanWatch();

    public async ValueTask InitializeAsync() => _pins = await BpfMount.CreateAsync();

    public async ValueTask DisposeAsync()
    {
        if (_pins is not null)
        {
            await _pins.DisposeAsync();
        }

        _data.Dispose();
    }

    [Fact]
    public async Task Kill_ExecWhileNoAgentRuns_IsInTheProfileOfTheNextOne()
    {
        await using AgentProcess first = await StartAsync();
        await using TestUnit unit = await TestUnit.StartAsync();
        await unit.DoAsync($"{unit.Program("true")} before");
        TestUnit leaving = await TestUnit.StartAsync();
        await leaving.DoAsync($"{leaving.Program("true")} first");
        await first.ProfileAsync(unit.Name, p => Executed(p, "before"), "the exec learned");
        await first.ProfileAsync(leaving.Name, p => Executed(p, "first"), "the exec learned");
        await first.KillAsync();
        await leaving.DoAsync($"{leaving.Program("true")} last");
        await leaving.DisposeAsync();
        await unit.DoAsync($"{unit.Program("true")} between");
        await unit.DoAsync($"{unit.Program("cat")} /etc/hostname");
        await unit.DoAsync($"{unit.Program("nc")} 127.0.0.1 1 </dev/null");
        TestUnit gone = await TestUnit.StartAsync();
        await gone.DoAsync($"{gone.Program("true")} short");
        await gone.DisposeAsync();

        await using AgentProcess second = await StartAsync();
        await unit.DoAsync($"{unit.Program("true")} after");
        Profile profile = await second.ProfileAsync(unit.Name, p => Executed(p, "after"), "the last exec learned");

        Assert.True(Executed(profile, "before") && Executed(profile, "between"), profile.ToString());
        Assert.Contains(profile.Opens, open => open.Contains("/etc/hostname", StringComparison.Ordinal));
        Assert.Contains("\"connect\"", profile.Json, StringComparison.Ordinal); // a system call that was made in between only
        Assert.True(await second.MetricAsync("node_agent_bpf_program_memory_bytes", "program=\"na_process_exec\"") > 0, "a program that was taken over has no metrics");
        Profile ended = await second.ProfileAsync(gone.Name, p => p.Status == "completed", "the profile of a unit that came and went meanwhile");
        Assert.True(Executed(ended, "short"), ended.ToString());
        Profile left = await second.ProfileAsync(leaving.Name, p => p.Status == "completed", "the profile of a unit that ended meanwhile");
        Assert.True(Executed(left, "first") && Executed(left, "last"), left.ToString());
        Assert.DoesNotContain("events-lost", profile.Reason, StringComparison.Ordinal);
        Assert.Equal(0, await second.MetricAsync("node_agent_events_lost_total", "kind=\"Exec\""));
        Assert.Contains("[7018]", second.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stop_OtherSettingsNext_ReadsTheOlderRingsAndReplacesTheProbes()
    {
        await using AgentProcess first = await StartAsync();
        await using TestUnit unit = await TestUnit.StartAsync();
        await unit.DoAsync($"{unit.Program("true")} before");
        await first.ProfileAsync(unit.Name, p => Executed(p, "before"), "the exec learned");
        (int code, _) = await first.StopAsync();
        Assert.Equal(0, code);
        Assert.Contains("gen_1/manifest", _pins.Entries());
        await unit.DoAsync($"{unit.Program("true")} between");

        await using AgentProcess second = await StartAsync("--shard-ring-size", "1MiB");
        await unit.DoAsync($"{unit.Program("true")} after");
        Profile profile = await second.ProfileAsync(unit.Name, p => Executed(p, "after"), "the last exec learned");

        Assert.True(Executed(profile, "between"), profile.ToString());
        Assert.DoesNotContain("agent-restarted", profile.Reason, StringComparison.Ordinal);
        await Eventually.TrueAsync(() => !_pins.Entries().Contains("gen_1"), "the first generation removed");
        Assert.Contains("gen_2/manifest", _pins.Entries());
        Assert.Contains("[1134]", second.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Detach_AgentRuns_IsRefusedUntilItEnds()
    {
        await using AgentProcess agent = await StartAsync();

        ShellResult refused = await AgentProgram.RunAsync("detach", "--pin-path", _pins.Path);
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains($"{_pins.Path} is in use by a running node-agent (pid {agent.Pid})", refused.Errors, StringComparison.Ordinal);
        Assert.Contains("gen_1/manifest", _pins.Entries());

        await agent.KillAsync();
        IReadOnlyList<uint> links = await LinkIdsAsync();
        Assert.NotEmpty(links);
        ShellResult removed = await AgentProgram.RunAsync("detach", "--pin-path", _pins.Path);
        Assert.True(removed.ExitCode == 0, removed.All);
        Assert.Contains($"removed {_pins.Path}/gen_1/link_process-na_process_exec", removed.Output, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_pins.Path));
        await Eventually.TrueAsync(() => links.All(id => Interop.Pins.PinnedLink.Exists(id) == false), "the links gone from the kernel");

        ShellResult again = await AgentProgram.RunAsync("detach", "--pin-path", _pins.Path);
        Assert.Equal((0, $"nothing is pinned in {_pins.Path}"), (again.ExitCode, again.Output.Trim()));
    }

    [Fact]
    public async Task Detach_Force_RemovesAlsoUnderARunningAgentWhichEnds()
    {
        await using AgentProcess agent = await StartAsync();

        ShellResult forced = await AgentProgram.RunAsync("detach", "--pin-path", _pins.Path, "--force");

        Assert.True(forced.ExitCode == 0, forced.All);
        Assert.False(Directory.Exists(_pins.Path));
        await Eventually.TrueAsync(() => agent.HasExited, "the agent, which sees nothing now, ended");
        Assert.Contains("was removed while the agent ran", agent.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_PinsInUse_EndsWithOneLine()
    {
        await using AgentProcess agent = await StartAsync();
        using var other = new ScratchFolder();

        ShellResult refused = await RunAsync(other.Path, _pins.Path);

        Assert.Equal(1, refused.ExitCode);
        Assert.Contains($"error: setting 'bpf.pinPath': {_pins.Path} is in use by another node-agent (pid {agent.Pid})", refused.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_NotABpffs_EndsWithOneLine()
    {
        ShellResult refused = await RunAsync(_data.Path, _data["pins"]);

        Assert.Equal(1, refused.ExitCode);
        Assert.Contains($"error: setting 'bpf.pinPath': {_data["pins"]} is not in a bpffs: mount one there", refused.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_SomethingElseInThePinPath_EndsWithOneLine()
    {
        Directory.CreateDirectory(Path.Combine(_pins.Path, "cilium"));

        ShellResult refused = await RunAsync(_data.Path, _pins.Path);

        Assert.Equal(1, refused.ExitCode);
        Assert.Contains($"{_pins.Path}/cilium is not node-agent's", refused.Errors, StringComparison.Ordinal);
        ShellResult detach = await AgentProgram.RunAsync("detach", "--pin-path", _pins.Path);
        Assert.Equal((0, $"left {_pins.Path}/cilium: not node-agent's"), (detach.ExitCode, detach.Output.Trim()));
    }

    [Theory]
    [InlineData("map_na_ring_process", "open pin")]
    [InlineData("link_process-na_process_exit", "open pin")]
    [InlineData("manifest", "was not finished")]
    public async Task Start_PinIsGone_SaysSoAndWatchesAllTheSame(string pin, string said)
    {
        await using (AgentProcess first = await StartAsync())
        {
            await first.KillAsync();
        }

        File.Delete(Path.Combine(_pins.Path, "gen_1", pin));

        await using AgentProcess second = await StartAsync();
        Assert.Contains(said, second.Log, StringComparison.Ordinal);
        await using TestUnit unit = await TestUnit.StartAsync();
        await unit.DoAsync($"{unit.Program("true")} seen");
        await second.ProfileAsync(unit.Name, p => Executed(p, "seen"), "the exec learned");
        await Eventually.TrueAsync(() => Directory.GetDirectories(_pins.Path).Length == 1, "one generation left");
    }

    private static bool Executed(Profile profile, string argument) => profile.Execs.Any(e => e.EndsWith(" " + argument, StringComparison.Ordinal));

    private Task<AgentProcess> StartAsync(params string[] flags) => AgentProcess.StartAsync(_data.Path, [.. Learning, "--pin-path", _pins.Path, .. flags]);

    private static Task<ShellResult> RunAsync(string data, string pins) => AgentProgram.RunAsync(
        "run", "--data-dir", data, "--ops-address", "127.0.0.1:0", "--storage-address", "127.0.0.1:0", "--pin-path", pins);

    private Task<IReadOnlyList<uint>> LinkIdsAsync()
    {
        var ids = new List<uint>();
        foreach (string path in _pins.Entries().Where(e => e.StartsWith("gen_1/link_", StringComparison.Ordinal)).Select(e => Path.Combine(_pins.Path, e)))
        {
            // Most programs at the end of system calls have no link of their own, and are pinned themselves.
            if (Interop.Pins.BpfPin.KindOf(path) == Interop.Pins.PinKind.Link)
            {
                using var link = Interop.Pins.PinnedLink.Open(path);
                ids.Add(link.Id);
            }
        }

        return Task.FromResult<IReadOnlyList<uint>>(ids);
    }
}
