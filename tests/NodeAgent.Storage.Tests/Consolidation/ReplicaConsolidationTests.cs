// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text.Json.Nodes;
using NodeAgent.Api.Names;
using NodeAgent.Storage.Tests.Engines;

namespace NodeAgent.Storage.Tests.Consolidation;

/// <summary>Two servers on one database: a client may reach either with each request.</summary>
public sealed class ReplicaConsolidationTests(PostgresCluster cluster)
{
    [Fact]
    public async Task Chunks_OfOneWorkloadToTwoServers_AreAllUnited()
    {
        const int containers = 8;
        await using var servers = await Pair.StartAsync(cluster);
        await Task.WhenAll(Enumerable.Range(0, containers).Select(async i =>
        {
            string chunk = Chunks.Of(Chunks.Profile($"c{i}", ProfileStatus.Ready, $"/bin/of{i}"), $"node{i}");
            Answer answer = await servers.SendAsync(i % 2, "POST", ServerFixture.Collection, chunk);
            Assert.True(answer.Code == 201, answer.Text);
        }));
        Answer application = await servers.SendAsync(0, "GET", $"{ServerFixture.Root}/namespaces/store/applicationprofiles/{Chunks.Workload}");

        Assert.Equal(
            Enumerable.Range(0, containers).Select(i => $"/bin/of{i}"),
            application.Json!["spec"]!["containers"]!.AsArray().SelectMany(container => container!["execs"]!.AsArray()).Select(exec => (string)exec!["path"]!).Order());
    }

    [Fact]
    public async Task Requests_WithARevisionOfTheOtherServer_AreAnsweredFromItOn()
    {
        await using var servers = await Pair.StartAsync(cluster);
        for (int i = 0; i < 20; i++)
        {
            Answer created = await servers.SendAsync(0, "POST", ServerFixture.Collection, ServerFixture.Profile($"o{i}"));
            string revision = (string)created.Json!["metadata"]!["resourceVersion"]!;
            Answer list = await servers.SendAsync(1, "GET", $"{ServerFixture.Collection}?resourceVersion={revision}&resourceVersionMatch={(i % 2 == 0 ? "Exact" : "NotOlderThan")}");

            Assert.True(list.Code == 200, list.Text);
            Assert.Equal(i + 1, list.Json!["items"]!.AsArray().Count);
            Assert.Equal(200, (await servers.SendAsync(1, "GET", $"{ServerFixture.Collection}/o{i}?resourceVersion={revision}")).Code);
        }

        Answer future = await servers.SendAsync(1, "GET", $"{ServerFixture.Collection}?resourceVersion=999999&resourceVersionMatch=NotOlderThan");
        Assert.Contains("Too large resource version", future.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Watch_OfTheOtherServer_GoesOnWhereTheFirstStopped()
    {
        await using var servers = await Pair.StartAsync(cluster);
        Answer first = await servers.SendAsync(0, "POST", ServerFixture.Collection, ServerFixture.Profile("a"));
        long revision = long.Parse((string)first.Json!["metadata"]!["resourceVersion"]!, CultureInfo.InvariantCulture);
        await servers.SendAsync(1, "POST", ServerFixture.Collection, ServerFixture.Profile("b"));
        await servers.SendAsync(0, "POST", ServerFixture.Collection, ServerFixture.Profile("c"));

        // A read waits until its server knows everything that was acknowledged, so the watch finds both changes there already.
        await servers.SendAsync(1, "GET", ServerFixture.Collection);
        Answer watch = await servers.SendAsync(1, "GET", $"{ServerFixture.Collection}?watch=1&resourceVersion={revision}&timeoutSeconds=3");
        JsonNode[] events = [.. watch.Lines];
        Assert.Equal(["ADDED b", "ADDED c"], events.Select(item => $"{item["type"]} {item["object"]!["metadata"]!["name"]}"));
    }

    private sealed class Pair : IAsyncDisposable
    {
        private readonly List<ServerFixture> _servers = [];

        public static async Task<Pair> StartAsync(PostgresCluster cluster)
        {
            var pair = new Pair();
            pair._servers.Add(await ServerFixture.StartAsync(new PostgresEngine(cluster)));
            pair._servers.Add(await ServerFixture.StartAsync(options => options.Database = pair._servers[0].Database));
            return pair;
        }

        public Task<Answer> SendAsync(int server, string method, string path, string? body = null) => _servers[server].SendAsync(method, path, body);

        public async ValueTask DisposeAsync()
        {
            // The first one drops the database.
            for (int i = _servers.Count - 1; i >= 0; i--)
            {
                await _servers[i].DisposeAsync();
            }
        }
    }
}
