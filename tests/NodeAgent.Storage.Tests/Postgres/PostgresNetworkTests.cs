// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Storage.Objects;
using NodeAgent.Storage.Postgres;
using NodeAgent.Storage.Tests.Engines;
using NodeAgent.TestSupport.Postgres;

namespace NodeAgent.Storage.Tests.Postgres;

public sealed class PostgresNetworkTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    [Fact]
    public async Task Network_CutUnderLoad_RefusesAndGoesOnWhenItIsBack()
    {
        PostgresCluster.SkipWhereThereIsNone();
        await using CutNetwork network = await CutNetwork.CreateAsync();
        await using PostgresServer server = await PostgresServer.StartAsync(new PostgresPlace { Enter = network.Enter, Address = network.ServerAddress });
        using var metrics = new StorageMetrics();
        await server.CreateDatabaseAsync();
        var options = new StorageOptions
        {
            WatchWindowEvents = 200_000,
            WatchWindowBytes = 1L << 30,

            // Nothing ends such a connection but time.
            Database = $"Host={network.ServerAddress};Username=postgres;Database=test1;Timeout=2;Command Timeout=2;Cancellation Timeout=500",
        };
        await using PostgresObjectStore store = await PostgresObjectStore.OpenAsync(options, metrics, new RecordingLogger(), CancellationToken.None, TimeSpan.FromSeconds(3));
        using var watcher = new Watcher(store, store.CurrentRevision);
        var load = new WriteLoad(store, 4);
        await load.MoreAsync(100);
        await network.CutAsync();
        int refused = load.Refused.Count + load.Unknown.Count;
        await Wait.UntilAsync(() => load.Refused.Count + load.Unknown.Count > refused, Patience, "a write to be refused");

        Assert.Throws<StoreUnavailableException>(() => store.Get(StoreFixture.Key("w0-0")));
        await Wait.UntilAsync(() => store.ReadOnlyReason is not null, Patience, "the reason to be told");
        await network.HealAsync();
        await load.MoreAsync(50);
        await load.StopAsync();
        using ListSnapshot snapshot = store.List(new ListRequest(StoreFixture.Resource, null));
        List<StoredObject> stored = [.. snapshot.Objects];
        load.AssertTold(stored);
        Assert.Equal(stored.Select(item => item.Revision).Order(), (await watcher.UpToAsync(snapshot.Revision)).Select(change => change.Revision));
        await Wait.UntilAsync(() => store.ReadOnlyReason is null, Patience, "writes to be possible");
    }
}
