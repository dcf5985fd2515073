// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;

namespace NodeAgent.Tests.Agent;

/// <summary>The whole way: kernel, learning, storage, detection, alert.</summary>
[Trait("Level", "Integration")]
public sealed class LearningTests : IDisposable
{
    private readonly ScratchFolder _data = new();

    public LearningTests() => AgentProgram.SkipUnlessItCanWatch();

    public void Dispose() => _data.Dispose();

    [Fact]
    public async Task Run_Workload_IsLearnedExactlyThenJudged()
    {
        await using TestNetwork network = await TestNetwork.CreateAsync();
        await using AgentProcess agent = await AgentProcess.StartAsync(
            _data.Path, "--learning-period", "6s", "--initial-delay", "0s", "--update-interval", "1s", "--cooldown", "1h");
        await using TestUnit unit = await TestUnit.StartAsync(network.Enter);
        string file = Path.Combine(unit.Folder, "file");
        await File.WriteAllTextAsync(file, "text\n", TestContext.Current.CancellationToken);
        await unit.DoAsync($"{unit.Program("true")} a 'b c'");
        await unit.DoAsync($"PYTHONSTARTUP=/from/here SECRET=kept {unit.Program("true")} a 'b c'");
        await unit.DoAsync($"{unit.Program("cat")} {file}");
        await unit.DoAsync($"{unit.Program("nc")} {TestNetwork.Address} {TestNetwork.Port} <&-");
        await unit.DoAsync($"{unit.Program("nc")} {TestNetwork.Address} {TestNetwork.Port + 1} <&- || :"); // refused

        Profile profile = await agent.ProfileAsync(unit.Name, p => p.Status == "completed", "the profile completed");

        Assert.Equal(("complete", ""), (profile.Completion, profile.Reason));
        Assert.Equal(
            [
                $"{unit.Program("cat")} {unit.Program("cat")} {file}",
                $"{unit.Program("nc")} {unit.Program("nc")} {TestNetwork.Address} {TestNetwork.Port}",
                $"{unit.Program("nc")} {unit.Program("nc")} {TestNetwork.Address} {TestNetwork.Port + 1}",
                $"{unit.Program("true")} {unit.Program("true")} a b c",
            ],
            profile.Execs.Order(StringComparer.Ordinal));
        Assert.Contains("\"PYTHONSTARTUP=/from/here\"", profile.Json, StringComparison.Ordinal);
        Assert.DoesNotContain("SECRET", profile.Json, StringComparison.Ordinal);
        Assert.Equal([file], profile.Opens.Where(o => !IsOfTheLibrary(o)));
        Assert.Equal([$"{TestNetwork.Address} TCP-{TestNetwork.Port}"], profile.Peers); // what was refused is no peer, but is told of
        Assert.Contains("\"node-agent.io/failed-connects\":\"1\"", profile.Json.Replace(" ", string.Empty, StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.DoesNotContain(agent.Alerts, a => a.Unit == unit.Name);
        await AssertKubectlSeesAsync(agent, unit, profile);
        await AssertNewProgramIsReportedOnceAsync(agent, unit);
    }

    [Fact]
    public async Task Run_RulesWhileLearning_NewProgramIsAnAlertThatSaysSoAndIsLearned()
    {
        await using AgentProcess agent = await AgentProcess.StartAsync(
            _data.Path, "--learning-period", "1h", "--initial-delay", "1s", "--update-interval", "1s", "--cooldown", "0s", "--rules-while-learning", "true");
        await using TestUnit unit = await TestUnit.StartAsync();
        await unit.DoAsync(unit.Program("true"));
        await agent.ProfileAsync(unit.Name, p => p.Status == "ready", "the profile's first write");
        await unit.DoAsync(unit.Program("true"));

        string news = unit.NewProgram("news");
        await unit.DoAsync(news);
        await Eventually.TrueAsync(() => agent.Alerts.Any(a => a.Exec == news), "the alert");
        await unit.DoAsync(news);
        Profile profile = await agent.ProfileAsync(unit.Name, p => p.Execs.Any(exec => exec.StartsWith(news, StringComparison.Ordinal)), "the program learned");
        await agent.StopAsync();

        Assert.Equal("ready", profile.Status);
        Alert[] alerts = [.. agent.Alerts.Where(a => a.Unit == unit.Name && a.Rule == "R0001")];
        Assert.Equal([news], alerts.Select(a => a.Exec));
        Assert.Contains("\"status\":\"ready\"", alerts[0].Line, StringComparison.Ordinal);
    }

    // What the C library itself opens in a static program when nc names a service or the program asks for memory limits.
    private static bool IsOfTheLibrary(string path) =>
        path is "/etc/services" or "/etc/nsswitch.conf" or "/etc/hosts" or "/etc/resolv.conf" or "/etc/host.conf" or "/etc/gai.conf" or "/etc/protocols"
        || path.StartsWith("/usr/lib/", StringComparison.Ordinal) || path.StartsWith("/lib/", StringComparison.Ordinal) || path == "/etc/ld.so.cache";

    private static async Task AssertKubectlSeesAsync(AgentProcess agent, TestUnit unit, Profile profile)
    {
        if (!File.Exists("/usr/bin/kubectl"))
        {
            TestContext.Current.AddWarning("no kubectl: the API was read by the agent's own command only");
            return;
        }

        ShellResult result = await ShellProcess.RunAsync(
            "kubectl", "--kubeconfig", Path.Combine(agent.DataDirectory, "kubeconfig"), "get", "containerprofiles", "-A", "-o", "json");

        Assert.True(result.ExitCode == 0, result.All);
        Profile? seen = Profile.Find(JsonDocument.Parse(result.Output), unit.Name);
        Assert.Equal(profile.Execs, seen?.Execs);
        Assert.Equal("completed", seen?.Status);
    }

    private async Task AssertNewProgramIsReportedOnceAsync(AgentProcess agent, TestUnit unit)
    {
        string intruder = unit.NewProgram("intruder");
        for (int i = 0; i < 3; i++)
        {
            await unit.DoAsync(intruder);
        }

        await Eventually.TrueAsync(() => agent.Alerts.Any(a => a.Unit == unit.Name && a.Exec == intruder), "the alert on standard output");
        (int code, _) = await agent.StopAsync();

        Assert.Equal(0, code);
        Alert[] alerts = [.. agent.Alerts.Where(a => a.Unit == unit.Name && a.Rule == "R0001")];
        Assert.Equal([null, 2L], alerts.Select(a => a.Repeats));
        Assert.All(alerts, a => Assert.Equal(intruder, a.Exec));
        string[] kept = await File.ReadAllLinesAsync(_data["alerts.jsonl"], TestContext.Current.CancellationToken);
        Assert.Equal(agent.Output, kept);
    }
}
