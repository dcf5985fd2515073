// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;

namespace NodeAgent.Tests.Agent;

/// <summary>A network namespace with an address that is no loopback, and a server on it.</summary>
internal sealed class TestNetwork : IAsyncDisposable
{
    public const string Address = "10.211.7.1";
    public const int Port = 8088;
    private readonly string _name = $"na-test-{Environment.ProcessId}";
    private Process? _server;

    private TestNetwork()
    {
    }

    /// <summary>What starts a program in it; the cgroup tree stays in view, which ip-netns(8) would hide.</summary>
    public string[] Enter => ["nsenter", $"--net=/run/netns/{_name}"];

    public static async Task<TestNetwork> CreateAsync()
    {
        var network = new TestNetwork();
        ShellResult made = await ShellProcess.RunAsync("ip", "netns", "add", network._name);
        Assert.SkipUnless(made.ExitCode == 0, $"no network namespace can be made: {made.All.Trim()}");
        try
        {
            string[][] steps =
            [
                ["link", "set", "lo", "up"],
                ["link", "add", "veth-a", "type", "veth", "peer", "name", "veth-b"],
                ["addr", "add", Address + "/24", "dev", "veth-a"],
                ["link", "set", "veth-a", "up"],
                ["link", "set", "veth-b", "up"],
            ];
            foreach (string[] step in steps)
            {
                ShellResult result = await ShellProcess.RunAsync("ip", ["-n", network._name, .. step]);
                Assert.True(result.ExitCode == 0, result.All);
            }

            await network.ServeAsync();
            return network;
        }
        catch
        {
            await network.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            _server.Kill(entireProcessTree: true);
            await _server.WaitForExitAsync(CancellationToken.None);
            _server.Dispose();
        }

        await ShellProcess.RunAsync("ip", "netns", "del", _name);
    }

    private async Task ServeAsync()
    {
        _server = ShellProcess.Start(Enter[0], [.. Enter[1..], "busybox", "nc", "-ll", "-p", $"{Port}", "-e", "/bin/true"]);
        await Eventually.GetAsync(
            async () => (await ShellProcess.RunAsync(Enter[0], [.. Enter[1..], "ss", "-ltnH"], null, default)).Output.Contains($":{Port} ", StringComparison.Ordinal) ? "up" : null,
            () => "the server listening");
    }
}
