// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;

namespace NodeAgent.Tests.Agent;

/// <summary>What a completed profile would have to allow, and the person who says that it may: the real agent, storage and command line.</summary>
[Trait("Level", "Integration")]
public sealed class DriftTests : IDisposable
{
    private readonly ScratchFolder _data = new();

    public DriftTests() => AgentProgram.SkipUnlessItCanWatch();

    public void Dispose() => _data.Dispose();

    [Fact]
    public async Task NewThing_IsShownByDiff_AcceptedOnce_ThenExpected()
    {
        await using AgentProcess agent = await AgentProcess.StartAsync(
            _data.Path, "--learning-period", "4s", "--initial-delay", "0s", "--update-interval", "1s", "--cooldown", "0s");
        await using TestUnit unit = await TestUnit.StartAsync();
        await unit.DoAsync(unit.Program("true"));
        Profile profile = await agent.ProfileAsync(unit.Name, p => p.Status == "completed", "the profile completed");
        JsonNode metadata = JsonNode.Parse(profile.Json)!["metadata"]!;
        string[] meant = [metadata["name"]!.ToString(), "-n", metadata["namespace"]!.ToString(), "--data-dir", _data.Path];

        await unit.DoAsync($"{unit.Program("true")} again");
        string news = unit.NewProgram("news");
        await unit.DoAsync(news);
        await Eventually.TrueAsync(() => agent.Alerts.Any(alert => alert.Exec == news), "the alert");
        string diff = string.Empty;
        await Eventually.GetAsync(async () => (diff = (await ProfileAsync("diff", meant)).Output).Contains($"+ exec        {news}", StringComparison.Ordinal) ? diff : null, () => diff);
        ShellResult shown = await ProfileAsync("diff", meant);
        Assert.Equal(1, shown.ExitCode);

        ShellResult accepted = await ProfileAsync("accept", [.. meant, "--only", "execs"]);
        Assert.True(accepted.ExitCode == 0, accepted.All);
        Assert.Contains(news, accepted.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("+ exec", (await ProfileAsync("diff", meant)).Output, StringComparison.Ordinal);

        // The agent follows the overlay: what was accepted raises no alert any more, another thing does.
        await Eventually.TrueAsync(() => agent.Log.Contains("1 overlays", StringComparison.Ordinal), "the overlay read");
        await Eventually.GetAsync(
            async () =>
            {
                int before = Alerts(agent, news);
                await unit.DoAsync(news);
                string other = unit.NewProgram($"other-{Guid.NewGuid():N}");
                await unit.DoAsync(other);
                await Eventually.TrueAsync(() => Alerts(agent, other) > 0, "the alert on another program");
                return Alerts(agent, news) == before ? other : null;
            },
            () => "no alert on what was accepted");
    }

    [Fact]
    public async Task Overlay_WithNonsense_IsNamedAndTheRestIsUsed()
    {
        await using AgentProcess agent = await AgentProcess.StartAsync(
            _data.Path, "--learning-period", "4s", "--initial-delay", "0s", "--update-interval", "1s", "--cooldown", "0s");
        await using TestUnit unit = await TestUnit.StartAsync();
        string allowed = unit.NewProgram("allowed");
        await unit.DoAsync(unit.Program("true"));
        Profile profile = await agent.ProfileAsync(unit.Name, p => p.Status == "completed", "the profile completed");
        JsonNode metadata = JsonNode.Parse(profile.Json)!["metadata"]!;
        await unit.DoAsync(allowed);
        string[] meant = [metadata["name"]!.ToString(), "-n", metadata["namespace"]!.ToString(), "--data-dir", _data.Path];
        JsonNode? drift = null;
        await Eventually.GetAsync(
            async () => (drift = JsonNode.Parse((await ProfileAsync("diff", [.. meant, "-o", "json"])).Output))?["spec"]?["execs"] is not null ? drift : null, () => "the drift");
        string slug = drift!["metadata"]!["annotations"]!["node-agent.io/workload-slug"]!.ToString();
        string container = metadata["labels"]!["kubescape.io/workload-container-name"]!.ToString();
        string file = _data["overlay.json"];
        await File.WriteAllTextAsync(file, $$"""
            {"apiVersion":"spdx.softwarecomposition.kubescape.io/v1beta1","kind":"ApplicationProfile",
             "metadata":{"name":"ug-{{slug}}","namespace":"{{metadata["namespace"]}}","annotations":{"kubescape.io/managed-by":"User"} },
             "spec":{"containers":[{"name":"{{container}}","execs":[{"path":"no path"},{"path":"{{allowed}}"}],"opens":[{"path":"/*"}]} ]} }
            """, TestContext.Current.CancellationToken);
        ShellResult applied = await ShellProcess.RunAsync("kubectl", "--kubeconfig", Path.Combine(_data.Path, "kubeconfig"), "create", "-f", file);
        Assert.True(applied.ExitCode == 0, applied.All);

        await Eventually.TrueAsync(() => agent.Log.Contains("spec.containers[0].execs[0].path", StringComparison.Ordinal), "the field that makes no sense");
        Assert.Contains("spec.containers[0].opens[0].path", agent.Log, StringComparison.Ordinal); // it allows everything: said, and used
        await Eventually.GetAsync(async () => (await ProfileAsync("diff", meant)).ExitCode == 0 ? agent : null, () => "what the overlay allows is no drift");
    }

    [Fact]
    public async Task Diff_OfWhatIsNot_SaysSo()
    {
        await using AgentProcess agent = await AgentProcess.StartAsync(_data.Path);
        ShellResult result = await ProfileAsync("diff", "nothing", "--data-dir", _data.Path);

        Assert.Equal(1, result.ExitCode);
        Assert.StartsWith("error: no containerprofiles for 'nothing'", result.Errors, StringComparison.Ordinal);
    }

    private static int Alerts(AgentProcess agent, string exec) => agent.Alerts.Count(alert => alert.Exec == exec);

    private static Task<ShellResult> ProfileAsync(string what, params string[] arguments) => AgentProgram.RunAsync(["profile", what, .. arguments]);
}
