// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using NodeAgent.Storage.Objects;

namespace NodeAgent.Storage.Sqlite;

/// <summary>The one task that writes: whatever waits goes into one transaction and one fsync.</summary>
internal sealed class SqliteWriter : IAsyncDisposable
{
    // Units: pages of 4 KiB that one step gives back at most.
    private const int PagesPerShrink = 256;
    private const int CommitsPerShrink = 64;

    private readonly SqliteConnection _connection;
    private readonly ChangeLog _events;
    private readonly StorageMetrics _metrics;
    private readonly ILogger _logger;
    private readonly WriteQueue _queue = new();
    private readonly WriteStatements _statements;
    private readonly Task _loop;
    private long _revision;
    private long _commits;

    public SqliteWriter(SqliteConnection connection, ChangeLog events, long revision, StorageMetrics metrics, ILogger logger)
    {
        _connection = connection;
        _events = events;
        _revision = revision;
        _metrics = metrics;
        _logger = logger;
        _statements = new WriteStatements(connection);
        _loop = Task.Factory.StartNew(Run, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    public Task<IReadOnlyList<WriteResult>> WriteAsync(IReadOnlyList<WriteRequest> requests, CancellationToken cancellationToken) =>
        _queue.EnqueueAsync(requests, cancellationToken);

    /// <summary>Carries out what was accepted, then ends.</summary>
    public async ValueTask DisposeAsync()
    {
        _queue.Complete();
        await _loop;
        _statements.Dispose();
    }

    internal static void BindKey(SqliteCommand command, ObjectKey key)
    {
        command.Parameters.AddWithValue("$r", key.Resource);
        command.Parameters.AddWithValue("$ns", key.ObjectNamespace);
        command.Parameters.AddWithValue("$n", key.Name);
    }

    private void Run()
    {
        var batch = new List<PendingWrite>();
        while (_queue.WaitAsync().AsTask().GetAwaiter().GetResult())
        {
            _queue.Take(batch);
            Commit(batch);
        }
    }

    private void Commit(List<PendingWrite> batch)
    {
        long started = Stopwatch.GetTimestamp();
        var writes = new ConditionalWrites(_statements, _revision);
        try
        {
            SqliteDatabase.Execute(_connection, "BEGIN IMMEDIATE");
            foreach (PendingWrite pending in batch)
            {
                pending.Results = writes.Apply(pending.Requests);
            }

            if (writes.Events.Count > 0)
            {
                _statements.SetRevision(writes.Revision);
            }

            SqliteDatabase.Execute(_connection, "COMMIT");
        }
        catch (Exception error)
        {
            Fail(batch, error);
            return;
        }

        _revision = writes.Revision;
        _metrics.Committed(writes.Events.Count, Stopwatch.GetElapsedTime(started));
        _events.Publish(writes.Events);
        batch.ForEach(pending => pending.Done.TrySetResult(pending.Results));
        Shrink();
    }

    // What deletions freed goes back to the file system in small steps, after those who wait have their answer.
    private void Shrink()
    {
        if (++_commits % CommitsPerShrink != 0)
        {
            return;
        }

        try
        {
            SqliteDatabase.Shrink(_connection, PagesPerShrink);
        }
        catch (SqliteException)
        {
            // A full disk: the pages stay free for what comes next.
        }
    }

    private void Fail(List<PendingWrite> batch, Exception error)
    {
        try
        {
            SqliteDatabase.Execute(_connection, "ROLLBACK");
        }
        catch (SqliteException)
        {
            // Some errors (disk full among them) have rolled back already.
        }

        // Revisions of the failed batch are skipped: should its commit have reached the disk after all, none is used twice.
        int writes = batch.Sum(pending => pending.Requests.Count);
        _revision += writes;
        _metrics.WritesFailed.Add(writes);
        Exception reason = error is SqliteException sqlite ? SqliteFault.Explain(sqlite) : error;
        Log.WriteFailed(_logger, writes, reason.Message);
        batch.ForEach(pending => pending.Done.TrySetException(reason));
    }
}
