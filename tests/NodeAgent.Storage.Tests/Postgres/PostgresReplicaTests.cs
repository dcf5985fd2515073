// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text.Json.Nodes;
using NodeAgent.Storage.Objects;
using NodeAgent.Storage.Tests.Engines;

namespace NodeAgent.Storage.Tests.Postgres;

/// <summary>Several replicas on one database.</summary>
public sealed class PostgresReplicaTests(PostgresCluster cluster)
{
    private const int Replicas = 3;

    [Fact]
    public async Task Write_SameObjectsOnThreeReplicas_LosesNoUpdateAndTellsEveryWatcherOnceInOrder()
    {
        const int writers = 4, increments = 15, objects = 3;
        await using StoreFixture fixture = await StartAsync();
        IObjectStore[] stores = await OpenAsync(fixture);
        Watcher[] watchers = [.. stores.Select(store => new Watcher(store, store.CurrentRevision))];
        long[][] revisions = await Task.WhenAll(Enumerable.Range(0, writers * Replicas).Select(i => Task.Run(
            () => IncrementAsync(stores[i % Replicas], increments, objects))));
        long[] acknowledged = [.. revisions.SelectMany(item => item).Order()];

        Assert.Equal(acknowledged.Distinct(), acknowledged);
        foreach (Watcher watcher in watchers)
        {
            IReadOnlyList<StoreEvent> seen = await watcher.UpToAsync(acknowledged[^1]);
            Assert.Equal(acknowledged, seen.Select(change => change.Revision));
            Assert.All(seen, change => Assert.Equal(Count(change.Previous) + 1, Count(change.Current)));
            watcher.Dispose();
        }

        Assert.Equal(writers * Replicas * increments, fixture.List().Sum(item => Count(item.Body)));
        await CloseAsync(stores);
    }

    [Fact]
    public async Task Read_RightAfterAWriteElsewhere_IsNeverOlder()
    {
        await using StoreFixture fixture = await StartAsync();
        await using IObjectStore other = await fixture.OpenAsync();
        long revision = 0;
        for (int i = 0; i < 100; i++)
        {
            revision = (await fixture.PutAsync("a", revision, $"{i}")).Stored!.Revision;

            switch (i % 3)
            {
                case 0:
                    Assert.Equal(revision, other.Get(StoreFixture.Key("a"))!.Revision);
                    break;
                case 1:
                    using (ListSnapshot snapshot = other.List(new ListRequest(StoreFixture.Resource, null)))
                    {
                        Assert.Equal((revision, revision), (snapshot.Revision, Assert.Single(snapshot.Objects).Revision));
                    }

                    break;
                default:
                    Assert.Equal(revision, other.Reach(revision));
                    break;
            }

            Assert.Equal(revision, other.CurrentRevision);
        }
    }

    [Fact]
    public async Task Open_ManyReplicasOnAnEmptyDatabase_AllStart()
    {
        var options = new StorageOptions { Database = await cluster.CreateDatabaseAsync() };
        using var metrics = new StorageMetrics();
        StorageEngine[] engines = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Task.Run(() =>
            StorageEngine.OpenAsync(options, metrics, TimeProvider.System, new RecordingLogger(), CancellationToken.None))));
        WriteResult[] results = await Task.WhenAll(engines.Select((engine, i) => StoreFixture.PutAsync(engine.Store, $"o{i}", 0)));

        Assert.Equal([2, 3, 4, 5, 6, 7], results.Select(result => result.Stored!.Revision).Order());
        await CloseAsync([.. engines.Select(engine => engine.Store)]);
    }

    [Fact]
    public async Task Watch_AtAReplicaThatStartedLater_GoesOnFromBefore()
    {
        await using StoreFixture fixture = await StartAsync();
        long start = (await fixture.PutAsync("a", 0, "1")).Stored!.Revision;
        WriteResult second = await fixture.PutAsync("a", start, "2");
        long last = (await fixture.DeleteAsync("a", second.Stored!.Revision)).Stored!.Revision;
        await using IObjectStore late = await fixture.OpenAsync();
        using var watcher = new Watcher(late, start);
        IReadOnlyList<StoreEvent> seen = await watcher.UpToAsync(last);

        Assert.Equal([1, 2], seen.Select(change => Count(change.Previous)));
        Assert.Equal([2, 0], seen.Select(change => Count(change.Current)));
        using ListSnapshot old = late.List(new ListRequest(StoreFixture.Resource, null, null, start));
        Assert.Equal(start, Assert.Single(old.Objects).Revision);
    }

    [Fact]
    public async Task Open_AfterManyLargeChanges_TakesUpNoMoreThanItsWindow()
    {
        await using StoreFixture fixture = await StartAsync(options => options.WatchWindowBytes = 20_000);
        for (int i = 0; i < 20; i++)
        {
            await fixture.PutAsync($"o{i}", 0, new string('x', 4000));
        }

        await using IObjectStore late = await fixture.OpenAsync();
        Assert.Equal(late.CurrentRevision - 4, late.Events.Oldest);
        Assert.Equal(fixture.Store.Events.Oldest, late.Events.Oldest);
    }

    [Fact]
    public async Task Trim_OldVersions_AreForgottenAndObjectsStay()
    {
        await using StoreFixture fixture = await StartAsync(options => options.WatchWindowEvents = 10);
        WriteResult kept = await fixture.PutAsync("kept", 0, "0");
        WriteResult gone = await fixture.PutAsync("gone", 0, "0");
        await fixture.DeleteAsync("gone", gone.Stored!.Revision);
        long revision = 0;
        for (int i = 0; i < 100; i++)
        {
            revision = (await fixture.PutAsync("busy", revision, $"{i}")).Stored!.Revision;
        }

        await Wait.UntilAsync(() => Versions() <= 2 + (2 * 10) + 10, TimeSpan.FromSeconds(60), "old versions to go");
        await fixture.ReopenAsync();
        Assert.Equal(kept.Stored!.Revision, fixture.Store.Get(StoreFixture.Key("kept"))!.Revision);
        Assert.Equal(99, Count(fixture.Store.Get(StoreFixture.Key("busy"))!.Body));
        Assert.Null(fixture.Store.Get(StoreFixture.Key("gone")));
        Assert.Throws<RevisionGoneException>(() => fixture.List(revision: revision - 50));

        long Versions() => (long)cluster.ExecuteAsync(fixture.Options.Database, "SELECT count(*) FROM node_agent_storage.versions").GetAwaiter().GetResult()!;
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0xD800)]
    public async Task Names_ThatNoTextCanHold_AreNowhere(int character)
    {
        string name = $"a{(char)character}b";
        await using StoreFixture fixture = await StartAsync();
        var key = new ObjectKey(StoreFixture.Resource, "default", name);

        Assert.Null(fixture.Store.Get(key));
        Assert.Empty(fixture.List(name));
        await Assert.ThrowsAsync<ArgumentException>(() => fixture.Store.WriteAsync(new WriteRequest(key, 0, Documents.Template(StoreFixture.Key("x"))), CancellationToken.None));
        Assert.Equal(WriteOutcome.Done, (await fixture.PutAsync("fine", 0)).Outcome);
    }

    [Fact]
    public async Task Database_GoneBackToAnOlderState_EndsWatchesAndUsesNoRevisionTwice()
    {
        await using StoreFixture fixture = await StartAsync();
        await fixture.PutAsync("before", 0);
        long kept = fixture.Store.CurrentRevision;
        long lost = (await fixture.PutAsync("lost", 0)).Stored!.Revision;
        await using IObjectStore other = await fixture.OpenAsync();
        WatchSubscription[] watches = [.. ((IObjectStore[])[fixture.Store, other]).Select(store => store.Events.Subscribe(StoreFixture.Resource, null, lost, 10))];

        // What a restored backup, or a standby that lagged, looks like.
        await cluster.ExecuteAsync(fixture.Options.Database, $"BEGIN; DELETE FROM node_agent_storage.objects WHERE revision > {kept}; DELETE FROM node_agent_storage.versions WHERE revision > {kept}; UPDATE node_agent_storage.counter SET revision = {kept}; COMMIT");
        await Wait.UntilAsync(() => watches.All(watch => watch.Overflowed), TimeSpan.FromSeconds(60), "watches to end");

        Assert.True((await fixture.PutAsync("after", 0)).Stored!.Revision > lost);
        Assert.Equal(["after", "before"], fixture.List().Select(item => item.Key.Name));
    }

    private static int Count(ReadOnlyMemory<byte>? body) =>
        body is { } document ? int.Parse((string)JsonNode.Parse(document.Span)!["content"]!, CultureInfo.InvariantCulture) : 0;

    private static async Task<long[]> IncrementAsync(IObjectStore store, int times, int objects)
    {
        var revisions = new long[times];
        for (int i = 0; i < times; i++)
        {
            string name = $"o{i % objects}";
            StoredObject? stored = store.Get(StoreFixture.Key(name));
            WriteResult result;
            do
            {
                result = await StoreFixture.PutAsync(store, name, stored?.Revision ?? 0, $"{Count(stored?.Body) + 1}");
                stored = result.Stored;
            }
            while (result.Outcome == WriteOutcome.Conflict);
            revisions[i] = stored!.Revision;
        }

        return revisions;
    }

    private static async Task CloseAsync(IEnumerable<IObjectStore> stores)
    {
        foreach (IObjectStore store in stores)
        {
            await store.DisposeAsync();
        }
    }

    private static async Task<IObjectStore[]> OpenAsync(StoreFixture fixture) => [await fixture.OpenAsync(), await fixture.OpenAsync(), await fixture.OpenAsync()];

    private Task<StoreFixture> StartAsync(Action<StorageOptions>? configure = null) => StoreFixture.StartAsync(new PostgresEngine(cluster), configure);
}
