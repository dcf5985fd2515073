// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Threading.Channels;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using NodeAgent.Storage.Objects;

namespace NodeAgent.Storage.Sqlite;

/// <summary>The one task that writes: whatever waits goes into one transaction and one fsync.</summary>
internal sealed class SqliteWriter : IAsyncDisposable
{
    // A full queue makes writers wait (their HTTP requests do), it never drops.
    private const int QueueLength = 1024;
    private const int MaxBatch = 256;
    private const long MaxBatchBytes = 16L << 20;

    private readonly SqliteConnection _connection;
    private readonly ChangeLog _events;
    private readonly StorageMetrics _metrics;
    private readonly ILogger _logger;
    private readonly Channel<Pending> _queue =
        Channel.CreateBounded<Pending>(new BoundedChannelOptions(QueueLength) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });

    private readonly WriteStatements _statements;
    private readonly Task _loop;
    private long _revision;

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

    /// <returns>One result for each request: all are done, or none is and those that stood in the way say so.</returns>
    public async Task<IReadOnlyList<WriteResult>> WriteAsync(IReadOnlyList<WriteRequest> requests, CancellationToken cancellationToken)
    {
        var pending = new Pending(requests);
        try
        {
            await _queue.Writer.WriteAsync(pending, cancellationToken);
        }
        catch (ChannelClosedException error)
        {
            throw new StoreUnavailableException("the storage is stopping", error);
        }

        // Not cancelled from here on: a write that was taken is carried out, and its caller learns the outcome.
        return await pending.Done.Task;
    }

    /// <summary>Carries out what was accepted, then ends.</summary>
    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
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
        var batch = new List<Pending>(MaxBatch);
        while (_queue.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
        {
            batch.Clear();
            long bytes = 0;
            while (batch.Count < MaxBatch && bytes < MaxBatchBytes && _queue.Reader.TryRead(out Pending? pending))
            {
                bytes += pending.Requests.Sum(request => (long)(request.Template?.Text.Length ?? 0));
                batch.Add(pending);
            }

            Commit(batch);
        }
    }

    private void Commit(List<Pending> batch)
    {
        long started = Stopwatch.GetTimestamp();
        long first = _revision;
        var events = new List<StoreEvent>(batch.Count);
        try
        {
            SqliteDatabase.Execute(_connection, "BEGIN IMMEDIATE");
            foreach (Pending pending in batch)
            {
                pending.Results = Apply(pending.Requests, events);
            }

            if (events.Count > 0)
            {
                _statements.SetRevision(_revision);
            }

            SqliteDatabase.Execute(_connection, "COMMIT");
        }
        catch (Exception error)
        {
            Fail(batch, error, first);
            return;
        }

        _metrics.Committed(events.Count, Stopwatch.GetElapsedTime(started));
        _events.Publish(events);
        batch.ForEach(pending => pending.Done.TrySetResult(pending.Results));
    }

    private WriteResult[] Apply(IReadOnlyList<WriteRequest> requests, List<StoreEvent> events)
    {
        StoredObject?[] stored = [.. requests.Select(request => _statements.Get(request.Key))];
        WriteResult[] results = [.. requests.Zip(stored, (request, found) => new WriteResult(
            (found?.Revision ?? 0) == request.ExpectedRevision ? WriteOutcome.Done : WriteOutcome.Conflict, found))];
        if (Array.Exists(results, result => result.Outcome == WriteOutcome.Conflict))
        {
            return results;
        }

        for (int i = 0; i < results.Length; i++)
        {
            results[i] = Apply(requests[i], stored[i], events);
        }

        return results;
    }

    private WriteResult Apply(WriteRequest request, StoredObject? stored, List<StoreEvent> events)
    {
        long revision = ++_revision;
        if (request.Template is not { } template)
        {
            _statements.Delete(request.Key);
            events.Add(new StoreEvent(revision, request.Key, null, stored!.Body));
            return new WriteResult(WriteOutcome.Done, stored with { Revision = revision });
        }

        byte[] body = template.Render(revision);
        _statements.Put(request.Key, revision, body);
        events.Add(new StoreEvent(revision, request.Key, body, stored?.Body));
        return new WriteResult(WriteOutcome.Done, new StoredObject(request.Key, revision, body));
    }

    private void Fail(List<Pending> batch, Exception error, long first)
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
        _revision = Math.Max(_revision, first + writes);
        _metrics.WritesFailed.Add(writes);
        Exception reason = error is SqliteException sqlite ? SqliteFault.Explain(sqlite) : error;
        Log.WriteFailed(_logger, writes, reason.Message);
        batch.ForEach(pending => pending.Done.TrySetException(reason));
    }

    private sealed class Pending(IReadOnlyList<WriteRequest> requests)
    {
        public IReadOnlyList<WriteRequest> Requests { get; } = requests;

        public IReadOnlyList<WriteResult> Results { get; set; } = [];

        public TaskCompletionSource<IReadOnlyList<WriteResult>> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
