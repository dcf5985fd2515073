// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;
using NodeAgent.Storage.Tests.Engines;

namespace NodeAgent.Storage.Tests.Requests;

/// <summary>What a deletion asks for: preconditions, grace, finalizers. The server is no collector here, as behind an API server.</summary>
public abstract class DeleteTests(TestEngine engine)
{
    private const string Collection = ServerFixture.Collection;

    [Theory]
    [InlineData("""{"propagationPolicy":"Orphan"}""", "", "orphan")]
    [InlineData("""{"propagationPolicy":"Foreground"}""", "", "foregroundDeletion")]
    [InlineData("""{"orphanDependents":true}""", "", "orphan")]
    [InlineData(null, "?propagationPolicy=Foreground", "foregroundDeletion")]
    [InlineData(null, "?orphanDependents=true", "orphan")]
    public async Task Delete_WithDependentsToMind_WaitsWithTheFinalizer(string? body, string query, string finalizer)
    {
        await using ServerFixture fixture = await StartAsync();
        await fixture.CreateAsync("a", ""","finalizers":["example.org/hold"]""");
        Answer pending = await fixture.SendAsync("DELETE", $"{Collection}/a{query}", body);
        JsonNode metadata = pending.Json!["metadata"]!;

        Assert.Equal(["example.org/hold", finalizer], metadata["finalizers"]!.AsArray().Select(name => (string?)name));
        Assert.NotNull(metadata["deletionTimestamp"]);

        // Asked for again in another way: that way holds, and the deletion stays as old as it is.
        Answer again = await fixture.SendAsync("DELETE", $"{Collection}/a", """{"propagationPolicy":"Background"}""");
        Assert.Equal(["example.org/hold"], again.Json!["metadata"]!["finalizers"]!.AsArray().Select(name => (string?)name));
        Assert.Equal((string?)metadata["deletionTimestamp"], (string?)again.Json["metadata"]!["deletionTimestamp"]);
    }

    [Fact]
    public async Task Delete_PendingOnlyForDependents_GoesWhenTheyMatterNoMore()
    {
        await using ServerFixture fixture = await StartAsync();
        await fixture.CreateAsync("a");
        Assert.Equal(200, (await fixture.SendAsync("DELETE", $"{Collection}/a", """{"propagationPolicy":"Foreground"}""")).Code);
        Assert.Equal(200, (await fixture.SendAsync("GET", $"{Collection}/a")).Code);
        Assert.Equal("Success", (string?)(await fixture.SendAsync("DELETE", $"{Collection}/a", """{"propagationPolicy":"Background"}""")).Json!["status"]);
        Assert.Equal(404, (await fixture.SendAsync("GET", $"{Collection}/a")).Code);
    }

    [Fact]
    public async Task Delete_WithoutAWord_KeepsTheFinalizerThatIsThere()
    {
        await using ServerFixture fixture = await StartAsync();
        await fixture.CreateAsync("a", ""","finalizers":["orphan"]""");
        Assert.Equal("orphan", (string?)(await fixture.SendAsync("DELETE", $"{Collection}/a")).Json!["metadata"]!["finalizers"]![0]);
    }

    [Theory]
    [InlineData("""{"propagationPolicy":"Later"}""", "propagationPolicy", "FieldValueNotSupported")]
    [InlineData("""{"propagationPolicy":"Orphan","orphanDependents":true}""", "propagationPolicy", "FieldValueInvalid")]
    public async Task Delete_ContradictoryOptions_AreInvalid(string body, string field, string reason)
    {
        await using ServerFixture fixture = await StartAsync();
        await fixture.CreateAsync("a");
        Answer refused = await fixture.SendAsync("DELETE", $"{Collection}/a", body);

        Assert.Equal((422, "DeleteOptions"), (refused.Code, (string?)refused.Json!["details"]!["kind"]));
        Assert.Equal((field, reason), ((string?)refused.Json["details"]!["causes"]![0]!["field"], (string?)refused.Json["details"]!["causes"]![0]!["reason"]));
        Assert.Equal(200, (await fixture.SendAsync("GET", $"{Collection}/a")).Code);
    }

    [Fact]
    public async Task Delete_OnConditions_HoldsThemAll()
    {
        await using ServerFixture fixture = await StartAsync();
        JsonNode created = await fixture.CreateAsync("a");
        (string uid, string revision) = ((string)created["metadata"]!["uid"]!, (string)created["metadata"]!["resourceVersion"]!);
        Answer old = await fixture.SendAsync("DELETE", $"{Collection}/a", $$$"""{"preconditions":{"uid":"{{{uid}}}","resourceVersion":"1"}}""");
        Answer other = await fixture.SendAsync("DELETE", $"{Collection}/a", $$$"""{"preconditions":{"uid":"00000000-0000-0000-0000-000000000000","resourceVersion":"{{{revision}}}"}}""");
        Answer done = await fixture.SendAsync("DELETE", $"{Collection}/a", $$$"""{"preconditions":{"uid":"{{{uid}}}","resourceVersion":"{{{revision}}}"},"gracePeriodSeconds":30}""");

        Assert.Contains("the ResourceVersion in the precondition (1)", (string?)old.Json!["message"], StringComparison.Ordinal);
        Assert.Contains("the UID in the precondition", (string?)other.Json!["message"], StringComparison.Ordinal);
        Assert.Equal((409, 409, 200), (old.Code, other.Code, done.Code));
        Assert.Equal(404, (await fixture.SendAsync("GET", $"{Collection}/a")).Code);
    }

    [Fact]
    public async Task Update_OfWhatIsToGo_TakesNoNewFinalizers()
    {
        await using ServerFixture fixture = await StartAsync();
        await fixture.CreateAsync("a", ""","finalizers":["example.org/one","example.org/two"]""");
        await fixture.SendAsync("DELETE", $"{Collection}/a");
        Answer refused = await fixture.SendAsync("PATCH", $"{Collection}/a", """{"metadata":{"finalizers":["example.org/one","example.org/three"]}}""", "application/merge-patch+json");
        Answer fewer = await fixture.SendAsync("PATCH", $"{Collection}/a", """{"metadata":{"finalizers":["example.org/two"],"deletionTimestamp":null}}""", "application/merge-patch+json");

        Assert.Equal(422, refused.Code);
        Assert.Contains("no new finalizers can be added if the object is being deleted, found new finalizers []string{\"example.org/three\"}", refused.Text.Replace("\\\"", "\"", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.NotNull(fewer.Json!["metadata"]!["deletionTimestamp"]);
        Assert.Equal(200, (await fixture.SendAsync("PATCH", $"{Collection}/a", """[{"op":"remove","path":"/metadata/finalizers"}]""", "application/json-patch+json")).Code);
        Assert.Equal(404, (await fixture.SendAsync("GET", $"{Collection}/a")).Code);
    }

    [Fact]
    public async Task Create_WithHalfAnOwner_IsInvalid()
    {
        await using ServerFixture fixture = await StartAsync();
        Answer refused = await fixture.SendAsync("POST", Collection, ServerFixture.Profile("a", ""","ownerReferences":[{"apiVersion":"v1","kind":"Pod","name":"p"}]"""));

        Assert.Equal((422, "metadata.ownerReferences.uid"), (refused.Code, (string?)refused.Json!["details"]!["causes"]![0]!["field"]));
    }

    private Task<ServerFixture> StartAsync() => ServerFixture.StartAsync(engine, options => options.StandAlone = false);
}

public sealed class SqliteDeleteTests() : DeleteTests(new SqliteEngine());

public sealed class PostgresDeleteTests(PostgresCluster cluster) : DeleteTests(new PostgresEngine(cluster));
