// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Storage.Json;
using NodeAgent.Storage.Objects;
using NodeAgent.Storage.Tests.Engines;

namespace NodeAgent.Storage.Tests.Objects;

/// <summary>What every engine has to keep.</summary>
public abstract class ObjectStoreTests(TestEngine engine)
{
    [Fact]
    public async Task Write_NewObject_IsReadBackWithItsRevision()
    {
        await using StoreFixture fixture = await StoreFixture.StartAsync(engine);
        WriteResult result = await fixture.PutAsync("a", 0, "⋯ text");

        Assert.Equal(WriteOutcome.Done, result.Outcome);
        StoredObject read = fixture.Store.Get(StoreFixture.Key("a"))!;
        Assert.Equal(result.Stored!.Revision, read.Revision);
        Assert.Contains($"\"resourceVersion\":\"{read.Revision}\"", StoreFixture.Text(read), StringComparison.Ordinal);
        Assert.Contains("⋯ text", StoreFixture.Text(read), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(12345)]
    public async Task Write_OtherRevisionExpected_ConflictsAndChangesNothing(long expected)
    {
        await using StoreFixture fixture = await StoreFixture.StartAsync(engine);
        WriteResult first = await fixture.PutAsync("a", 0, "first");
        WriteResult second = await fixture.PutAsync("a", expected, "second");

        Assert.Equal(WriteOutcome.Conflict, second.Outcome);
        Assert.Equal(first.Stored!.Revision, second.Stored!.Revision);
        Assert.Contains("first", StoreFixture.Text(fixture.Store.Get(StoreFixture.Key("a"))), StringComparison.Ordinal);
        Assert.Equal(first.Stored.Revision, fixture.Store.CurrentRevision);
    }

    [Fact]
    public async Task Delete_Stored_TakesARevisionOfItsOwn()
    {
        await using StoreFixture fixture = await StoreFixture.StartAsync(engine);
        WriteResult put = await fixture.PutAsync("a", 0);
        WriteResult deleted = await fixture.DeleteAsync("a", put.Stored!.Revision);

        Assert.True(deleted.Stored!.Revision > put.Stored.Revision);
        Assert.Null(fixture.Store.Get(StoreFixture.Key("a")));
        Assert.Equal(WriteOutcome.Conflict, (await fixture.DeleteAsync("a", put.Stored.Revision)).Outcome);
    }

    [Fact]
    public async Task List_OfAWorkload_FindsThoseThatAreOfItNow()
    {
        await using StoreFixture fixture = await StoreFixture.StartAsync(engine);
        IReadOnlyList<WriteResult> results = await fixture.Store.WriteAsync(
            [Documents.Profile("b", "web"), Documents.Profile("a", "web"), Documents.Profile("c", "db"), Documents.Profile("d", "web", hash: "5f")], CancellationToken.None);
        Assert.Equal(["a", "b"], Documents.ProfilesOf(fixture.Store, "web"));

        long[] revisions = [.. results.Select(result => result.Stored!.Revision)];
        await fixture.Store.WriteAsync([Documents.Profile("b", "db", revisions[0]), Documents.Profile("a", "web", revisions[1])], CancellationToken.None);
        await fixture.Store.WriteAsync(new WriteRequest(results[2].Stored!.Key, revisions[2], null), CancellationToken.None);

        Assert.Equal(["a"], Documents.ProfilesOf(fixture.Store, "web"));
        Assert.Equal(["b"], Documents.ProfilesOf(fixture.Store, "db"));
        Assert.Equal(["d"], Documents.ProfilesOf(fixture.Store, "web", "5f"));
        Assert.Empty(Documents.ProfilesOf(fixture.Store, "other"));
    }

    [Fact]
    public async Task Write_ManyAtOnce_EachHasARevisionOfItsOwn()
    {
        await using StoreFixture fixture = await StoreFixture.StartAsync(engine);
        WriteResult[] results = await Task.WhenAll(Enumerable.Range(0, 500).Select(i => fixture.PutAsync($"o{i}", 0)));

        Assert.All(results, result => Assert.Equal(WriteOutcome.Done, result.Outcome));
        Assert.Equal(500, results.Select(result => result.Stored!.Revision).Distinct().Count());
        Assert.Equal(results.Max(result => result.Stored!.Revision), fixture.Store.CurrentRevision);
        Assert.Equal(500, fixture.List().Count);
    }

    [Fact]
    public async Task Write_SameObjectAtOnce_OneWins()
    {
        await using StoreFixture fixture = await StoreFixture.StartAsync(engine);
        WriteResult[] results = await Task.WhenAll(Enumerable.Range(0, 50).Select(i => fixture.PutAsync("same", 0, $"c{i}")));

        Assert.Single(results, result => result.Outcome == WriteOutcome.Done);
    }

    [Fact]
    public async Task List_SeveralNamespaces_IsOrderedAndCut()
    {
        await using StoreFixture fixture = await StoreFixture.StartAsync(engine);
        foreach ((string ns, string name) in ((string, string)[])[("b", "1"), ("a", "2"), ("a-b", "1"), ("a", "1"), ("a", "1-x")])
        {
            await fixture.PutAsync(name, 0, "x", ns);
        }

        Assert.Equal(["a/1", "a/1-x", "a/2", "a-b/1", "b/1"], fixture.List().Select(item => $"{item.Key.ObjectNamespace}/{item.Key.Name}"));
        Assert.Equal(["1", "1-x", "2"], fixture.List("a").Select(item => item.Key.Name));
        Assert.Equal(["a-b/1", "b/1"], fixture.List(after: new ListPosition("a", "2")).Select(item => $"{item.Key.ObjectNamespace}/{item.Key.Name}"));
        Assert.Equal(["2"], fixture.List("a", after: new ListPosition("a", "1-x")).Select(item => item.Key.Name));
        Assert.Equal([("a", 3L), ("a-b", 1L), ("b", 1L)], fixture.Store.Count().Select(count => (count.ObjectNamespace, count.Count)));
    }

    [Fact]
    public async Task List_MetadataOnly_EndsWithItAndKnowsTheSize()
    {
        await using StoreFixture fixture = await StoreFixture.StartAsync(engine);
        string content = string.Concat(Enumerable.Range(0, 1000).Select(i => $"/srv/{i} "));
        await fixture.PutAsync("large", 0, content);
        await fixture.PutAsync("small", 0);
        long before = fixture.Store.CurrentRevision;
        await fixture.PutAsync("later", 0);

        foreach (long? revision in (long?[])[null, before])
        {
            using ListSnapshot whole = fixture.Store.List(new ListRequest(StoreFixture.Resource, null, null, revision));
            StoredObject[] heads = [.. whole.Heads!];
            StoredObject[] objects = [.. whole.Objects];
            Assert.Equal(objects.Select(item => (item.Key, item.Revision)), heads.Select(item => (item.Key, item.Revision)));
            Assert.Equal(objects.Select(item => (long)item.Body.Length), heads.Select(item => item.SizeBytes));
            Assert.Equal(objects.Select(item => Metadata(item)), heads.Select(item => Metadata(item)));
        }

        using ListSnapshot only = fixture.Store.List(new ListRequest(StoreFixture.Resource, null, MetadataOnly: true));
        Assert.All(only.Objects, item => Assert.Equal($$$"""{"metadata":{{{Metadata(item)}}}}""", StoreFixture.Text(item)));

        static string Metadata(StoredObject item) => System.Text.Encoding.UTF8.GetString(ObjectHeader.Read(item.Body).Metadata.Span);
    }

    [Fact]
    public async Task List_WhileOthersWrite_IsOfOneRevision()
    {
        await using StoreFixture fixture = await StoreFixture.StartAsync(engine);
        for (int i = 0; i < 50; i++)
        {
            await fixture.PutAsync($"o{i:D2}", 0);
        }

        using ListSnapshot snapshot = fixture.Store.List(new ListRequest(StoreFixture.Resource, null));
        var seen = new List<StoredObject>();
        foreach (StoredObject item in snapshot.Objects)
        {
            seen.Add(item);
            await fixture.PutAsync($"new{seen.Count}", 0);
        }

        Assert.Equal(50, seen.Count);
        Assert.All(seen, item => Assert.True(item.Revision <= snapshot.Revision));
    }

    [Fact]
    public async Task Reopen_AfterStop_KeepsObjectsAndGoesOnCounting()
    {
        await using StoreFixture fixture = await StoreFixture.StartAsync(engine);
        WriteResult before = await fixture.PutAsync("a", 0);
        WriteResult gone = await fixture.PutAsync("b", 0);
        WriteResult deleted = await fixture.DeleteAsync("b", gone.Stored!.Revision);
        await fixture.ReopenAsync();

        Assert.Equal(deleted.Stored!.Revision, fixture.Store.CurrentRevision);
        Assert.Equal(before.Stored!.Revision, fixture.Store.Get(StoreFixture.Key("a"))!.Revision);
        Assert.True((await fixture.PutAsync("c", 0)).Stored!.Revision > deleted.Stored.Revision);
    }

    [Fact]
    public async Task List_RevisionFromBeforeTheWindow_IsGone()
    {
        await using StoreFixture fixture = await StoreFixture.StartAsync(engine, options => options.WatchWindowEvents = 3);
        long old = fixture.Store.CurrentRevision;
        for (int i = 0; i < 10; i++)
        {
            await fixture.PutAsync($"o{i}", 0);
        }

        Assert.Throws<RevisionGoneException>(() => fixture.List(revision: old));
        Assert.Equal(9, fixture.List(revision: fixture.Store.CurrentRevision - 1).Count);
    }

    [Fact]
    public async Task Window_LargeDocuments_IsBoundByBytes()
    {
        await using StoreFixture fixture = await StoreFixture.StartAsync(engine, options => options.WatchWindowBytes = 10_000);
        for (int i = 0; i < 10; i++)
        {
            await fixture.PutAsync($"o{i}", 0, new string('x', 4000));
        }

        Assert.Equal(fixture.Store.CurrentRevision - 2, fixture.Store.Events.Oldest);
    }

    [Fact]
    public async Task Write_AfterDispose_FailsClearly()
    {
        StoreFixture fixture = await StoreFixture.StartAsync(engine);
        await fixture.Store.DisposeAsync();
        StoreUnavailableException error = await Assert.ThrowsAsync<StoreUnavailableException>(() => fixture.PutAsync("a", 0));

        Assert.Contains("stopping", error.Message, StringComparison.Ordinal);
        await fixture.DisposeAsync();
    }
}

public sealed class SqliteObjectStoreTests() : ObjectStoreTests(new SqliteEngine());

public sealed class PostgresObjectStoreTests(PostgresCluster cluster) : ObjectStoreTests(new PostgresEngine(cluster));
