// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using System.Text.Json.Nodes;
using NodeAgent.Tests.Cluster;
using NodeAgent.TestSupport.Kubernetes;

namespace NodeAgent.Tests.Agent;

/// <summary>The commands, as a user runs them.</summary>
[Trait("Level", "Integration")]
public sealed class CommandTests : IDisposable
{
    private readonly ScratchFolder _data = new();

    public CommandTests() => AgentProgram.SkipUnlessBuilt();

    public void Dispose() => _data.Dispose();

    [Fact]
    public async Task Version_Printed_IsTheBuilds()
    {
        ShellResult result = await AgentProgram.RunAsync("--version");

        Assert.True(result.ExitCode == 0, result.All);
        Assert.Matches(@"^(node-agent )?\d+\.\d+\.\d+", result.Output);
    }

    [Theory]
    [InlineData("", "run")]
    [InlineData("run", "--learning-period")]
    [InlineData("trace", "--container")]
    [InlineData("record", "--container")]
    [InlineData("replay", "FILE")]
    [InlineData("rules test", "--trace")]
    [InlineData("alerts", "--min-severity")]
    [InlineData("alerts explain", "ID")]
    [InlineData("doctor", "--output")]
    [InlineData("profile", "list")]
    [InlineData("profile list", "--all-namespaces")]
    [InlineData("profile show", "NAME")]
    [InlineData("policy", "generate")]
    [InlineData("policy generate", "WORKLOAD")]
    [InlineData("policy generate", "--type")]
    [InlineData("policy check", "FILE")]
    [InlineData("policy check", "--against")]
    [InlineData("rules import falco", "--strict")]
    [InlineData("rules import sigma", "FILE")]
    [InlineData("verify", "--log")]
    [InlineData("host", "checks")]
    [InlineData("host scan", "--fail-on")]
    public async Task Help_EachCommand_NamesWhatItTakes(string command, string named)
    {
        ShellResult result = await AgentProgram.RunAsync([.. command.Split(' ', StringSplitOptions.RemoveEmptyEntries), "--help"]);

        Assert.True(result.ExitCode == 0, result.All);
        Assert.Contains(named, result.Output, StringComparison.Ordinal);
        Assert.Empty(result.Errors);
    }

    [Theory]
    [InlineData("run --data-dirr /tmp", "--data-dirr", "'node-agent run --help'")]
    [InlineData("profile show", "'show'", "'node-agent profile show --help'")]
    public async Task Flags_ThatDoNotFit_AreSaidInAFewLines(string command, string named, string hint)
    {
        ShellResult result = await AgentProgram.RunAsync([.. command.Split(' ')]);

        Assert.Equal(1, result.ExitCode);
        Assert.Contains(named, result.Errors, StringComparison.Ordinal);
        Assert.Contains(hint, result.Errors, StringComparison.Ordinal);
        Assert.InRange(result.All.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length, 2, 5);
    }

    [Fact]
    public async Task Run_Help_ListsEachSettingWithItsKey()
    {
        ShellResult result = await AgentProgram.RunAsync("run", "--help");

        Assert.All(NodeAgent.Configuration.Settings.All, s => Assert.Contains(s.Flag, result.Output, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Profile_NoAgentEverRan_SaysWhere()
    {
        ShellResult result = await AgentProgram.RunAsync("profile", "list", "--data-dir", _data["none"]);

        Assert.Equal(1, result.ExitCode);
        Assert.Equal($"error: {_data["none"]}/kubeconfig does not exist: is the agent running with another --data-dir?\n", result.Errors);
    }

    [Fact]
    public async Task Profile_AgentIsGone_IsOneLine()
    {
        AgentProgram.SkipUnlessItCanWatch();
        await using (AgentProcess agent = await AgentProcess.StartAsync(_data.Path))
        {
            await agent.StopAsync();
        }

        ShellResult result = await AgentProgram.RunAsync("profile", "list", "--data-dir", _data.Path);

        Assert.Equal(1, result.ExitCode);
        Assert.StartsWith("error: ", Assert.Single(result.Errors.TrimEnd('\n').Split('\n')), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Doctor_Json_ListsEachSensorWithItsState()
    {
        AgentProgram.SkipUnlessItCanWatch();

        ShellResult result = await AgentProgram.RunAsync("doctor", "-o", "json");

        JsonNode report = JsonNode.Parse(result.Output)!;
        string[] names = [.. report["sensors"]!.AsArray().Select(s => (string)s!["name"]!)];
        string[] expected =
        [
            "capability", "cgroup", "dns", "file", "file_change", "payload", "privilege", "process", "process_calls", "signal", "socket", "syscalls", "tcp", "udp", "unix",
        ];
        Assert.Equal(expected, names.Order(StringComparer.Ordinal));
        bool failed = report["sensors"]!.AsArray().Any(s => (string)s!["state"]! == "failed");
        Assert.Equal(failed ? 1 : 0, result.ExitCode);
        Assert.All(report["sensors"]!.AsArray(), s => Assert.True((string)s!["state"]! == "active" || ((string)s["reason"]!).Length > 0, s.ToJsonString()));
        Assert.True((bool)report["btf"]!);
        Assert.Equal((int)report["shards"]! + 1, report["rings"]!.AsArray().Count);
        Assert.All(report["rings"]!.AsArray(), ring => Assert.True((long)ring!["sizeBytes"]! >= 4096));
        Assert.Contains(report["maps"]!.AsArray(), map => (string)map!["name"]! == "na_lost_by_cgroup" && (long)map["entries"]! >= 0);
        Assert.All(report["programs"]!.AsArray(), program => Assert.Null(program!["runs"]));
    }

    [Fact]
    public async Task Doctor_WithAnApiServer_NamesThePermissionsThatAreMissing()
    {
        AgentProgram.SkipUnlessItCanWatch();
        using var folder = new ScratchFolder();
        await using ApiServerDouble server = await ApiServerDouble.StartAsync();
        server.Tokens = new HashSet<string> { "secret" };
        foreach (string resource in (string[])["/replicationcontrollers", "/namespaces", "kubescape.io/rules", "kubescape.io/runtimerulealertbindings", "kubescape.io/ruleexceptions"])
        {
            server.Store.Define(resource);
        }

        server.Forbid("list", "endpointslices");
        var variables = new Dictionary<string, string?>(AgentProgram.Variables) { ["NODE_AGENT_KUBERNETES_KUBECONFIG"] = RecordedCluster.Kubeconfig(server, folder.Path) };

        ShellResult result = await ShellProcess.RunAsync(AgentProgram.Path, ["doctor", "-o", "json"], variables, TestContext.Current.CancellationToken);

        JsonNode report = JsonNode.Parse(result.Output)!;
        Assert.Equal(server.Address, (string?)report["apiServer"]);
        JsonNode missing = Assert.Single(report["permissions"]!.AsArray(), permission => (string?)permission!["state"] != "granted")!;
        Assert.Equal(("list", "endpointslices.discovery.k8s.io", "missing"), ((string?)missing["verb"], (string?)missing["resource"], (string?)missing["state"]));
        Assert.Contains(report["problems"]!.AsArray(), problem => ((string?)problem!["message"])!.Contains("list endpointslices.discovery.k8s.io", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Doctor_ProgramStats_TellsRunsAndTime()
    {
        AgentProgram.SkipUnlessItCanWatch();

        ShellResult result = await AgentProgram.RunAsync("doctor", "--program-stats", "-o", "json");

        JsonArray programs = JsonNode.Parse(result.Output)!["programs"]!.AsArray();
        Assert.All(programs, program => Assert.True((long)program!["runs"]! >= 0 && (long)program["memoryBytes"]! > 0));
        Assert.Contains(programs, program => (long)program!["runs"]! > 0 && (double)program["meanRunNs"]! > 0);
    }

    [Fact]
    public async Task Verify_ThisKernel_JudgesProgramsAndSensors()
    {
        AgentProgram.SkipUnlessItCanWatch();

        ShellResult result = await AgentProgram.RunAsync("verify");

        string[] lines = result.Output.TrimEnd('\n').Split('\n');
        Assert.True(result.ExitCode == 0, result.All);
        Assert.StartsWith("OBJECT", lines[0], StringComparison.Ordinal);
        Assert.True(lines.Length > 10, result.Output);
        Assert.All(lines[1..Array.IndexOf(lines, string.Empty)], line => Assert.DoesNotMatch(" $", line)); // accepted, or the reason
        Assert.Contains(lines, line => line.StartsWith("SENSOR", StringComparison.Ordinal));
        Assert.Matches("^(no program grew by more than 20 ?% of its value recorded on|nothing is compared:) ?", lines[^1]);
    }

    [Fact]
    public async Task Verify_Record_KeepsOtherKernels()
    {
        AgentProgram.SkipUnlessItCanWatch();
        string file = _data["record.txt"];
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        await File.WriteAllTextAsync(file, "x64-1.0 file na_open 5\n");

        ShellResult result = await AgentProgram.RunAsync("verify", "--record", file);

        Assert.True(result.ExitCode == 0, result.All);
        string[] lines = await File.ReadAllLinesAsync(file);
        Assert.Contains("x64-1.0 file na_open 5", lines);
        Assert.Contains(lines, line => line.Contains(" process na_process_exec ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Verify_RecordIsNoRecord_SaysWhichLine()
    {
        AgentProgram.SkipUnlessItCanWatch();
        string file = _data["record.txt"];
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        await File.WriteAllTextAsync(file, "something else\n");

        ShellResult result = await AgentProgram.RunAsync("verify", "--record", file);

        Assert.Equal(1, result.ExitCode);
        Assert.Equal($"error: {file}: line 1: \"something else\" is not \"kernel object program instructions\"\n", result.Errors);
    }

    [Fact]
    public async Task Trace_ForATime_ShowsExecsWithContainerAndProcess()
    {
        AgentProgram.SkipUnlessItCanWatch();
        await using TestUnit unit = await TestUnit.StartAsync();

        Task<ShellResult> trace = AgentProgram.RunAsync("trace", "exec", "-o", "json", "--for", "3s");
        while (!trace.IsCompleted)
        {
            await unit.DoAsync($"{unit.Program("true")} traced 'b c'");
        }

        ShellResult result = await trace;
        Assert.True(result.ExitCode == 0, result.All);
        JsonElement[] rows = [.. result.Output.TrimEnd('\n').Split('\n').Select(l => JsonDocument.Parse(l).RootElement)];
        JsonElement row = rows.First(r => r.GetProperty("container").GetString() == unit.Name);
        Assert.Equal($"{unit.Program("true")} [{unit.Program("true")} traced b c]", row.GetProperty("detail").GetString());
        Assert.Equal("Cgroup/" + unit.Name, row.GetProperty("workload").GetString());
        Assert.Equal("true", row.GetProperty("comm").GetString());
        Assert.True(row.GetProperty("pid").GetInt32() > 0 && row.GetProperty("parentPid").GetInt32() > 0);
        Assert.InRange(row.GetProperty("time").GetDateTimeOffset(), DateTimeOffset.UtcNow.AddMinutes(-2), DateTimeOffset.UtcNow.AddMinutes(1));
        Assert.All(rows, r => Assert.Equal("exec", r.GetProperty("kind").GetString()));
    }

    [Theory]
    [InlineData("--for", "soon")]
    [InlineData("--output", "xml")]
    public async Task Trace_BadFlag_IsRefused(string flag, string value)
    {
        ShellResult result = await AgentProgram.RunAsync("trace", "exec", flag, value);

        Assert.Equal(1, result.ExitCode);
        Assert.Contains(flag, result.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", result.All, StringComparison.Ordinal);
    }

    [Fact]
    public async Task PolicyGenerate_ObservedTraffic_IsReadByKubectlWhole()
    {
        AgentProgram.SkipUnlessItCanWatch();
        await using TestNetwork network = await TestNetwork.CreateAsync();
        await using AgentProcess agent = await AgentProcess.StartAsync(
            _data.Path, "--learning-period", "4s", "--initial-delay", "0s", "--update-interval", "1s", "--flow-history-interval", "1s");
        await using TestUnit unit = await TestUnit.StartAsync(network.Enter);
        await unit.DoAsync($"{unit.Program("nc")} {TestNetwork.Address} {TestNetwork.Port} <&-");
        await agent.ProfileAsync(unit.Name, p => p.Status == "completed", "the profile completed");
        string policy = string.Empty;
        await Eventually.GetAsync(
            async () =>
            {
                ShellResult result = await AgentProgram.RunAsync("policy", "generate", unit.Name, "--data-dir", _data.Path);
                policy = result.All;
                return result.ExitCode == 0 ? policy : null;
            },
            () => $"a policy: {policy}");

        Assert.Contains("kind: NetworkPolicy", policy, StringComparison.Ordinal);
        Assert.Contains($"{TestNetwork.Address}/32", policy, StringComparison.Ordinal);
        Assert.Contains($"port: {TestNetwork.Port}", policy, StringComparison.Ordinal);
        string file = _data.Write("policy.yaml", policy);
        await AssertCheckAsync(file);
        await AssertOtherKindsAsync(unit.Name);
        ShellResult kubectl = await ShellProcess.RunAsync("/bin/sh", "-c", "command -v kubectl");
        if (kubectl.ExitCode != 0)
        {
            TestContext.Current.AddWarning("no kubectl: the policy was not given to it");
            return;
        }

        // Without a cluster even a dry run finds no such kind; this reads the file into Kubernetes' own types, and drops what they do not have.
        ShellResult read = await ShellProcess.RunAsync("kubectl", "label", "--local", "-f", file, "read=back", "-o", "json");
        Assert.True(read.ExitCode == 0, read.All);
        JsonNode spec = JsonNode.Parse(read.Output)!["spec"]!;
        Assert.Contains($"{TestNetwork.Address}/32", spec["egress"]!.ToJsonString(), StringComparison.Ordinal);
        Assert.Contains($"\"port\":{TestNetwork.Port}", spec["egress"]!.ToJsonString(), StringComparison.Ordinal);
        Assert.Contains("Egress", spec["policyTypes"]!.ToJsonString(), StringComparison.Ordinal);
    }

    // The policy denies nothing it came from; one that denies everything does, and says what.
    private async Task AssertCheckAsync(string file)
    {
        string last = string.Empty;
        ShellResult own = await Eventually.GetAsync(
            async () =>
            {
                // Flows are written every second; until then there is no history, or none of this unit.
                ShellResult result = await AgentProgram.RunAsync("policy", "check", file, "--data-dir", _data.Path, "-o", "json");
                last = result.All;
                return result.Output.Length > 0 && JsonNode.Parse(result.Output)!["allowed"]!.GetValue<int>() > 0 ? result : null;
            },
            () => $"the flow in the history: {last}");
        JsonNode outcome = JsonNode.Parse(own.Output)!;
        Assert.True(own.ExitCode == 0 && outcome["denied"]!.AsArray().Count == 0, own.All);
        Assert.True(outcome["allowed"]!.GetValue<int>() > 0, own.All);
        string nothing = _data.Write("nothing.yaml", """
            apiVersion: networking.k8s.io/v1
            kind: NetworkPolicy
            metadata: {name: nothing}
            spec:
              podSelector: {}
              policyTypes: [Ingress, Egress]
            """);
        ShellResult learned = await AgentProgram.RunAsync("policy", "check", nothing, "--data-dir", _data.Path, "--against", "profiles");
        Assert.True(learned.ExitCode == 1, learned.All);
        Assert.Matches($@"Egress +default/\S+ +{TestNetwork.Address.Replace(".", @"\.")} +TCP {TestNetwork.Port} +1", learned.Output);
        ShellResult denied = await AgentProgram.RunAsync("policy", "check", nothing, "--data-dir", _data.Path);
        Assert.True(denied.ExitCode == 1, denied.All);
        Assert.Matches($@"Egress +default/\S+ +{TestNetwork.Address.Replace(".", @"\.")} +TCP {TestNetwork.Port} +[1-9]\d* +20\d\d-\S+Z\n", denied.Output);
    }

    private async Task AssertOtherKindsAsync(string unit)
    {
        foreach ((string type, string kind) in ((string, string)[])[("cilium", "CiliumNetworkPolicy"), ("admin", "AdminNetworkPolicy")])
        {
            ShellResult result = await AgentProgram.RunAsync("policy", "generate", unit, "--data-dir", _data.Path, "--type", type, "-o", "json");
            Assert.True(result.ExitCode == 0, result.All);
            Assert.Equal(kind, JsonNode.Parse(result.Output)!["kind"]!.GetValue<string>());
            Assert.Contains($"{TestNetwork.Address}/32", result.Output, StringComparison.Ordinal);
        }

        ShellResult other = await AgentProgram.RunAsync("policy", "generate", unit, "--data-dir", _data.Path, "--type", "calico");
        Assert.True(other.ExitCode != 0 && other.Errors.Contains("calico", StringComparison.Ordinal), other.All);
    }
}
