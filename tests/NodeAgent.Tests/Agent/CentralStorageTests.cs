// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace NodeAgent.Tests.Agent;

/// <summary>The agent as the chart runs it with the central storage: it reports there, with the rights that it gets there.</summary>
[Trait("Level", "Integration")]
public sealed class CentralStorageTests : IDisposable
{
    private const string Group = "spdx.softwarecomposition.kubescape.io";

    // Of what is granted, what one agent does only when something else happens: another agent wrote the same drift at the
    // same time, something is gone, or a container has an image.
    private static readonly string[] Rare =
        [$"get sbomsyfts.{Group}", "get profiledrifts.node-agent.io", "delete profiledrifts.node-agent.io", $"delete containerprofiles.{Group}", $"get networkneighborhoods.{Group}",
            $"update workloadconfigurationscans.{Group}", $"update workloadconfigurationscansummaries.{Group}"];

    private readonly ScratchFolder _data = new();

    public CentralStorageTests() => AgentProgram.SkipUnlessItCanWatch();

    public void Dispose() => _data.Dispose();

    [Fact]
    public async Task Run_CentralStorage_TakesProfilesAndDriftsAndIsFollowed()
    {
        await using CentralStorage central = await CentralStorage.StartAsync();
        using HttpClient person = central.Server.CreateClient();
        await CreateAsync(person, "collapseconfigurations", "CollapseConfiguration", "default", string.Empty, """{"openDynamicThreshold":50}""");
        await using AgentProcess agent = await AgentProcess.StartAsync(
            _data.Path, "--learning-period", "4s", "--initial-delay", "0s", "--update-interval", "1s", "--cooldown", "0s", "--host-scan-delay", "0s", "--storage-kubeconfig", central.Kubeconfig);
        await using TestUnit unit = await TestUnit.StartAsync();
        await unit.DoAsync(unit.Program("true"));
        Profile profile = await ProfileAsync(central, agent, unit, p => p.Status == "completed", "the profile completed");
        JsonNode metadata = JsonNode.Parse(profile.Json)!["metadata"]!;

        for (int news = 0; news < 2; news++)
        {
            string program = unit.NewProgram(string.Create(CultureInfo.InvariantCulture, $"news{news}"));
            await unit.DoAsync(program);
            string drifts = string.Empty;
            await Eventually.GetAsync(
                async () => (drifts = await person.GetStringAsync("/apis/node-agent.io/v1alpha1/profiledrifts")).Contains(program, StringComparison.Ordinal) ? drifts : null, () => drifts + agent.Log);
        }

        ShellResult diff = await RunAsync(central, "profile", "diff", metadata["name"]!.ToString(), "-n", metadata["namespace"]!.ToString());
        Assert.Contains("that its container did on ", diff.Output, StringComparison.Ordinal);
        await CreateAsync(person, "applicationprofiles", "ApplicationProfile", "ug-unused", metadata["namespace"]!.ToString(), """{"containers":[]}""");
        await CreateAsync(person, "containerprofiles", "ContainerProfile", "authored", metadata["namespace"]!.ToString(), """{"architectures":["amd64"]}""");
        await Eventually.TrueAsync(() => agent.Log.Contains("1 in place of learning, 1 overlays", StringComparison.Ordinal), $"what people wrote: {agent.Log}");
        await Eventually.TrueAsync(() => central.Asked.Contains($"create workloadconfigurationscansummaries.{Group}"), $"the results of the host scan: {agent.Log}");
        await agent.StopAsync();

        Assert.Empty(central.Asked.Except(central.Granted));

        // Which kinds there are depends on the machine: not each is a node of Kubernetes.
        Assert.DoesNotContain(central.Granted.Except(central.Asked).Except(Rare), right => !right.EndsWith(".hostdata.kubescape.cloud", StringComparison.Ordinal));
        Assert.Contains("central storage mode", agent.Log, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(_data.Path, "kubeconfig")), "a storage of its own was started");
    }

    [Fact]
    public async Task Run_CentralStorageAway_WatchesAndIsReady()
    {
        string kubeconfig;
        await using (CentralStorage central = await CentralStorage.StartAsync())
        {
            kubeconfig = _data.Write("access/kubeconfig", await File.ReadAllTextAsync(central.Kubeconfig, TestContext.Current.CancellationToken));
            _data.Write("access/ca.crt", central.Server.CaCertificate.ExportCertificatePem());
            _data.Write("access/token", "anything");
        }

        await using AgentProcess agent = await AgentProcess.StartAsync(_data.Path, "--storage-kubeconfig", kubeconfig);
        await using TestUnit unit = await TestUnit.StartAsync();
        string news = unit.NewProgram("memfd-like");
        await unit.DoAsync($"cp {news} /dev/shm/{unit.Name} && /dev/shm/{unit.Name}; rm -f /dev/shm/{unit.Name}");

        await Eventually.TrueAsync(() => agent.Alerts.Any(alert => alert.Unit == unit.Name && alert.Rule == "R1000"), $"the alert: {agent.Log}");
    }

    [Fact]
    public async Task Run_StorageKubeconfigMissingOrOfAnotherShape_IsRefused()
    {
        foreach ((string file, string says) in new[] { (_data["none"], "none"), (_data.Write("empty", "{}"), "current-context") })
        {
            ShellResult result = await AgentProgram.RunAsync("run", "--data-dir", _data["agent"], "--storage-kubeconfig", file, "--ops-address", "127.0.0.1:0");

            Assert.NotEqual(0, result.ExitCode);
            Assert.Contains("setting 'storage.kubeconfig'", result.Errors, StringComparison.Ordinal);
            Assert.Contains(says, result.Errors, StringComparison.Ordinal);
            Assert.DoesNotContain("   at ", result.All, StringComparison.Ordinal);
        }
    }

    // By the variable, as `kubectl exec` into the chart's pod has it.
    private static Task<Profile> ProfileAsync(CentralStorage central, AgentProcess agent, TestUnit unit, Func<Profile, bool> condition, string what)
    {
        ShellResult? last = null;
        return Eventually.GetAsync(
            async () =>
            {
                last = await RunAsync(central, "profile", "list", "-A", "-o", "json");
                Assert.True(last.ExitCode == 0, last.All);
                using var list = System.Text.Json.JsonDocument.Parse(last.Output);
                return Profile.Find(list, unit.Name) is { } profile && condition(profile) ? profile : null;
            },
            () => $"{what}: {last?.All}\n{agent.Log}");
    }

    private static Task<ShellResult> RunAsync(CentralStorage central, params string[] arguments)
    {
        var variables = new Dictionary<string, string?>(AgentProgram.Variables) { ["NODE_AGENT_STORAGE_KUBECONFIG"] = central.Kubeconfig };
        return ShellProcess.RunAsync(AgentProgram.Path, arguments, variables, TestContext.Current.CancellationToken);
    }

    private static async Task CreateAsync(HttpClient person, string plural, string kind, string name, string space, string spec)
    {
        string path = space.Length == 0 ? plural : $"namespaces/{space}/{plural}";
        string document = $$$"""{"apiVersion":"{{{Group}}}/v1beta1","kind":"{{{kind}}}","metadata":{"name":"{{{name}}}","annotations":{"kubescape.io/managed-by":"User"}},"spec":{{{spec}}}}""";
        using var body = new StringContent(document, Encoding.UTF8, "application/json");
        using HttpResponseMessage answer = await person.PostAsync($"/apis/{Group}/v1beta1/{path}", body, TestContext.Current.CancellationToken);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }
}
