// SPDX-License-Identifier: Apache-2.0
using System.Text.RegularExpressions;

namespace NodeAgent.Tests.Agent;

/// <summary>What each program in the kernel costs, as the running agent tells it. Of <c>doctor --program-stats</c>: <see cref="CommandTests"/>.</summary>
[Trait("Level", "Integration")]
public sealed partial class ProgramStatsTests : IDisposable
{
    private const string Runs = "node_agent_bpf_program_runs_total";
    private const string Time = "node_agent_bpf_program_run_seconds_total";
    private const string Sampled = "node_agent_bpf_program_sampled_seconds_total";

    private readonly ScratchFolder _data = new();

    public ProgramStatsTests() => AgentProgram.SkipUnlessItCanWatch();

    public void Dispose() => _data.Dispose();

    [Fact]
    public async Task Metrics_SwitchedOn_HaveRunsAndTimeOfEachProgram()
    {
        await using AgentProcess agent = await AgentProcess.StartAsync(_data.Path, "--program-stats");
        await using TestUnit unit = await TestUnit.StartAsync();

        // It counts for a second each minute, from its start on; whatever that second missed comes with the next one.
        await Eventually.GetAsync(
            async () =>
            {
                await unit.DoAsync(unit.Program("true"));
                return await agent.MetricAsync(Runs, "program=\"na_process_exec\"") > 0 ? "counted" : null;
            },
            () => "a run of the exec program counted",
            TimeSpan.FromSeconds(130));
        string metrics = (await agent.GetAsync("/metrics")).Body;
        string[] programs = Programs(metrics, "node_agent_bpf_program_jited_bytes");
        Assert.Contains("na_process_exec", programs);
        Assert.Equal(programs, Programs(metrics, Runs));
        Assert.Equal(programs, Programs(metrics, Time));
        Assert.True(await agent.MetricAsync(Time, "program=\"na_process_exec\"") > 0);
        Assert.True(await agent.MetricAsync(Sampled) > 0);
    }

    [Fact]
    public async Task Metrics_NotAskedFor_HaveNeither()
    {
        await using AgentProcess agent = await AgentProcess.StartAsync(_data.Path);
        string metrics = (await agent.GetAsync("/metrics")).Body;
        Assert.NotEmpty(Programs(metrics, "node_agent_bpf_program_jited_bytes"));
        Assert.DoesNotContain(Runs, metrics, StringComparison.Ordinal);
        Assert.DoesNotContain(Time, metrics, StringComparison.Ordinal);
        Assert.DoesNotContain(Sampled, metrics, StringComparison.Ordinal);
    }

    [GeneratedRegex(@"^(?<metric>\w+)\{.*program=""(?<program>\w+)""", RegexOptions.Multiline)]
    private static partial Regex Series { get; }

    private static string[] Programs(string metrics, string metric) =>
        [.. Series.Matches(metrics).Where(m => m.Groups["metric"].Value == metric).Select(m => m.Groups["program"].Value).Order(StringComparer.Ordinal)];
}
