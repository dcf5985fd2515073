// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;

namespace NodeAgent.Tests.Agent;

/// <summary>The running agent in a guest, whose kernel loads modules: not each machine's does.</summary>
[Trait("Level", "Integration")]
public sealed class ModuleDriftTests
{
    private const string Module = "dummy";
    private static readonly string Kernels = RepositoryRoot.File("scripts/kernels.sh");

    [Fact]
    public async Task Run_ModuleLoaded_IsAnAlertWithItsProcess()
    {
        AgentProgram.SkipUnlessBuilt();
        ShellResult check = await ShellProcess.RunAsync(Kernels, "--check");
        Assert.SkipUnless(check.ExitCode == 0, check.All);
        string image = (await ShellProcess.RunAsync(Kernels, "--newest")).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)[^1];

        ShellResult guest = await ShellProcess.RunAsync(Kernels, "--run", image, "--", RepositoryRoot.File("scripts/kernels/module-drift.sh"), AgentProgram.Path, Module);

        Assert.True(guest.ExitCode == 0, guest.All);
        string line = Assert.Single(guest.Output.Split('\n'), line => line.StartsWith('{') && line.Contains($"\"{Module}\"", StringComparison.Ordinal));
        JsonNode alert = JsonNode.Parse(line)!["spec"]!["alerts"]![0]!;
        Assert.Equal("modprobe", (string?)alert["identifiers"]!["process"]!["name"]);
        Assert.Contains($", by modprobe (", (string?)alert["message"], StringComparison.Ordinal);
        Assert.Equal("kmod", (string?)alert["recentEvents"]![0]!["event"]);
    }
}
