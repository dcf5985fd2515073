// SPDX-License-Identifier: Apache-2.0
using System.Text;
using NodeAgent.Export.Storage;

namespace NodeAgent.Tests.Agent;

/// <summary>How far profiles are generalised, as an object of the cluster says: the real agent and storage.</summary>
[Trait("Level", "Integration")]
public sealed class CollapseTests : IDisposable
{
    private readonly ScratchFolder _data = new();

    public CollapseTests() => AgentProgram.SkipUnlessItCanWatch();

    public void Dispose() => _data.Dispose();

    [Fact]
    public async Task Configuration_WrittenWhileTheAgentRuns_ChangesProfiles()
    {
        await using AgentProcess agent = await AgentProcess.StartAsync(
            _data.Path, "--learning-period", "1h", "--initial-delay", "0s", "--update-interval", "1s");
        await using TestUnit unit = await TestUnit.StartAsync();
        string[] files = [.. Enumerable.Range(0, 3).Select(i => Path.Combine(unit.Folder, $"file{i}"))];
        foreach (string file in files)
        {
            await File.WriteAllTextAsync(file, "text\n", TestContext.Current.CancellationToken);
            await unit.DoAsync($"{unit.Program("cat")} {file}");
        }

        await agent.ProfileAsync(unit.Name, p => !files.Except(p.Opens).Any(), "each file in the profile");

        using StorageConnection connection = Kubeconfig.Load(Path.Combine(_data.Path, "kubeconfig"));
        using var client = new StorageClient(connection);
        await ApplyAsync(client, """{"openDynamicThreshold":-5,"collapseConfigs":[{"prefix":"FOLDER","threshold":2},{"prefix":"relative","threshold":3}]}""".Replace("FOLDER", unit.Folder, StringComparison.Ordinal));
        string pattern = unit.Folder + "/⋯";
        await agent.ProfileAsync(unit.Name, p => p.Opens.Contains(pattern) && !p.Opens.Intersect(files).Any(), "one pattern in their place");
        Assert.Contains("collapseconfigurations default: spec.openDynamicThreshold: -5 is not between 0 and 1000000; the rest is used", agent.Log, StringComparison.Ordinal);
        Assert.Contains("collapseconfigurations default: spec.collapseConfigs[1].prefix: 'relative' does not begin with a slash; the rest is used", agent.Log, StringComparison.Ordinal);

        await client.DeleteAsync("collapseconfigurations", string.Empty, "default", TestContext.Current.CancellationToken);
        await Eventually.TrueAsync(() => agent.Log.Contains("default is not there: what is built in holds", StringComparison.Ordinal), "what is built in again");

        // What the storage has united stays so: profiles only grow.
        string other = Path.Combine(Directory.CreateDirectory(Path.Combine(unit.Folder, "below")).FullName, "other");
        await File.WriteAllTextAsync(other, "text\n", TestContext.Current.CancellationToken);
        await unit.DoAsync($"{unit.Program("cat")} {other}");
        await agent.ProfileAsync(unit.Name, p => p.Opens.Contains(pattern) && p.Opens.Contains($"{pattern}/other"), "the pattern still, and what is below it");
    }

    private static Task ApplyAsync(StorageClient client, string spec) => client.ApplyAsync(
        new ApiObject(
            "collapseconfigurations", string.Empty, "default",
            Encoding.UTF8.GetBytes($$"""{"apiVersion":"spdx.softwarecomposition.kubescape.io/v1beta1","kind":"CollapseConfiguration","metadata":{"name":"default"},"spec":{{spec}}}""")),
        TestContext.Current.CancellationToken);
}
