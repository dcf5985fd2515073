// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography;
using System.Text.Json;

namespace NodeAgent.Tests.Agent;

/// <summary>What an alert tells of the file that it is about: the real agent and real files.</summary>
[Trait("Level", "Integration")]
public sealed class EvidenceTests : IDisposable
{
    private readonly ScratchFolder _data = new();
    private readonly ScratchFolder _rules = new();

    public EvidenceTests() => AgentProgram.SkipUnlessItCanWatch();

    public void Dispose()
    {
        _data.Dispose();
        _rules.Dispose();
    }

    [Fact]
    public async Task Alert_OfAProgramAndOfAFile_HasTheHashOfItsContents()
    {
        _rules.Write("one.yaml", RuleFiles.Of(
            "one", RuleFiles.Rule("EXEC-1", "exec", "event.exepath.endsWith('/evidence')"), RuleFiles.Rule("OPEN-1", "open", "event.path.endsWith('/evidence.txt')")));
        await using AgentProcess agent = await AgentProcess.StartAsync(
            _data.Path, "--kubeconfig", "none", "--cooldown", "0s", "--rules-library", "false", "--rules-path", _rules.Path);
        await using TestUnit unit = await TestUnit.StartAsync();
        string program = unit.NewProgram("evidence");
        await File.AppendAllTextAsync(program, "another one", TestContext.Current.CancellationToken);
        string file = Path.Combine(unit.Folder, "evidence.txt");
        await File.WriteAllTextAsync(file, "text\n", TestContext.Current.CancellationToken);

        // Hashes that are late are told of by the counter; a machine that is shared may need several attempts.
        (string Path, string Sha256) exec = await HashAsync(agent, unit, "EXEC-1", program);
        (string Path, string Sha256) open = await HashAsync(agent, unit, "OPEN-1", $"{unit.Program("cat")} {file}");

        Assert.Equal((program, await Sha256Async(program)), exec);
        Assert.Equal((file, await Sha256Async(file)), open);
        Assert.True(await agent.MetricAsync("node_agent_alert_file_hashes_total", "outcome=\"added\"") >= 2);
    }

    private static async Task<(string Path, string Sha256)> HashAsync(AgentProcess agent, TestUnit unit, string rule, string command)
    {
        JsonElement hash = default;
        await Eventually.GetAsync(
            async () =>
            {
                int before = agent.Alerts.Count(alert => alert.Rule == rule);
                await unit.DoAsync(command);
                await Eventually.TrueAsync(() => agent.Alerts.Count(alert => alert.Rule == rule) > before, $"the alert of {rule}");
                using JsonDocument document = JsonDocument.Parse(agent.Alerts.Last(alert => alert.Rule == rule).Line);
                return document.RootElement.GetProperty("spec").GetProperty("alerts")[0].GetProperty("arguments").TryGetProperty("fileHash", out JsonElement found) && (hash = found.Clone()).ValueKind == JsonValueKind.Object ? rule : null;
            },
            () => $"an alert of {rule} with a hash");
        return (hash.GetProperty("path").GetString()!, hash.GetProperty("sha256").GetString()!);
    }

    private static async Task<string> Sha256Async(string path) => Convert.ToHexStringLower(SHA256.HashData(await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken)));
}
