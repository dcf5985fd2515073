// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Storage.Objects;
using NodeAgent.Storage.Tests.Engines;

namespace NodeAgent.Storage.Tests.Objects;

public abstract class WatchSubscriptionTests(TestEngine engine)
{
    [Fact]
    public async Task Subscribe_FromAnOlderRevision_GetsEveryChangeOnceInOrder()
    {
        await using StoreFixture fixture = await StoreFixture.StartAsync(engine);
        long start = fixture.Store.CurrentRevision;
        Task writing = Task.Run(async () =>
        {
            for (int i = 0; i < 200; i++)
            {
                await fixture.PutAsync($"o{i}", 0);
            }
        });
        await fixture.PutAsync("extra", 0);
        using WatchSubscription watch = fixture.Store.Events.Subscribe(StoreFixture.Resource, null, start, 1000);
        await writing;
        var revisions = watch.Missed.Select(change => change.Revision).ToList();
        while (watch.Live.TryRead(out StoreEvent? change))
        {
            revisions.Add(change.Revision);
        }

        Assert.Equal(201, revisions.Count);
        Assert.Equal(revisions.Order().Distinct(), revisions);
    }

    [Fact]
    public async Task Subscribe_OtherNamespaceOrResource_IsNotTold()
    {
        await using StoreFixture fixture = await StoreFixture.StartAsync(engine);
        using WatchSubscription other = fixture.Store.Events.Subscribe(StoreFixture.Resource, "other", fixture.Store.CurrentRevision, 10);
        using WatchSubscription kind = fixture.Store.Events.Subscribe("else", null, fixture.Store.CurrentRevision, 10);
        using WatchSubscription mine = fixture.Store.Events.Subscribe(StoreFixture.Resource, "default", fixture.Store.CurrentRevision, 10);
        await fixture.PutAsync("a", 0);

        Assert.True(mine.Live.TryRead(out _));
        Assert.False(other.Live.TryRead(out _));
        Assert.False(kind.Live.TryRead(out _));
    }

    [Fact]
    public async Task Offer_WatcherThatDoesNotRead_LosesItsWatchAndHoldsUpNobody()
    {
        await using StoreFixture fixture = await StoreFixture.StartAsync(engine);
        long start = fixture.Store.CurrentRevision;
        using WatchSubscription slow = fixture.Store.Events.Subscribe(StoreFixture.Resource, null, start, 5);
        using WatchSubscription fast = fixture.Store.Events.Subscribe(StoreFixture.Resource, null, start, 100);
        for (int i = 0; i < 20; i++)
        {
            await fixture.PutAsync($"o{i}", 0);
        }

        Assert.True(slow.Overflowed);
        Assert.Equal(5, await slow.Live.ReadAllAsync().CountAsync());
        Assert.False(fast.Overflowed);
        Assert.Equal(20, fast.Live.Count);
        Assert.Equal(1, fixture.Store.Events.WatcherCount);
    }

    [Fact]
    public async Task Events_OfOneObject_CarryWhatItWas()
    {
        await using StoreFixture fixture = await StoreFixture.StartAsync(engine);
        using WatchSubscription watch = fixture.Store.Events.Subscribe(StoreFixture.Resource, null, fixture.Store.CurrentRevision, 10);
        WriteResult first = await fixture.PutAsync("a", 0, "one");
        WriteResult second = await fixture.PutAsync("a", first.Stored!.Revision, "two");
        await fixture.DeleteAsync("a", second.Stored!.Revision);
        StoreEvent[] events = [await watch.Live.ReadAsync(), await watch.Live.ReadAsync(), await watch.Live.ReadAsync()];

        Assert.Equal([true, false, false], events.Select(change => change.Previous is null));
        Assert.Equal([false, false, true], events.Select(change => change.Current is null));
        Assert.True(events[2].Previous!.Value.Span.IndexOf("two"u8) > 0);
    }
}

public sealed class SqliteWatchSubscriptionTests() : WatchSubscriptionTests(new SqliteEngine());

public sealed class PostgresWatchSubscriptionTests(PostgresCluster cluster) : WatchSubscriptionTests(new PostgresEngine(cluster));
