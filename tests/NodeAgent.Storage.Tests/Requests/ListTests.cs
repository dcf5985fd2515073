// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;
using NodeAgent.Storage.Tests.Engines;

namespace NodeAgent.Storage.Tests.Requests;

public abstract class ListTests(TestEngine engine)
{
    private const string Collection = ServerFixture.Collection;

    [Fact]
    public async Task List_InPages_IsOneConsistentStateUnderConcurrentWrites()
    {
        await using ServerFixture fixture = await ServerFixture.StartAsync(engine);
        for (int i = 0; i < 20; i++)
        {
            await fixture.CreateAsync($"o{i:D2}");
        }

        var names = new List<string>();
        string? revision = null;
        string token = string.Empty;
        do
        {
            JsonNode page = (await fixture.SendAsync("GET", $"{Collection}?limit=3&continue={token}")).Json!;
            revision ??= (string?)page["metadata"]!["resourceVersion"];
            Assert.Equal(revision, (string?)page["metadata"]!["resourceVersion"]);
            names.AddRange(page["items"]!.AsArray().Select(item => (string)item!["metadata"]!["name"]!));
            token = (string?)page["metadata"]!["continue"] ?? string.Empty;

            // Before, behind and at the place where the next page begins.
            await fixture.SendAsync("DELETE", $"{Collection}/o{20 - names.Count:D2}");
            await fixture.SendAsync("POST", Collection, ServerFixture.Profile($"o{names.Count:D2}-new"));
            await fixture.SendAsync("PATCH", $"{Collection}/o19", $$$$"""{"metadata":{"labels":{"n":"{{{{names.Count}}}}"}}}""", "application/merge-patch+json");
        }
        while (token.Length > 0);

        Assert.Equal(Enumerable.Range(0, 20).Select(i => $"o{i:D2}"), names);
    }

    [Fact]
    public async Task List_LargePages_GoOnWhereTheyEndAndAreOneState()
    {
        const int Objects = 250, Page = 120;
        await using ServerFixture fixture = await ServerFixture.StartAsync(engine);
        await Task.WhenAll(Enumerable.Range(0, Objects).Select(i => fixture.CreateAsync($"o{i:D3}", $$""","labels":{"odd":"{{i % 2}}"}""")));
        foreach ((string query, int wanted, string? accept) in ((string, int, string?)[])[("", Objects, null), ("&labelSelector=odd%3D0", Objects / 2, null), ("", Objects, "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1")])
        {
            var sizes = new List<int>();
            var names = new List<string>();
            string token = string.Empty;
            do
            {
                JsonNode page = (await fixture.SendAsync("GET", $"{Collection}?limit={Page}{query}&continue={token}", accept: accept)).Json!;
                sizes.Add(page["items"]!.AsArray().Count);
                names.AddRange(page["items"]!.AsArray().Select(item => (string)item!["metadata"]!["name"]!));
                token = (string?)page["metadata"]!["continue"] ?? string.Empty;
                await fixture.SendAsync("PATCH", $"{Collection}/o248", $$$$"""{"metadata":{"labels":{"odd":"{{{{1 - (names.Count % 2)}}}}"}}}""", "application/merge-patch+json");
            }
            while (token.Length > 0);

            Assert.Equal(wanted, names.Distinct().Count());
            Assert.Equal(Enumerable.Repeat(Page, wanted / Page).Append(wanted % Page), sizes);
            await fixture.SendAsync("PATCH", $"{Collection}/o248", """{"metadata":{"labels":{"odd":"0"}}}""", "application/merge-patch+json");
        }
    }

    [Fact]
    public async Task List_AtARevision_IsThatStateOrANewerOne()
    {
        await using ServerFixture fixture = await ServerFixture.StartAsync(engine);
        JsonNode created = await fixture.CreateAsync("a", spec: """{"imageTag":"old"}""");
        string then = (string)created["metadata"]!["resourceVersion"]!;
        await fixture.SendAsync("PATCH", $"{Collection}/a", """{"spec":{"imageTag":"new"}}""", "application/merge-patch+json");
        await fixture.CreateAsync("b");

        Assert.Equal((then, "a=old"), await AtAsync($"?resourceVersion={then}&resourceVersionMatch=Exact"));
        Assert.Equal("a=new,b=", (await AtAsync($"?resourceVersion={then}&resourceVersionMatch=NotOlderThan")).Items);
        Assert.Equal("a=new,b=", (await AtAsync($"?resourceVersion={then}")).Items);
        Assert.Equal("a=new,b=", (await AtAsync("?resourceVersion=0")).Items);
        Assert.Equal(422, (await fixture.SendAsync("GET", $"{Collection}?resourceVersion=0&resourceVersionMatch=Exact")).Code);
        Assert.Equal(422, (await fixture.SendAsync("GET", $"{Collection}?resourceVersionMatch=Exact")).Code);
        Assert.Equal(422, (await fixture.SendAsync("GET", $"{Collection}?resourceVersion={then}&resourceVersionMatch=Newest")).Code);

        async Task<(string? Revision, string Items)> AtAsync(string query)
        {
            JsonNode list = (await fixture.SendAsync("GET", Collection + query)).Json!;
            return ((string?)list["metadata"]!["resourceVersion"], string.Join(',', list["items"]!.AsArray().Select(item => $"{item!["metadata"]!["name"]}={item["spec"]?["imageTag"]}")));
        }
    }

    [Fact]
    public async Task Get_CompatibilityModes_HaveTheSpecOrNot()
    {
        await using ServerFixture fixture = await ServerFixture.StartAsync(engine);
        await fixture.CreateAsync("a", spec: """{"imageTag":"x"}""");
        JsonNode metadata = (await fixture.SendAsync("GET", $"{Collection}/a?resourceVersion=metadata")).Json!;
        JsonNode full = (await fixture.SendAsync("GET", $"{Collection}/a?resourceVersion=fullSpec")).Json!;
        Answer watch = await fixture.SendAsync("GET", $"{Collection}?watch=1&resourceVersion=fullSpec&timeoutSeconds=1");

        Assert.Equal(("a", false), ((string?)metadata["metadata"]!["name"], metadata.AsObject().ContainsKey("spec")));
        Assert.Equal("x", (string?)full["spec"]!["imageTag"]);
        Assert.Equal(("ADDED", "x"), ((string?)watch.Json!["type"], (string?)watch.Json["object"]!["spec"]!["imageTag"]));
    }

    [Fact]
    public async Task List_ContinueTooOld_IsGone()
    {
        await using ServerFixture fixture = await ServerFixture.StartAsync(engine, options => options.WatchWindowEvents = 2);
        await fixture.CreateAsync("a");
        await fixture.CreateAsync("b");
        string token = (string)(await fixture.SendAsync("GET", $"{Collection}?limit=1")).Json!["metadata"]!["continue"]!;
        for (int i = 0; i < 5; i++)
        {
            await fixture.CreateAsync($"c{i}");
        }

        Answer answer = await fixture.SendAsync("GET", $"{Collection}?limit=1&continue={token}");
        Assert.Equal((410, "Expired"), (answer.Code, (string?)answer.Json!["reason"]));
    }

    [Fact]
    public async Task List_Empty_IsAnEmptyListOfTheKind()
    {
        await using ServerFixture fixture = await ServerFixture.StartAsync(engine);
        Answer answer = await fixture.SendAsync("GET", $"{ServerFixture.Root}/namespaces/nowhere/containerprofiles");

        Assert.Equal(200, answer.Code);
        Assert.Equal(["kind", "apiVersion", "metadata", "items"], answer.Json!.AsObject().Select(member => member.Key));
        Assert.Equal("ContainerProfileList", (string?)answer.Json["kind"]);
    }

    [Fact]
    public async Task List_AsTable_HasTheRecordedShape()
    {
        await using ServerFixture fixture = await ServerFixture.StartAsync(engine);
        await fixture.CreateAsync("a", ""","annotations":{"kubescape.io/status":"ready","kubescape.io/resource-size":"63"}""");
        JsonNode recorded = Recording.Load("crd-object-table").Body!;
        JsonNode table = (await fixture.SendAsync("GET", Collection, accept: "application/json;as=Table;v=v1;g=meta.k8s.io,application/json")).Json!;

        Assert.Equal(Keys(recorded), Keys(table));
        Assert.Equal(Keys(recorded["columnDefinitions"]![0]!), Keys(table["columnDefinitions"]![0]!));
        Assert.Equal(Keys(recorded["rows"]![0]!), Keys(table["rows"]![0]!));
        Assert.Equal(Keys(recorded["rows"]![0]!["object"]!), Keys(table["rows"]![0]!["object"]!));
        Assert.Equal("meta.k8s.io/v1", (string?)table["apiVersion"]);
        Assert.Equal(["Name", "Workload", "Container", "Status", "Completion", "Findings", "Age", "Partial reason"], table["columnDefinitions"]!.AsArray().Select(column => (string?)column!["name"]));
        Assert.Equal(["\"a\"", null, null, "\"ready\"", null, "63"], table["rows"]![0]!["cells"]!.AsArray().Take(6).Select(cell => cell?.ToJsonString()));
    }

    [Fact]
    public async Task List_PartialMetadata_HasNoSpec()
    {
        await using ServerFixture fixture = await ServerFixture.StartAsync(engine);
        await fixture.CreateAsync("a", spec: """{"imageTag":"x"}""");
        JsonNode partial = (await fixture.SendAsync("GET", Collection, accept: "application/vnd.kubernetes.protobuf;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json")).Json!;
        JsonNode metadata = (await fixture.SendAsync("GET", Collection + "?resourceVersion=metadata")).Json!;
        JsonNode full = (await fixture.SendAsync("GET", Collection + "?resourceVersion=fullSpec")).Json!;

        Assert.Equal(("PartialObjectMetadataList", "PartialObjectMetadata"), ((string?)partial["kind"], (string?)partial["items"]![0]!["kind"]));
        Assert.Equal(["kind", "apiVersion", "metadata"], Keys(partial["items"]![0]!));
        Assert.Equal(["apiVersion", "kind", "metadata"], Keys(metadata["items"]![0]!));
        Assert.Equal("x", (string?)full["items"]![0]!["spec"]!["imageTag"]);
    }

    [Fact]
    public async Task List_ManyLargeObjects_ArrivesWhole()
    {
        await using ServerFixture fixture = await ServerFixture.StartAsync(engine);
        await Task.WhenAll(Enumerable.Range(0, 200).Select(i => fixture.CreateAsync($"o{i:D3}", spec: $$"""{"imageTag":"{{new string('x', 20_000)}}"}""")));
        JsonNode list = (await fixture.SendAsync("GET", $"{ServerFixture.Root}/containerprofiles")).Json!;

        Assert.Equal(200, list["items"]!.AsArray().Count);
        Assert.Equal(20_000, ((string)list["items"]![199]!["spec"]!["imageTag"]!).Length);
    }

    private static IEnumerable<string> Keys(JsonNode node) => node.AsObject().Select(member => member.Key);
}

public sealed class SqliteListTests() : ListTests(new SqliteEngine());

public sealed class PostgresListTests(PostgresCluster cluster) : ListTests(new PostgresEngine(cluster));
