// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text.Json.Nodes;
using NodeAgent.Storage.Tests.Engines;

namespace NodeAgent.Storage.Tests.Requests;

public abstract class WriteTests(TestEngine engine)
{
    private const string Collection = ServerFixture.Collection;

    [Fact]
    public async Task Create_Object_HasWhatAServerGives()
    {
        await using ServerFixture fixture = await ServerFixture.StartAsync(engine);
        JsonNode created = await fixture.CreateAsync("a", ""","uid":"mine","creationTimestamp":"2001-01-01T00:00:00Z","managedFields":[{}]""");
        JsonNode metadata = created["metadata"]!;

        Assert.Equal(["apiVersion", "kind", "metadata", "spec"], created.AsObject().Select(member => member.Key));
        Assert.Equal(["name", "namespace", "uid", "resourceVersion", "generation", "creationTimestamp"], metadata.AsObject().Select(member => member.Key));
        Assert.True(Guid.TryParse((string?)metadata["uid"], out _));
        Assert.True(DateTime.UtcNow - DateTime.Parse((string)metadata["creationTimestamp"]!, CultureInfo.InvariantCulture).ToUniversalTime() < TimeSpan.FromMinutes(5));
        Assert.Equal(1, (int)metadata["generation"]!);
    }

    [Fact]
    public async Task Create_GenerateName_MakesOneLikeARealServer()
    {
        await using ServerFixture fixture = await ServerFixture.StartAsync(engine);
        var names = new HashSet<string>();
        for (int i = 0; i < 20; i++)
        {
            Answer answer = await fixture.SendAsync("POST", Collection, """{"metadata":{"generateName":"rec-"}}""");
            names.Add((string)answer.Json!["metadata"]!["name"]!);
        }

        Assert.Equal(20, names.Count);
        Assert.All(names, name => Assert.Matches("^rec-[a-z0-9]{5}$", name));
        Assert.Matches("^rec-[a-z0-9]{5}$", (string)Recording.Load("create-generate-name").Body!["metadata"]!["name"]!);
    }

    [Fact]
    public async Task Create_UnknownField_IsDroppedWithAWarning()
    {
        await using ServerFixture fixture = await ServerFixture.StartAsync(engine);
        Answer answer = await fixture.SendAsync("POST", Collection, """{"metadata":{"name":"warned"},"nope":1}""");

        Assert.Equal(Recording.Load("create-warn-unknown-field").Header("Warning"), answer.Response.Headers.NonValidated["Warning"].ToString());
        Assert.Null(answer.Json!["nope"]);
        Assert.DoesNotContain("nope", (await fixture.SendAsync("GET", $"{Collection}/warned")).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Create_UnknownFieldIgnored_IsDroppedWithoutAWord()
    {
        await using ServerFixture fixture = await ServerFixture.StartAsync(engine);
        Answer answer = await fixture.SendAsync("POST", Collection + "?fieldValidation=Ignore", """{"metadata":{"name":"quiet"},"nope":1,"spec":{},"spec":{"imageTag":"x"}}""");

        Assert.Equal((201, "x"), (answer.Code, (string?)answer.Json!["spec"]!["imageTag"]));
        Assert.Null(answer.Json["nope"]);
        Assert.False(answer.Response.Headers.Contains("Warning"), "nothing is to be said");
        Assert.Equal(422, (await fixture.SendAsync("POST", Collection + "?fieldValidation=Loud", ServerFixture.Profile("other"))).Code);
    }

    [Fact]
    public async Task DryRun_EachVerb_ChangesNothing()
    {
        await using ServerFixture fixture = await ServerFixture.StartAsync(engine);
        await fixture.CreateAsync("kept");
        string before = (await fixture.SendAsync("GET", Collection)).Text;
        Answer created = await fixture.SendAsync("POST", Collection + "?dryRun=All", ServerFixture.Profile("dry"));

        Assert.Equal(Recording.Load("create-dry-run").Code, created.Code);
        Assert.Null(created.Json!["metadata"]!["resourceVersion"]);
        Assert.NotNull(created.Json["metadata"]!["uid"]);
        Assert.Equal(409, (await fixture.SendAsync("POST", Collection + "?dryRun=All", ServerFixture.Profile("kept"))).Code);
        Assert.Equal(200, (await fixture.SendAsync("PUT", $"{Collection}/kept?dryRun=All", ServerFixture.Profile("kept", spec: """{"imageTag":"x"}"""))).Code);
        Assert.Equal(200, (await fixture.SendAsync("PATCH", $"{Collection}/kept?dryRun=All", """{"spec":null}""", "application/merge-patch+json")).Code);
        Assert.Equal(200, (await fixture.SendAsync("DELETE", $"{Collection}/kept?dryRun=All")).Code);
        Assert.Equal(200, (await fixture.SendAsync("DELETE", Collection + "?dryRun=All")).Code);
        Assert.Equal(422, (await fixture.SendAsync("POST", Collection + "?dryRun=Some", ServerFixture.Profile("dry"))).Code);
        Assert.Equal(before, (await fixture.SendAsync("GET", Collection)).Text);
    }

    [Fact]
    public async Task Update_WithoutChange_KeepsTheRevision()
    {
        await using ServerFixture fixture = await ServerFixture.StartAsync(engine);
        JsonNode created = await fixture.CreateAsync("a", spec: """{"imageTag":"x"}""");
        Answer same = await fixture.SendAsync("PUT", $"{Collection}/a", created.ToJsonString());
        Answer changed = await fixture.SendAsync("PUT", $"{Collection}/a", ServerFixture.Profile("a", spec: """{"imageTag":"y"}"""));

        Assert.Equal(created.ToJsonString(), same.Json!.ToJsonString());
        Assert.Equal(2, (int)changed.Json!["metadata"]!["generation"]!);
        Assert.Equal((string?)created["metadata"]!["uid"], (string?)changed.Json["metadata"]!["uid"]);
        Assert.NotEqual((string?)created["metadata"]!["resourceVersion"], (string?)changed.Json["metadata"]!["resourceVersion"]);
        Assert.Equal(409, (await fixture.SendAsync("PUT", $"{Collection}/a", ServerFixture.Profile("a", ""","uid":"00000000-0000-0000-0000-000000000000" """))).Code);
    }

    [Fact]
    public async Task Patch_ManyAtOnceWithoutRevision_AllTakeEffect()
    {
        await using ServerFixture fixture = await ServerFixture.StartAsync(engine);
        await fixture.CreateAsync("a");
        Answer[] answers = await Task.WhenAll(Enumerable.Range(0, 12).Select(i =>
            fixture.SendAsync("PATCH", $"{Collection}/a", $$$$"""{"metadata":{"labels":{"l{{{{i}}}}":"x"}}}""", "application/merge-patch+json")));

        Assert.All(answers, answer => Assert.Equal(200, answer.Code));
        Assert.Equal(12, (await fixture.SendAsync("GET", $"{Collection}/a")).Json!["metadata"]!["labels"]!.AsObject().Count);
    }

    [Fact]
    public async Task Patch_EachType_ChangesWhatItNames()
    {
        await using ServerFixture fixture = await ServerFixture.StartAsync(engine);
        JsonNode created = await fixture.CreateAsync("a", spec: """{"imageTag":"x"}""");
        string revision = (string)created["metadata"]!["resourceVersion"]!;
        Answer strategic = await fixture.SendAsync("PATCH", $"{Collection}/a", """{"metadata":{"labels":{"z":"1"}}}""", "application/strategic-merge-patch+json");
        Answer stale = await fixture.SendAsync("PATCH", $"{Collection}/a", $$$"""{"metadata":{"resourceVersion":"{{{revision}}}"},"spec":null}""", "application/merge-patch+json");

        Assert.Equal("1", (string?)strategic.Json!["metadata"]!["labels"]!["z"]);
        Assert.Equal(409, stale.Code);
        Assert.Equal(415, (await fixture.SendAsync("PATCH", $"{Collection}/a", """{"metadata":{"$patch":"delete"}}""", "application/strategic-merge-patch+json")).Code);
        Assert.Equal(400, (await fixture.SendAsync("PATCH", $"{Collection}/a", """{"metadata":{"name":"b"}}""", "application/merge-patch+json")).Code);
        Assert.Equal(400, (await fixture.SendAsync("PATCH", $"{Collection}/a", """{"kind":"Secret"}""", "application/merge-patch+json")).Code);
        Assert.Equal(400, (await fixture.SendAsync("PATCH", $"{Collection}/a", "{", "application/merge-patch+json")).Code);
        Assert.Equal(400, (await fixture.SendAsync("PATCH", $"{Collection}/a", """{"spec":{"opens":7}}""", "application/merge-patch+json")).Code);
    }

    [Fact]
    public async Task Delete_WithFinalizer_WaitsUntilItIsGone()
    {
        await using ServerFixture fixture = await ServerFixture.StartAsync(engine);
        await fixture.CreateAsync("fin", ""","finalizers":["example.org/hold"]""");
        Answer pending = await fixture.SendAsync("DELETE", $"{Collection}/fin");
        JsonNode recorded = Recording.Load("finalizer-delete-pending").Body!["metadata"]!;
        Answer waiting = await fixture.SendAsync("GET", $"{Collection}/fin");
        Answer removed = await fixture.SendAsync("PATCH", $"{Collection}/fin", """{"metadata":{"finalizers":null}}""", "application/merge-patch+json");

        Assert.NotNull(pending.Json!["metadata"]!["deletionTimestamp"]);
        Assert.Equal((int)recorded["deletionGracePeriodSeconds"]!, (int)pending.Json["metadata"]!["deletionGracePeriodSeconds"]!);
        Assert.Equal(200, waiting.Code);
        Assert.Equal(Recording.Load("finalizer-removed").Code, removed.Code);
        Assert.NotNull(removed.Json!["metadata"]!["deletionTimestamp"]);
        Assert.Equal(404, (await fixture.SendAsync("GET", $"{Collection}/fin")).Code);
    }

    [Fact]
    public async Task DeleteCollection_Selected_LeavesTheRest()
    {
        await using ServerFixture fixture = await ServerFixture.StartAsync(engine);
        await fixture.CreateAsync("a", ""","labels":{"x":"1"}""");
        await fixture.CreateAsync("b");
        Answer none = await fixture.SendAsync("DELETE", Collection + "?labelSelector=nope%3Dx");
        Answer one = await fixture.SendAsync("DELETE", Collection + "?labelSelector=x");

        Assert.Equal("ContainerProfileList", (string?)none.Json!["kind"]);
        Assert.Empty(none.Json["items"]!.AsArray());
        Assert.Single(one.Json!["items"]!.AsArray());
        Assert.Equal(["b"], (await fixture.SendAsync("GET", Collection)).Json!["items"]!.AsArray().Select(item => (string?)item!["metadata"]!["name"]));
    }
}

public sealed class SqliteWriteTests() : WriteTests(new SqliteEngine());

public sealed class PostgresWriteTests(PostgresCluster cluster) : WriteTests(new PostgresEngine(cluster));
