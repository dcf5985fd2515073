// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using NodeAgent.TestSupport.Programs;

namespace NodeAgent.Storage.Tests.Engines;

/// <summary>A network namespace for a server, with one link to it that nftables can cut: packets vanish, and nobody is told.</summary>
internal sealed class CutNetwork : IAsyncDisposable
{
    private readonly string _id = Random.Shared.Next(0x10000).ToString("x4", CultureInfo.InvariantCulture);
    private readonly int _subnet = Random.Shared.Next(256);

    public string ServerAddress => $"10.213.{_subnet}.2";

    /// <summary>Put before a command that is to run inside.</summary>
    public string[] Enter => ["nsenter", $"--net=/run/netns/{Name}"];

    private string Name => $"node-agent-pg-{_id}";

    public static async Task<CutNetwork> CreateAsync()
    {
        if (!Environment.IsPrivilegedProcess || !File.Exists("/usr/sbin/nft"))
        {
            Assert.Skip("a network that can be cut needs root and nftables");
        }

        var network = new CutNetwork();
        (int code, string said) = await Command.TryAsync("ip", "netns", "add", network.Name);
        if (code != 0)
        {
            Assert.Skip($"no network namespace can be made here: {said}");
        }

        try
        {
            await network.ConnectAsync();
            return network;
        }
        catch
        {
            await network.DisposeAsync();
            throw;
        }
    }

    public Task CutAsync() => InsideAsync("nft", "add rule inet cut input tcp dport 5432 drop");

    public Task HealAsync() => InsideAsync("nft", "flush chain inet cut input");

    public async ValueTask DisposeAsync() => await Command.RunAsync("ip", "netns", "del", Name);

    private async Task ConnectAsync()
    {
        string outside = $"napg{_id}o", inside = $"napg{_id}i";
        await Command.RunAsync("ip", "link", "add", outside, "type", "veth", "peer", "name", inside, "netns", Name);
        await Command.RunAsync("ip", "address", "add", $"10.213.{_subnet}.1/30", "dev", outside);
        await Command.RunAsync("ip", "link", "set", outside, "up");
        await InsideAsync("ip", "address", "add", $"{ServerAddress}/30", "dev", inside);
        await InsideAsync("ip", "link", "set", inside, "up");
        await InsideAsync("ip", "link", "set", "lo", "up");
        await InsideAsync("nft", "add table inet cut");
        await InsideAsync("nft", "add chain inet cut input { type filter hook input priority 0; }");
    }

    private Task InsideAsync(params string[] command) => Command.RunAsync([.. Enter, .. command]);
}
