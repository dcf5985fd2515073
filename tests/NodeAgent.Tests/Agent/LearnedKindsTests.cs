// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;

namespace NodeAgent.Tests.Agent;

/// <summary>System calls, capabilities and HTTP of a workload, from the kernel to what kubectl prints.</summary>
[Trait("Level", "Integration")]
public sealed class LearnedKindsTests : IDisposable
{
    private const string Kubectl = "/usr/bin/kubectl";
    private const int Served = 81; // below 1024: to bind it takes a capability
    private readonly ScratchFolder _data = new();

    public LearnedKindsTests() => AgentProgram.SkipUnlessItCanWatch();

    public void Dispose() => _data.Dispose();

    [Fact]
    public async Task Profile_OfAServerThatCallsAnother_HasCallsCapabilitiesAndEndpoints()
    {
        await using TestNetwork network = await TestNetwork.CreateAsync();
        await using AgentProcess agent = await AgentProcess.StartAsync(
            _data.Path, "--learning-period", "1h", "--initial-delay", "0s", "--update-interval", "1s");
        await using TestUnit unit = await TestUnit.StartAsync(network.Enter);
        await unit.DoAsync($"printf 'GET /items?id=1 HTTP/1.1\\r\\nHost: Shop.test\\r\\n\\r\\n' | {unit.Program("nc")} {TestNetwork.Address} {TestNetwork.Port}");

        // An input that never ends: at its end the server would hang up, perhaps before the request is sent.
        string open = Path.Combine(unit.Folder, "open");
        Assert.Equal(0, (await ShellProcess.RunAsync("mkfifo", open)).ExitCode);
        await unit.DoAsync($"{unit.Program("nc")} -l -p {Served} >/dev/null <>{open} &");
        await RequestAsync(network, "GET /health HTTP/1.1\\r\\nHost: web.test:81\\r\\n\\r\\n");

        Profile profile = await agent.ProfileAsync(unit.Name, p => Texts(p, "endpoints", Endpoint).Length == 2, "both endpoints");

        Assert.Equal(
            [
                $"inbound True :{Served}/health GET web.test:81",
                $"outbound True :{TestNetwork.Port}/items GET shop.test",
            ],
            Texts(profile, "endpoints", Endpoint));
        string[] capabilities = Texts(profile, "capabilities", e => e.GetString()!);
        Assert.Contains("NET_BIND_SERVICE", capabilities);
        Assert.DoesNotContain("SYS_MODULE", capabilities);
        string[] syscalls = Texts(profile, "syscalls", e => e.GetString()!);
        Assert.Empty(new[] { "bind", "connect", "exit_group", "listen", "write" }.Except(syscalls));
        Assert.DoesNotContain("reboot", syscalls);
        await AssertKubectlPrintsAsync(agent, unit, ["NET_BIND_SERVICE", "exit_group", $"endpoint: :{Served}/health", "direction: inbound", "web.test:81"]);
    }

    // The server is up when somebody gets through.
    private static Task<string> RequestAsync(TestNetwork network, string request) => Eventually.GetAsync(
        async () =>
        {
            ShellResult sent = await ShellProcess.RunAsync(
                network.Enter[0], [.. network.Enter[1..], "sh", "-c", $"printf '{request}' | busybox nc -w 2 {TestNetwork.Address} {Served}"]);
            return sent.ExitCode == 0 ? "sent" : null;
        },
        () => "a request served");

    private static async Task AssertKubectlPrintsAsync(AgentProcess agent, TestUnit unit, string[] expected)
    {
        Assert.SkipUnless(File.Exists(Kubectl), $"{Kubectl} is missing: the profile was read by the agent's own command only");
        ShellResult result = await ShellProcess.RunAsync(
            Kubectl, "--kubeconfig", Path.Combine(agent.DataDirectory, "kubeconfig"), "get", "containerprofiles", "-A", "-o", "yaml",
            "-l", $"kubescape.io/workload-name={unit.Name}");
        Assert.True(result.ExitCode == 0, result.All);
        Assert.All(expected, text => Assert.Contains(text, result.Output, StringComparison.Ordinal));
    }

    private static string Endpoint(JsonElement e) =>
        $"{e.GetProperty("direction").GetString()} {e.GetProperty("internal").GetBoolean()} {e.GetProperty("endpoint").GetString()}"
        + $" {string.Join(',', e.GetProperty("methods").EnumerateArray())} {string.Join(',', e.GetProperty("headers").GetProperty("Host").EnumerateArray())}";

    private static string[] Texts(Profile profile, string list, Func<JsonElement, string> text)
    {
        JsonElement spec = JsonDocument.Parse(profile.Json).RootElement.GetProperty("spec");
        return spec.TryGetProperty(list, out JsonElement items) && items.ValueKind == JsonValueKind.Array ? [.. items.EnumerateArray().Select(text)] : [];
    }
}
