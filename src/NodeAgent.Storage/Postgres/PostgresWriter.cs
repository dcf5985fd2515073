// SPDX-License-Identifier: Apache-2.0
using System.Data;
using System.Diagnostics;
using Microsoft.Extensions.Logging;
using NodeAgent.Storage.Objects;
using Npgsql;

namespace NodeAgent.Storage.Postgres;

/// <summary>The one task of this replica that writes: whatever waits goes into one transaction, so that the write lock is held for one commit.</summary>
internal sealed class PostgresWriter(
    PostgresConnections connections, ChangeLog events, PostgresFeed feed, PostgresHealth health, string sender, StorageMetrics metrics, ILogger logger) : IAsyncDisposable
{
    // A connection that died while nothing was written is found out by the first attempt.
    private const int Attempts = 2;

    private static readonly TimeSpan ResolvePause = TimeSpan.FromMilliseconds(200);

    private readonly WriteQueue _queue = new();
    private readonly CancellationTokenSource _abort = new();
    private NpgsqlConnection? _connection;
    private Task _loop = Task.CompletedTask;

    /// <summary>How long a commit without an answer is asked after.</summary>
    public required TimeSpan ResolvePatience { get; init; }

    /// <summary>How long a stop waits for what was accepted.</summary>
    public required TimeSpan StopPatience { get; init; }

    /// <summary>For tests of what happens between the writes and their commit, and right after it. Called with "commit" or "committed".</summary>
    internal Func<string, NpgsqlConnection, Task>? Interrupt { get; set; }

    public void Start() => _loop = Task.Run(RunAsync);

    /// <returns>One result for each request: all are done, or none is and those that stood in the way say so.</returns>
    public Task<IReadOnlyList<WriteResult>> WriteAsync(IReadOnlyList<WriteRequest> requests, CancellationToken cancellationToken) =>
        requests.All(request => PostgresText.IsStorable(request.Key))
            ? _queue.EnqueueAsync(requests, cancellationToken)
            : Task.FromException<IReadOnlyList<WriteResult>>(new ArgumentException("a name has characters that no database text can hold"));

    /// <summary>Carries out what was accepted, then ends; what the database does not answer in time fails.</summary>
    public async ValueTask DisposeAsync()
    {
        _queue.Complete();
        _abort.CancelAfter(StopPatience);
        await _loop;
        await DropAsync();
        _abort.Dispose();
    }

    private async Task RunAsync()
    {
        var batch = new List<PendingWrite>();
        while (await _queue.WaitAsync())
        {
            _queue.Take(batch);
            await CommitAsync(batch);
        }
    }

    private async Task CommitAsync(List<PendingWrite> batch)
    {
        long started = Stopwatch.GetTimestamp();
        Exception failure;
        int attempt = 0;
        do
        {
            try
            {
                int written = await TryCommitAsync(batch);
                metrics.Committed(written, Stopwatch.GetElapsedTime(started));
                health.Works();
                batch.ForEach(pending => pending.Done.TrySetResult(pending.Results));
                return;
            }
            catch (Exception error)
            {
                failure = error;
                await DropAsync();
            }
        }
        while (++attempt < Attempts && PostgresFault.IsConnection(failure) && !_abort.IsCancellationRequested);

        if (batch.Count > 1 && PostgresFault.IsOfOneWrite(failure))
        {
            foreach (PendingWrite pending in batch)
            {
                await CommitAsync([pending]);
            }

            return;
        }

        Fail(batch, failure);
    }

    private async Task<int> TryCommitAsync(List<PendingWrite> batch)
    {
        NpgsqlConnection connection = await ConnectAsync();
        NpgsqlTransaction transaction = await connection.BeginTransactionAsync(IsolationLevel.ReadCommitted, _abort.Token);
        var work = new PostgresBatch();
        long before = await work.ReadAsync(connection, batch.SelectMany(pending => pending.Requests).Select(request => request.Key), _abort.Token);
        if (before < events.Newest)
        {
            await DropAsync();
            feed.CatchUp();
            throw new StoreUnavailableException("the database has lost its newest changes; try again");
        }

        var writes = new ConditionalWrites(work, before);
        foreach (PendingWrite pending in batch)
        {
            pending.Results = writes.Apply(pending.Requests);
        }

        if (writes.Events.Count == 0)
        {
            await transaction.RollbackAsync(_abort.Token);
        }
        else
        {
            var id = Guid.CreateVersion7();
            await work.WriteAsync(connection, id, sender, _abort.Token);
            await CommitAsync(transaction, connection, id);

            // Committed: nothing from here on may make a failure of it.
            Publish(before, writes.Events);
        }

        await CloseAsync(transaction);
        return writes.Events.Count;
    }

    private async Task CommitAsync(NpgsqlTransaction transaction, NpgsqlConnection connection, Guid id)
    {
        try
        {
            if (Interrupt is null)
            {
                await transaction.CommitAsync(_abort.Token);
                return;
            }

            await Interrupt("commit", connection);
            await transaction.CommitAsync(_abort.Token);
            await Interrupt("committed", connection);
        }
        catch (Exception error) when (!PostgresFault.IsRefusal(error))
        {
            await DropAsync();
            if (!await ResolveAsync(id, error))
            {
                throw;
            }
        }
    }

    // The connection died at the commit. The database is asked until it says what became of it: a caller is told the truth or nothing.
    private async Task<bool> ResolveAsync(Guid id, Exception lost)
    {
        Log.CommitUnanswered(logger, lost.Message);
        long started = Stopwatch.GetTimestamp();
        do
        {
            try
            {
                bool committed = await PostgresBatch.WasCommittedAsync(await ConnectAsync(), id, _abort.Token);
                await DropAsync();
                Log.CommitResolved(logger, committed ? "carried out" : "not carried out");
                return committed;
            }
            catch (Exception error)
            {
                await DropAsync();
                health.Failed(PostgresFault.Explain(error).Message);
                await Task.Delay(ResolvePause);
            }
        }
        while (Stopwatch.GetElapsedTime(started) < ResolvePatience && !_abort.IsCancellationRequested);

        throw new StoreUnavailableException("the connection to the database was lost at a commit, and it is not known whether it was carried out", lost);
    }

    private void Publish(long before, List<StoreEvent> changes)
    {
        try
        {
            feed.Publish(before, changes);
        }
        catch (Exception error)
        {
            // The listener tells the watchers when the database is back.
            Log.FeedLate(logger, error.Message);
        }
    }

    private async Task<NpgsqlConnection> ConnectAsync()
    {
        if (_connection is null)
        {
            _connection = await connections.OpenSingleAsync(_abort.Token);

            // An acknowledged write is durable, whatever the default of the server.
            await using var command = new NpgsqlCommand(
                "SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'", _connection);
            await command.ExecuteNonQueryAsync(_abort.Token);
        }

        return _connection;
    }

    private async ValueTask DropAsync()
    {
        if (Interlocked.Exchange(ref _connection, null) is { } connection)
        {
            await CloseAsync(connection);
        }
    }

    private static async ValueTask CloseAsync(IAsyncDisposable ended)
    {
        try
        {
            await ended.DisposeAsync();
        }
        catch (Exception)
        {
            // It was broken already; what it held the server gives up.
        }
    }

    private void Fail(List<PendingWrite> batch, Exception error)
    {
        int writes = batch.Sum(pending => pending.Requests.Count);
        metrics.WritesFailed.Add(writes);
        Exception reason = PostgresFault.Is(error) ? PostgresFault.Explain(error) : error;
        if (PostgresFault.IsOfOneWrite(error) || !PostgresFault.Is(error) || _abort.IsCancellationRequested)
        {
            Log.WriteFailed(logger, writes, reason.Message);
        }
        else
        {
            health.Failed(reason.Message);
        }

        batch.ForEach(pending => pending.Done.TrySetException(reason));
    }
}
