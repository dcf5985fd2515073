// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Globalization;

namespace NodeAgent.Tests.Agent;

/// <summary>Two network namespaces with a cable between them: a workload's, and that of those it talks with.</summary>
internal sealed class LinkedNamespaces : IAsyncDisposable
{
    public const string Own = "10.212.9.2";
    public const string Peer = "10.212.9.1";
    public const string PeerV6 = "fd00:212:9::1";
    private const string OwnV6 = "fd00:212:9::2";

    private readonly string _own = $"na-own-{Environment.ProcessId}";
    private readonly string _peer = $"na-peer-{Environment.ProcessId}";
    private readonly List<Process> _servers = [];

    private LinkedNamespaces()
    {
    }

    /// <summary>What starts a program in the workload's; the cgroup tree stays in view.</summary>
    public string[] EnterOwn => ["nsenter", $"--net=/run/netns/{_own}"];

    public string[] EnterPeer => ["nsenter", $"--net=/run/netns/{_peer}"];

    public static async Task<LinkedNamespaces> CreateAsync()
    {
        var linked = new LinkedNamespaces();
        ShellResult made = await ShellProcess.RunAsync("ip", "netns", "add", linked._own);
        Assert.SkipUnless(made.ExitCode == 0, $"no network namespace can be made: {made.All.Trim()}");
        try
        {
            string[][] steps =
            [
                ["netns", "add", linked._peer],
                ["-n", linked._own, "link", "add", "eth0", "type", "veth", "peer", "name", "eth0", "netns", linked._peer],
                .. Addresses(linked._own, Own, OwnV6),
                .. Addresses(linked._peer, Peer, PeerV6),
            ];
            foreach (string[] step in steps)
            {
                ShellResult result = await ShellProcess.RunAsync("ip", step);
                Assert.True(result.ExitCode == 0, $"ip {string.Join(' ', step)}: {result.All}");
            }

            return linked;
        }
        catch
        {
            await linked.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts a server on the peer that closes each connection, and waits until it listens.</summary>
    public async Task ServeAsync(int port)
    {
        _servers.Add(ShellProcess.Start(EnterPeer[0], [.. EnterPeer[1..], "busybox", "nc", "-ll", "-p", port.ToString(CultureInfo.InvariantCulture), "-e", "/bin/true"]));
        await ListeningAsync(EnterPeer, port);
    }

    /// <summary>Whether the peer can connect to the workload.</summary>
    public async Task<bool> CallsInAsync(int port, int patienceSeconds) =>
        (await ShellProcess.RunAsync(EnterPeer[0], [.. EnterPeer[1..], "/bin/sh", "-c", $"exec busybox nc -w {patienceSeconds} {Own} {port} </dev/null"], null, TestContext.Current.CancellationToken)).ExitCode == 0;

    public static Task ListeningAsync(string[] enter, int port) => Eventually.GetAsync(
        async () => (await ShellProcess.RunAsync(enter[0], [.. enter[1..], "ss", "-ltnH"], null, default)).Output.Contains($":{port} ", StringComparison.Ordinal) ? "up" : null,
        () => $"port {port} listening");

    public async ValueTask DisposeAsync()
    {
        foreach (Process server in _servers)
        {
            server.Kill(entireProcessTree: true);
            await server.WaitForExitAsync(CancellationToken.None);
            server.Dispose();
        }

        await ShellProcess.RunAsync("ip", "netns", "del", _own);
        await ShellProcess.RunAsync("ip", "netns", "del", _peer);
    }

    private static string[][] Addresses(string name, string v4, string v6) =>
    [
        ["-n", name, "link", "set", "lo", "up"],
        ["-n", name, "addr", "add", v4 + "/24", "dev", "eth0"],
        ["-n", name, "addr", "add", v6 + "/64", "dev", "eth0", "nodad"],
        ["-n", name, "link", "set", "eth0", "up"],
    ];
}
