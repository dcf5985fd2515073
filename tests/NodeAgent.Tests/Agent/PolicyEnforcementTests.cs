// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;

namespace NodeAgent.Tests.Agent;

/// <summary>The proof that counts: a policy that was generated from real traffic is enforced by the kernel, and the workload runs again.</summary>
[Trait("Level", "Integration")]
public sealed class PolicyEnforcementTests : IDisposable
{
    private const int Seen = 8088;
    private const int Unseen = 8099;
    private const int SeenListener = 9090;
    private const int UnseenListener = 9091;
    private readonly ScratchFolder _data = new();

    public PolicyEnforcementTests() => AgentProgram.SkipUnlessItCanWatch();

    public void Dispose() => _data.Dispose();

    [Fact]
    public async Task GeneratedPolicy_AsNftablesRules_LetsTheWorkloadRunAgainAndDropsWhatWasNeverSeen()
    {
        await using LinkedNamespaces linked = await LinkedNamespaces.CreateAsync();
        ShellResult nft = await ShellProcess.RunAsync(linked.EnterOwn[0], [.. linked.EnterOwn[1..], "/bin/sh", "-c", "nft list ruleset"]);
        Assert.SkipUnless(nft.ExitCode == 0, $"nft(8) is missing (package nftables), or this kernel has no nftables: {nft.All.Trim()}");
        await linked.ServeAsync(Seen);
        await linked.ServeAsync(Unseen);
        await using AgentProcess agent = await AgentProcess.StartAsync(
            _data.Path, "--learning-period", "1h", "--initial-delay", "0s", "--update-interval", "1s", "--flow-history-interval", "1s");
        await using TestUnit unit = await TestUnit.StartAsync(linked.EnterOwn);
        await RunWorkloadAsync(linked, unit);
        string file = _data.Write("policy.json", await PolicyAsync(unit));
        JsonNode policy = JsonNode.Parse(await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken))!;
        await CheckAsync(file, outcome => outcome["allowed"]!.GetValue<int>() >= 3, exitCode: 0);

        // Without rules the unseen ones pass, so that what is dropped below is dropped by them; and the check tells of them beforehand.
        Assert.Equal(0, await CallAsync(unit, LinkedNamespaces.Peer, Unseen));
        await ListenAsync(linked, unit, UnseenListener);
        Assert.True(await linked.CallsInAsync(UnseenListener, 30));
        JsonNode foretold = await CheckAsync(file, outcome => outcome["denied"]!.AsArray().Count >= 2, exitCode: 1);
        Assert.Equal(
            [$"Egress {LinkedNamespaces.Peer} TCP {Unseen}", $"Ingress {LinkedNamespaces.Peer} TCP {UnseenListener}"],
            foretold["denied"]!.AsArray().Select(flow => $"{flow!["direction"]} {flow["peer"]} {flow["port"]}").Order(StringComparer.Ordinal));

        string rules = _data.Write("rules.nft", NftRules.Of(policy));
        ShellResult applied = await ShellProcess.RunAsync(linked.EnterOwn[0], [.. linked.EnterOwn[1..], "nft", "-f", rules]);
        Assert.True(applied.ExitCode == 0, applied.All + NftRules.Of(policy));
        await RunWorkloadAsync(linked, unit);
        Assert.NotEqual(0, await CallAsync(unit, LinkedNamespaces.Peer, Unseen, patienceSeconds: 2));
        Assert.NotEqual(0, await CallAsync(unit, LinkedNamespaces.PeerV6, Unseen, patienceSeconds: 2));
        await ListenAsync(linked, unit, UnseenListener);
        Assert.False(await linked.CallsInAsync(UnseenListener, 2));
    }

    private static async Task RunWorkloadAsync(LinkedNamespaces linked, TestUnit unit)
    {
        Assert.Equal(0, await CallAsync(unit, LinkedNamespaces.Peer, Seen));
        Assert.Equal(0, await CallAsync(unit, LinkedNamespaces.PeerV6, Seen));
        await ListenAsync(linked, unit, SeenListener);
        Assert.True(await linked.CallsInAsync(SeenListener, 30), "the peer could not call the workload");
    }

    private static Task<int> CallAsync(TestUnit unit, string address, int port, int patienceSeconds = 30) =>
        unit.DoAsync($"{unit.Program("nc")} -w {patienceSeconds} {address} {port} </dev/null");

    private static async Task ListenAsync(LinkedNamespaces linked, TestUnit unit, int port)
    {
        await unit.DoAsync($"{unit.Program("nc")} -l -p {port} </dev/null >/dev/null &");
        await LinkedNamespaces.ListeningAsync(linked.EnterOwn, port);
    }

    // Learning goes on: it is published every second, until it has all that the workload did.
    private async Task<string> PolicyAsync(TestUnit unit)
    {
        string last = string.Empty;
        return await Eventually.GetAsync(
            async () =>
            {
                ShellResult result = await AgentProgram.RunAsync("policy", "generate", unit.Name, "--data-dir", _data.Path, "-o", "json");
                last = result.All;
                string[] wanted = [$"{LinkedNamespaces.Peer}/32", $"{LinkedNamespaces.PeerV6}/128", $"\"port\": {Seen}", $"\"port\": {SeenListener}"];
                return result.ExitCode == 0 && wanted.All(text => result.Output.Contains(text, StringComparison.Ordinal)) ? result.Output : null;
            },
            () => $"the policy: {last}");
    }

    private async Task<JsonNode> CheckAsync(string file, Func<JsonNode, bool> condition, int exitCode)
    {
        ShellResult last = null!;
        JsonNode outcome = await Eventually.GetAsync(
            async () =>
            {
                // Flows are written every second; until the first there is no history.
                last = await AgentProgram.RunAsync("policy", "check", file, "--data-dir", _data.Path, "-o", "json");
                return last.Output.Length > 0 && JsonNode.Parse(last.Output) is { } outcome && condition(outcome) ? outcome : null;
            },
            () => $"what the check should say: {last.All}");
        Assert.Equal(exitCode, last.ExitCode);
        return outcome;
    }
}
