// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Net;

namespace NodeAgent.StorageHost.Tests;

/// <summary>Those who open connections and say nothing, or say it slowly, keep nobody out.</summary>
public sealed class SlowConnectionTests : IDisposable
{
    private const int Connections = 10_000;

    // Of the server, above what it had before: what at most 512 newcomers in their handshakes cost, with room for a collector that waits.
    private const double MostMegabytes = 200;

    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public async Task Serve_TenThousandSlowConnections_OthersAreServedAndMemoryIsBounded()
    {
        await using StorageProcess storage = await StorageProcess.StartAsync(_scratch.Path);
        using HttpClient known = storage.Client();
        await WorkAsync(known, "before");
        double before = storage.ResidentMegabytes;

        await using var crowd = new SlowCrowd(new IPEndPoint(IPAddress.Loopback, storage.Address.Port), Connections);
        Task arriving = crowd.ArriveAsync();
        int served = 0;
        double most = before;
        do
        {
            // Who is known already is never the one to go; who comes anew may have to come twice.
            await WorkAsync(known, $"known-{served}");
            await NewcomerAsync(storage, $"new-{served}");
            most = Math.Max(most, storage.ResidentMegabytes);
            served++;
        }
        while (!arriving.IsCompleted || served < 20);

        await arriving;
        Assert.True(crowd.Opened >= Connections, $"{crowd.Opened} connections");
        await StorageProcess.UntilAsync(() => crowd.Held <= 512, () => $"the connections beyond the bound closed, {crowd.Held} are open");
        Assert.True(most - before < MostMegabytes, $"{before:0} MB before, {most:0} MB at most");
        Assert.Equal("ok", await known.GetStringAsync("/readyz"));
        Assert.True(Dropped(await known.GetStringAsync("/metrics")) >= Connections - 512 - (2 * served));
    }

    private static async Task NewcomerAsync(StorageProcess storage, string name)
    {
        for (int attempt = 0; ; attempt++)
        {
            try
            {
                using HttpClient client = storage.Client();
                await WorkAsync(client, $"{name}-{attempt}");
                return;
            }
            catch (HttpRequestException) when (attempt < 2)
            {
                // Ten thousand others came within its handshake.
            }
        }
    }

    private static async Task WorkAsync(HttpClient client, string name)
    {
        using var body = new StringContent(StorageProcess.Profile(name), System.Text.Encoding.UTF8, "application/json");
        using HttpResponseMessage created = await client.PostAsync(StorageProcess.Collection, body);
        Assert.Equal(HttpStatusCode.Created, created.StatusCode);
        Assert.Contains(name, await client.GetStringAsync($"{StorageProcess.Collection}/{name}"), StringComparison.Ordinal);
    }

    private static double Dropped(string metrics) => double.Parse(
        metrics.Split('\n').Single(line => line.StartsWith("node_agent_storage_newcomers_dropped_total ", StringComparison.Ordinal)).Split(' ')[1], CultureInfo.InvariantCulture);
}
