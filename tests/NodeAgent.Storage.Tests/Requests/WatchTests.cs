// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;
using NodeAgent.Storage.Tests.Engines;

namespace NodeAgent.Storage.Tests.Requests;

public abstract class WatchTests(TestEngine engine)
{
    private const string Collection = ServerFixture.Collection;

    [Fact]
    public async Task Watch_BySelector_TellsWhatARealServerTells()
    {
        await using ServerFixture fixture = await ServerFixture.StartAsync(engine);
        JsonNode first = await fixture.CreateAsync("rec", ""","labels":{"a":"b"}""");
        await fixture.CreateAsync("other");
        await using WatchReader watch = await WatchReader.OpenAsync(fixture, Collection + "?watch=1&labelSelector=a%3Db&allowWatchBookmarks=true&timeoutSeconds=4");
        await fixture.SendAsync("PATCH", $"{Collection}/rec", """{"spec":{"imageTag":"v2"}}""", "application/merge-patch+json");
        Answer deleted = await fixture.SendAsync("DELETE", $"{Collection}/rec");
        List<JsonNode> events = await watch.ReadToEndAsync();
        JsonArray recorded = Recording.Load("watch-configmaps-by-label").Body!.AsArray();

        Assert.Equal(200, deleted.Code);
        Assert.Equal(recorded.Select(item => (string?)item!["type"]), events.Select(item => (string?)item["type"]));
        Assert.Equal((string?)first["metadata"]!["resourceVersion"], Revision(events[0]));
        Assert.Equal(events.Select(Revision).Select(long.Parse!).Order(), events.Select(Revision).Select(long.Parse!));
        Assert.Equal("v2", (string?)events[2]["object"]!["spec"]!["imageTag"]);
        Assert.Equal(recorded[3]!["object"]!.AsObject().Select(member => member.Key), events[3]["object"]!.AsObject().Select(member => member.Key));
    }

    [Fact]
    public async Task Watch_ObjectBeginsAndEndsToMatch_IsAddedAndDeleted()
    {
        await using ServerFixture fixture = await ServerFixture.StartAsync(engine);
        string start = (string)(await fixture.CreateAsync("a"))["metadata"]!["resourceVersion"]!;
        await fixture.SendAsync("PATCH", $"{Collection}/a", """{"metadata":{"labels":{"x":"1"}}}""", "application/merge-patch+json");
        Answer last = await fixture.SendAsync("PATCH", $"{Collection}/a", """{"metadata":{"labels":null}}""", "application/merge-patch+json");
        Answer resumed = await fixture.SendAsync("GET", $"{Collection}?watch=1&labelSelector=x&resourceVersion={start}&timeoutSeconds=1");

        Assert.Equal(["ADDED", "DELETED"], resumed.Lines.Select(item => (string?)item["type"]));
        Assert.Equal((string?)last.Json!["metadata"]!["resourceVersion"], Revision(resumed.Lines.Last()));
    }

    [Fact]
    public async Task Watch_TooOld_IsAnErrorEventLikeARealServers()
    {
        await using ServerFixture fixture = await ServerFixture.StartAsync(engine, options => options.WatchWindowEvents = 1);
        await fixture.CreateAsync("a");
        await fixture.CreateAsync("b");
        Answer answer = await fixture.SendAsync("GET", Collection + "?watch=1&resourceVersion=1&timeoutSeconds=2");
        JsonNode recorded = Recording.Load("watch-rv-too-old").Body!;

        Assert.Equal(200, answer.Code);
        Assert.Equal((string?)recorded["type"], (string?)answer.Json!["type"]);
        foreach (string field in (string[])["kind", "status", "reason", "code"])
        {
            Assert.Equal(recorded["object"]![field]!.ToJsonString(), answer.Json["object"]![field]!.ToJsonString());
        }

        Assert.Matches(@"^too old resource version: 1 \(\d+\)$", (string)answer.Json["object"]!["message"]!);
    }

    [Fact]
    public async Task Watch_FutureRevision_SaysNothing()
    {
        await using ServerFixture fixture = await ServerFixture.StartAsync(engine);
        Answer answer = await fixture.SendAsync("GET", Collection + "?watch=1&resourceVersion=99999999&timeoutSeconds=1");

        Assert.Equal((200, (string?)Recording.Load("watch-rv-future").Body), (answer.Code, answer.Text));
    }

    [Fact]
    public async Task Watch_SendInitialEvents_EndsThemWithABookmark()
    {
        await using ServerFixture fixture = await ServerFixture.StartAsync(engine);
        await fixture.CreateAsync("a");
        Answer answer = await fixture.SendAsync(
            "GET", Collection + "?watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true&timeoutSeconds=1");
        JsonNode[] events = [.. answer.Lines];

        Assert.Equal(["ADDED", "BOOKMARK", "BOOKMARK"], events.Select(item => (string?)item["type"]));
        Assert.Equal("true", (string?)events[1]["object"]!["metadata"]!["annotations"]!["k8s.io/initial-events-end"]);
        Assert.Equal(422, (await fixture.SendAsync("GET", Collection + "?watch=1&sendInitialEvents=true")).Code);
    }

    [Fact]
    public async Task Watch_AsTable_TellsItsColumnsOnce()
    {
        await using ServerFixture fixture = await ServerFixture.StartAsync(engine);
        await fixture.CreateAsync("a");
        await fixture.CreateAsync("b");
        Answer answer = await fixture.SendAsync("GET", Collection + "?watch=1&resourceVersion=0&timeoutSeconds=1", accept: "application/json;as=Table;v=v1;g=meta.k8s.io");
        JsonNode[] events = [.. answer.Lines];

        Assert.NotNull(events[0]["object"]!["columnDefinitions"]);
        Assert.Null(events[1]["object"]!["columnDefinitions"]);
        Assert.Equal("b", (string?)events[1]["object"]!["rows"]![0]!["cells"]![0]);
    }

    [Fact]
    public async Task Watch_Quiet_GetsBookmarksOnTime()
    {
        await using ServerFixture fixture = await ServerFixture.StartAsync(engine, options => options.BookmarkInterval = TimeSpan.FromMilliseconds(100));
        await using WatchReader watch = await WatchReader.OpenAsync(fixture, Collection + "?watch=1&allowWatchBookmarks=true&timeoutSeconds=20");
        await fixture.SendAsync("POST", Collection.Replace("containerprofiles", "applicationprofiles", StringComparison.Ordinal), """{"metadata":{"name":"elsewhere"}}""");
        JsonNode? bookmark = await watch.ReadAsync(item => Revision(item) == "2");

        Assert.Equal("BOOKMARK", (string?)bookmark!["type"]);
    }

    [Fact]
    public async Task Watch_WhoseReaderIsSlow_EndsWith410AndDelaysNobody()
    {
        const int Objects = 400;
        await using ServerFixture fixture = await ServerFixture.StartAsync(engine, options => options.WatcherQueueLength = 10);
        await using WatchReader slow = await WatchReader.OpenAsync(fixture, Collection + "?watch=1&timeoutSeconds=60");
        await using WatchReader quick = await WatchReader.OpenAsync(fixture, Collection + "?watch=1&timeoutSeconds=60");
        string spec = $$"""{"imageTag":"{{new string('x', 60_000)}}"}""";
        for (int i = 0; i < Objects; i++)
        {
            await fixture.CreateAsync($"o{i}", spec: spec);
            Assert.Equal($"o{i}", (string?)(await quick.ReadAsync(_ => true))!["object"]!["metadata"]!["name"]);
        }

        List<JsonNode> seen = await slow.ReadToEndAsync();
        Assert.InRange(seen.Count, 2, Objects - 1);
        Assert.Equal(("ERROR", 410, "Expired"), ((string?)seen[^1]["type"], (int)seen[^1]["object"]!["code"]!, (string?)seen[^1]["object"]!["reason"]));
        Assert.Equal(Enumerable.Range(0, seen.Count - 1).Select(i => $"o{i}"), seen.SkipLast(1).Select(item => (string)item["object"]!["metadata"]!["name"]!));
    }

    [Fact]
    public async Task Stop_WithOpenWatches_IsDoneInThreeSeconds()
    {
        ServerFixture fixture = await ServerFixture.StartAsync(engine);
        await using WatchReader watch = await WatchReader.OpenAsync(fixture, Collection + "?watch=1");
        long started = System.Diagnostics.Stopwatch.GetTimestamp();
        await fixture.Server.DisposeAsync();

        Assert.True(System.Diagnostics.Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(3));
        await fixture.DisposeAsync();
    }

    private static string? Revision(JsonNode item) => (string?)item["object"]!["metadata"]!["resourceVersion"];
}

public sealed class SqliteWatchTests() : WatchTests(new SqliteEngine());

public sealed class PostgresWatchTests(PostgresCluster cluster) : WatchTests(new PostgresEngine(cluster));
