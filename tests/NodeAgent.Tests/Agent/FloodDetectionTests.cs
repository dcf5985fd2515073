// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text.RegularExpressions;

namespace NodeAgent.Tests.Agent;

/// <summary>One container floods the agent for as long as the test lasts; another one is attacked meanwhile.</summary>
/// <remarks>The kernel tests count what budgets cut to the last event; here it is whether anybody can be blinded.</remarks>
[Trait("Level", "Integration")]
public sealed partial class FloodDetectionTests : IDisposable
{
    private const int Attacks = 25;

    // What busybox ends with when it is called by a name that it has not: so it ran.
    private const int UnknownApplet = 127;

    private readonly ScratchFolder _data = new();
    private readonly DirectoryInfo _memory = Directory.CreateDirectory($"/dev/shm/na-flood-{Environment.ProcessId}");

    public FloodDetectionTests() => AgentProgram.SkipUnlessItCanWatch();

    public void Dispose()
    {
        _data.Dispose();
        _memory.Delete(recursive: true);
    }

    [Theory]
    [InlineData("fork", "Process", "--budget-process", "500/128")]
    [InlineData("open", "File", "--budget-file", "2000/256")]
    [InlineData("udp", "Network", "--budget-network", "500/256")]
    public async Task Flood_InOneContainer_LeavesDetectionInAnotherWhole(string kind, string eventClass, string flag, string budget)
    {
        string flood = RepositoryRoot.File("out/workloads/flood");
        Assert.SkipUnless(File.Exists(flood), $"{flood} is missing: make -C tests/workloads");
        await using AgentProcess agent = await AgentProcess.StartAsync(
            _data.Path, "--learning-period", "1h", "--initial-delay", "0s", "--update-interval", "1s", "--cooldown", "1h", flag, budget);
        await using TestUnit victim = await TestUnit.StartAsync();
        string[] attacks = await AttackDuringFloodAsync(agent, victim, flood, kind);

        string[] told = [.. agent.Alerts.Where(a => a.Unit == victim.Name && a.Rule == "R1000").Select(a => a.Exec!).Order(StringComparer.Ordinal)];
        Assert.Equal(attacks.Order(StringComparer.Ordinal), told);
        Profile profile = await agent.ProfileAsync(victim.Name, p => attacks.All(a => p.Execs.Contains($"{a} {a}")), "all attacks in the profile");
        Assert.Equal(("complete", ""), (profile.Completion, profile.Reason));
        await AssertLossesNameClassAndCountAsync(agent, eventClass);
        Assert.DoesNotContain(Losses(agent), loss => loss.Container == victim.Name);
        Assert.DoesNotContain(agent.Log.Split('\n'), line => line.Contains("[7002]", StringComparison.Ordinal)
            && (line.Contains(victim.Name, StringComparison.Ordinal) || line.EndsWith("unknown", StringComparison.Ordinal)));
        Assert.Equal(0, await agent.MetricAsync("node_agent_malformed_records_total"));
    }

    [GeneratedRegex(@"\[7021\].* Cut (\d+) events of class (\w+), over the budget of container (.+)$", RegexOptions.Multiline)]
    private static partial Regex CutLine { get; }

    private static IEnumerable<(long Count, string Class, string Container)> Losses(AgentProcess agent) =>
        CutLine.Matches(agent.Log).Select(m => (long.Parse(m.Groups[1].Value, CultureInfo.InvariantCulture), m.Groups[2].Value, m.Groups[3].Value));

    /// <returns>The programs that were executed from shared memory, each while the flood was cut.</returns>
    private async Task<string[]> AttackDuringFloodAsync(AgentProcess agent, TestUnit victim, string flood, string kind)
    {
        await using TestUnit flooder = await TestUnit.StartAsync();
        await flooder.DoAsync($"{flood} {kind} 2000000000 {flooder.Cgroup} {flooder.Cgroup} 0 >/dev/null &");
        await Eventually.TrueAsync(() => Losses(agent).Any(l => l.Container == flooder.Name), $"a loss record of the flood: {agent.Log}", TimeSpan.FromSeconds(60));
        var attacks = new List<string>();
        for (int number = 0; number < Attacks; number++)
        {
            string attack = Path.Combine(_memory.FullName, $"{kind}-{number}");
            File.Copy(victim.Program("true"), attack);
            Assert.Equal(UnknownApplet, await victim.DoAsync(attack));
            attacks.Add(attack);
        }

        await Eventually.TrueAsync(() => agent.Alerts.Count(a => a.Unit == victim.Name) >= Attacks, $"the alerts: {agent.Log}", TimeSpan.FromSeconds(60));

        // It was still going on: what the kernel cuts from here on is the same flood's.
        long before = Losses(agent).Where(l => l.Container == flooder.Name).Sum(l => l.Count);
        await Eventually.TrueAsync(
            () => Losses(agent).Where(l => l.Container == flooder.Name).Sum(l => l.Count) > before, $"the flood going on: {agent.Log}", TimeSpan.FromSeconds(60));
        return [.. attacks];
    }

    // Of whomever: what the kernel counted is what the records told, in the flood's class and to the last event.
    private static async Task AssertLossesNameClassAndCountAsync(AgentProcess agent, string eventClass)
    {
        Assert.All(Losses(agent), loss => Assert.Equal(eventClass, loss.Class));
        string[] buckets = eventClass == "Process" ? ["Exec", "Process"] : [eventClass];
        await Eventually.GetAsync(
            async () =>
            {
                double counted = 0;
                foreach (string bucket in buckets)
                {
                    counted += await agent.MetricAsync("node_agent_budget_cut_events_total", $"bucket=\"{bucket}\"");
                }

                return counted > 0 && counted == Losses(agent).Sum(l => l.Count) ? "equal" : null;
            },
            () => $"all that was cut being told: {agent.Log}",
            TimeSpan.FromSeconds(60));
    }
}
