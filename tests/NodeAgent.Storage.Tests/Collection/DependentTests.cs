// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;
using NodeAgent.Storage.Tests.Engines;

namespace NodeAgent.Storage.Tests.Collection;

/// <summary>What becomes of objects whose owner goes, where no cluster's garbage collector looks after them.</summary>
public abstract class DependentTests(TestEngine engine)
{
    private const string Collection = ServerFixture.Collection;

    [Fact]
    public async Task Delete_InTheBackground_TakesDependentsOfDependentsAlong()
    {
        await using ServerFixture fixture = await ServerFixture.StartAsync(engine);
        JsonNode owner = await fixture.CreateAsync("owner");
        JsonNode child = await OwnedAsync(fixture, "child", [owner]);
        await OwnedAsync(fixture, "grandchild", [child]);
        await fixture.CreateAsync("stranger");

        Assert.Equal("Success", (string?)(await fixture.SendAsync("DELETE", $"{Collection}/owner")).Json!["status"]);
        await UntilAsync(fixture, "stranger");
    }

    [Fact]
    public async Task Delete_InTheForeground_IsDoneWhenItsDependentsAre()
    {
        await using ServerFixture fixture = await ServerFixture.StartAsync(engine);
        JsonNode owner = await fixture.CreateAsync("owner");
        await OwnedAsync(fixture, "held", [owner], ""","finalizers":["example.org/hold"]""");
        await OwnedAsync(fixture, "child", [owner]);
        Answer pending = await fixture.SendAsync("DELETE", $"{Collection}/owner", """{"propagationPolicy":"Foreground"}""");
        await UntilAsync(fixture, "held", "owner");

        Assert.Equal("foregroundDeletion", (string?)pending.Json!["metadata"]!["finalizers"]![0]);
        await Wait.UntilAsync(async () => (await fixture.SendAsync("GET", $"{Collection}/held")).Json!["metadata"]!["deletionTimestamp"] is not null, "the dependent to be deleted too");
        Assert.Equal(200, (await fixture.SendAsync("GET", $"{Collection}/owner")).Code);
        await fixture.SendAsync("PATCH", $"{Collection}/held", """{"metadata":{"finalizers":null}}""", "application/merge-patch+json");
        await UntilAsync(fixture);
    }

    [Fact]
    public async Task Delete_InTheForeground_DoesNotWaitForWhatDoesNotBlock()
    {
        await using ServerFixture fixture = await ServerFixture.StartAsync(engine);
        JsonNode owner = await fixture.CreateAsync("owner");
        await OwnedAsync(fixture, "held", [owner], ""","finalizers":["example.org/hold"]""", blocks: false);
        await fixture.SendAsync("DELETE", $"{Collection}/owner", """{"propagationPolicy":"Foreground"}""");

        await UntilAsync(fixture, "held");
        await Wait.UntilAsync(async () => (await fixture.SendAsync("GET", $"{Collection}/held")).Json!["metadata"]!["deletionTimestamp"] is not null, "the dependent to be deleted too");
    }

    [Fact]
    public async Task Delete_Orphaning_LetsDependentsGo()
    {
        await using ServerFixture fixture = await ServerFixture.StartAsync(engine);
        JsonNode owner = await fixture.CreateAsync("owner");
        await OwnedAsync(fixture, "child", [owner]);
        await fixture.SendAsync("DELETE", $"{Collection}/owner", """{"propagationPolicy":"Orphan"}""");

        await UntilAsync(fixture, "child");
        Assert.Null((await fixture.SendAsync("GET", $"{Collection}/child")).Json!["metadata"]!["ownerReferences"]);
    }

    [Fact]
    public async Task Delete_OfOneOwnerOfTwo_TakesOnlyTheLink()
    {
        await using ServerFixture fixture = await ServerFixture.StartAsync(engine);
        JsonNode one = await fixture.CreateAsync("one");
        JsonNode two = await fixture.CreateAsync("two");
        await OwnedAsync(fixture, "child", [one, two]);
        await fixture.SendAsync("DELETE", $"{Collection}/one");
        await Wait.UntilAsync(async () => (await fixture.SendAsync("GET", $"{Collection}/child")).Json!["metadata"]!["ownerReferences"]!.AsArray().Count == 1, "the link to go");
        await fixture.SendAsync("DELETE", $"{Collection}/two");

        await UntilAsync(fixture);
    }

    [Fact]
    public async Task Owner_ThatNeverWas_IsGoneAndOneOfAnotherServerIsThere()
    {
        await using ServerFixture fixture = await ServerFixture.StartAsync(engine);
        JsonNode owner = await fixture.CreateAsync("owner");
        await OwnedAsync(fixture, "foreign", [], ""","ownerReferences":[{"apiVersion":"apps/v1","kind":"Deployment","name":"web","uid":"1"}]""");
        owner["metadata"]!["uid"] = "00000000-0000-0000-0000-000000000000";
        await OwnedAsync(fixture, "astray", [owner]);

        await UntilAsync(fixture, "foreign", "owner");
    }

    private static async Task<JsonNode> OwnedAsync(ServerFixture fixture, string name, JsonNode[] owners, string more = "", bool blocks = true)
    {
        string links = string.Join(',', owners.Select(owner =>
            $$"""{"apiVersion":"{{ServerFixture.ApiVersion}}","kind":"ContainerProfile","name":"{{owner["metadata"]!["name"]}}","uid":"{{owner["metadata"]!["uid"]}}","blockOwnerDeletion":{{(blocks ? "true" : "false")}}}"""));
        return await fixture.CreateAsync(name, (owners.Length == 0 ? string.Empty : $""","ownerReferences":[{links}]""") + more);
    }

    private static Task UntilAsync(ServerFixture fixture, params string[] left) => Wait.UntilAsync(
        async () => (await fixture.SendAsync("GET", Collection)).Json!["items"]!.AsArray().Select(item => (string)item!["metadata"]!["name"]!).SequenceEqual(left.Order(StringComparer.Ordinal)),
        $"only [{string.Join(", ", left)}] to be left");
}

public sealed class SqliteDependentTests() : DependentTests(new SqliteEngine());

public sealed class PostgresDependentTests(PostgresCluster cluster) : DependentTests(new PostgresEngine(cluster));
