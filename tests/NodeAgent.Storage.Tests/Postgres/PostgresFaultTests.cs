// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Storage.Objects;
using NodeAgent.Storage.Postgres;
using NodeAgent.Storage.Tests.Engines;
using NodeAgent.TestSupport.Postgres;

namespace NodeAgent.Storage.Tests.Postgres;

/// <summary>A server of the test's own that ends, restarts and cuts connections under load.</summary>
public sealed class PostgresFaultTests : IAsyncLifetime
{
    private const string EndAll = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = 'test1' AND pid <> pg_backend_pid()";
    private const int Writers = 6;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly StorageMetrics _metrics = new();
    private readonly RecordingLogger _logger = new();
    private readonly StorageOptions _options = new() { WatchWindowEvents = 200_000, WatchWindowBytes = 1L << 30 };
    private PostgresServer _server = null!;
    private PostgresObjectStore _store = null!;

    public async ValueTask InitializeAsync()
    {
        PostgresCluster.SkipWhereThereIsNone();
        _server = await PostgresServer.StartAsync("-c", "wal_sync_method=fdatasync");
        _options.Database = await _server.CreateDatabaseAsync();
        _store = await OpenAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_store is not null)
        {
            await _store.DisposeAsync();
        }

        if (_server is not null)
        {
            await _server.DisposeAsync();
        }

        _metrics.Dispose();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Server_EndsUnderLoadAndComesBack_KeepsWhatWasAcknowledged(bool kill)
    {
        using var watcher = new Watcher(_store, _store.CurrentRevision);
        var load = new WriteLoad(_store, Writers);
        for (int round = 0; round < 3; round++)
        {
            await load.MoreAsync(Random.Shared.Next(20, 200));
            await (kill ? _server.KillAsync() : _server.StopAsync());
            await _server.StartAsync();
        }

        await load.MoreAsync(50);
        await load.StopAsync();
        await AssertToldAsync(load, watcher);
        await Wait.UntilAsync(() => _store.ReadOnlyReason is null, Patience, "writes to be possible");
    }

    [Fact]
    public async Task Server_Away_RefusesWritesAndReadsClearlyAndSaysSoUntilItIsBack()
    {
        await PutAsync("before");
        await _server.StopAsync();
        StoreUnavailableException write = await Assert.ThrowsAsync<StoreUnavailableException>(() => PutAsync("during"));
        StoreUnavailableException read = Assert.Throws<StoreUnavailableException>(() => _store.Get(StoreFixture.Key("before")));
        Assert.Throws<StoreUnavailableException>(() => _store.List(new ListRequest(StoreFixture.Resource, null)));

        Assert.Contains("cannot be reached", write.Message, StringComparison.Ordinal);
        Assert.Contains("cannot be reached", read.Message, StringComparison.Ordinal);
        Assert.NotNull(_store.ReadOnlyReason);
        await _server.StartAsync();
        Assert.NotNull(_store.Get(StoreFixture.Key("before")));
        Assert.Null(_store.Get(StoreFixture.Key("during")));
        await Wait.UntilAsync(() => _store.ReadOnlyReason is null, Patience, "the reason to go without a write");
        Assert.Equal(WriteOutcome.Done, (await PutAsync("during")).Outcome);
    }

    [Fact]
    public async Task Connections_AllTerminatedUnderLoad_LoseAndRepeatNothingOnAnyReplica()
    {
        await using PostgresObjectStore other = await OpenAsync();
        using var mine = new Watcher(_store, _store.CurrentRevision);
        using var theirs = new Watcher(other, _store.CurrentRevision);
        var load = new WriteLoad(_store, Writers);
        var elsewhere = new WriteLoad(other, Writers, "other-");
        for (int round = 0; round < 10; round++)
        {
            await load.MoreAsync(Random.Shared.Next(10, 60));
            await elsewhere.MoreAsync(1);
            Assert.True(await _server.ExecuteAsync("postgres", EndAll) is > 2L);
        }

        await load.MoreAsync(20);
        await Task.WhenAll(load.StopAsync(), elsewhere.StopAsync());
        Take(elsewhere, load);
        IReadOnlyList<StoreEvent> here = await AssertToldAsync(load, mine);
        Assert.Equal(here.Select(change => change.Revision), (await theirs.UpToAsync(here[^1].Revision)).Select(change => change.Revision));
    }

    [Fact]
    public async Task Commit_ConnectionEndsBeforeIt_IsCarriedOutOnceOnANewConnection()
    {
        int interrupted = 0;
        _store.Writer.Interrupt = async (moment, connection) =>
        {
            if (moment == "commit" && interrupted++ == 0)
            {
                await _server.ExecuteAsync("postgres", $"SELECT pg_terminate_backend({connection.ProcessID}, 60000)");
            }
        };
        WriteResult result = await PutAsync("a");

        Assert.Equal(2, interrupted);
        Assert.Equal(2, result.Stored!.Revision);
        Assert.Contains(_logger.Lines, line => line.Id == 6054 && line.Text.Contains("not carried out", StringComparison.Ordinal));
        Assert.Equal(1L, await _server.ExecuteAsync("test1", "SELECT count(*) FROM node_agent_storage.versions"));
    }

    [Fact]
    public async Task Commit_ConnectionEndsBeforeItsAnswer_IsFoundToBeDone()
    {
        int interrupted = 0;
        _store.Writer.Interrupt = (moment, _) => moment == "committed" && interrupted++ == 0 ? throw new IOException("the answer is lost") : Task.CompletedTask;
        using var watcher = new Watcher(_store, _store.CurrentRevision);
        WriteResult result = await PutAsync("a");

        Assert.Equal((1, 2L), (interrupted, result.Stored!.Revision));
        Assert.Contains(_logger.Lines, line => line.Id == 6054 && line.Text.EndsWith("was carried out", StringComparison.Ordinal));
        Assert.Equal(2, Assert.Single(await watcher.UpToAsync(2)).Revision);
        Assert.Equal(1L, await _server.ExecuteAsync("test1", "SELECT count(*) FROM node_agent_storage.versions"));
    }

    [Fact]
    public async Task Commit_ServerStaysAway_SaysThatTheOutcomeIsNotKnown()
    {
        await using var impatient = await OpenAsync(TimeSpan.FromSeconds(1));
        impatient.Writer.Interrupt = (moment, _) => moment == "commit" ? _server.KillAsync() : Task.CompletedTask;
        StoreUnavailableException error = await Assert.ThrowsAsync<StoreUnavailableException>(() => StoreFixture.PutAsync(impatient, "a", 0));

        Assert.Contains("not known whether it was carried out", error.Message, StringComparison.Ordinal);
        impatient.Writer.Interrupt = null;
        await _server.StartAsync();
        Assert.Equal(WriteOutcome.Done, (await StoreFixture.PutAsync(impatient, "a", 0)).Outcome);
    }

    [Fact]
    public async Task Database_MadeReadOnly_IsReadAndRecoversWithoutARestart()
    {
        await PutAsync("before");
        await _server.ExecuteAsync("postgres", "ALTER DATABASE test1 SET default_transaction_read_only = on");
        await _server.ExecuteAsync("postgres", EndAll);
        StoreUnavailableException error = await Assert.ThrowsAsync<StoreUnavailableException>(() => PutAsync("during"));

        Assert.Contains("read-only", error.Message, StringComparison.Ordinal);
        Assert.Contains("read-only", _store.ReadOnlyReason, StringComparison.Ordinal);
        Assert.NotNull(_store.Get(StoreFixture.Key("before")));
        await using (PostgresObjectStore late = await OpenAsync())
        {
            Assert.NotNull(late.Get(StoreFixture.Key("before")));
        }

        await _server.ExecuteAsync("postgres", "ALTER DATABASE test1 RESET default_transaction_read_only");
        await _server.ExecuteAsync("postgres", EndAll);
        await Wait.UntilAsync(() => _store.ReadOnlyReason is null, Patience, "the reason to go without a write");
        Assert.Equal(WriteOutcome.Done, (await PutAsync("during")).Outcome);
    }

    [Fact]
    public async Task Primary_KilledUnderLoad_ItsStandbyGoesOnWithWhatWasAcknowledged()
    {
        await using PostgresServer standby = await _server.StartStandbyAsync();
        _options.Database = $"postgres:///test1?host={_server.Directory},{standby.Directory}&user=postgres";
        await using PostgresObjectStore store = await OpenAsync();
        using var watcher = new Watcher(store, store.CurrentRevision);
        var load = new WriteLoad(store, Writers);
        await load.MoreAsync(200);
        await _server.KillAsync();
        await standby.PromoteAsync();
        await load.MoreAsync(100);
        await load.StopAsync();

        using ListSnapshot snapshot = store.List(new ListRequest(StoreFixture.Resource, null));
        List<StoredObject> stored = [.. snapshot.Objects];
        load.AssertTold(stored);
        Assert.Equal(stored.Select(item => item.Revision).Order(), (await watcher.UpToAsync(snapshot.Revision)).Select(change => change.Revision));
        Assert.Equal((long)stored.Count, await standby.ExecuteAsync("test1", "SELECT count(*) FROM node_agent_storage.objects"));
    }

    private static void Take(WriteLoad from, WriteLoad into)
    {
        foreach ((string name, long revision) in from.Acknowledged)
        {
            into.Acknowledged[name] = revision;
        }

        from.Refused.ToList().ForEach(into.Refused.Add);
        from.Unknown.ToList().ForEach(into.Unknown.Add);
    }

    private async Task<IReadOnlyList<StoreEvent>> AssertToldAsync(WriteLoad load, Watcher watcher)
    {
        using ListSnapshot snapshot = _store.List(new ListRequest(StoreFixture.Resource, null));
        List<StoredObject> stored = [.. snapshot.Objects];
        load.AssertTold(stored);
        IReadOnlyList<StoreEvent> seen = await watcher.UpToAsync(snapshot.Revision);
        Assert.Equal(stored.Select(item => item.Revision).Order(), seen.Select(change => change.Revision));
        return seen;
    }

    private Task<WriteResult> PutAsync(string name) => StoreFixture.PutAsync(_store, name, 0);

    private Task<PostgresObjectStore> OpenAsync(TimeSpan? resolvePatience = null) =>
        PostgresObjectStore.OpenAsync(_options, _metrics, _logger, CancellationToken.None, resolvePatience);
}
