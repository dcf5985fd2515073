// SPDX-License-Identifier: Apache-2.0
using System.Data;
using System.Diagnostics;
using Microsoft.Extensions.Logging;
using NodeAgent.Storage.Objects;
using Npgsql;
using NpgsqlTypes;

namespace NodeAgent.Storage.Postgres;

/// <summary>The store in a PostgreSQL database, which several replicas share.</summary>
/// <remarks>
/// Reads ask the database, so that what any replica has acknowledged is seen by all at once; the change log follows it. Whatever a
/// replica has told of a revision, its log reaches to that revision.
/// </remarks>
internal sealed class PostgresObjectStore : IObjectStore
{
    private const string GetObject = $"""
        SELECT o.revision, v.body FROM {PostgresSchema.Name}.objects o JOIN {PostgresSchema.Name}.versions v ON v.revision = o.revision
        WHERE o.resource = $1 AND o.namespace = $2 AND o.name = $3
        """;

    // A server that is starting is waited for.
    private static readonly TimeSpan OpenPatience = TimeSpan.FromSeconds(15);
    // How long a commit without an answer is asked after: longer than the server takes to give up a session that vanished.
    private static readonly TimeSpan ResolvePatience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan OpenPause = TimeSpan.FromMilliseconds(500);

    private readonly PostgresConnections _connections;
    private readonly PostgresReads _reads;
    private readonly PostgresReads _lists;
    private readonly PostgresHealth _health;
    private readonly PostgresFeed _feed;
    private readonly PostgresFollower _follower;
    private int _disposed;

    private PostgresObjectStore(PostgresConnections connections, StorageOptions options, StorageMetrics metrics, ILogger logger, TimeSpan? resolvePatience)
    {
        // Says whose a notification is.
        string sender = Guid.NewGuid().ToString("N");
        _connections = connections;
        _reads = new PostgresReads(connections.OpenRead, connections);
        _lists = new PostgresReads(connections.OpenList, connections);
        _health = new PostgresHealth(connections.Display, logger);
        Events = new ChangeLog(options.WatchWindowEvents, options.WatchWindowBytes, metrics);
        _feed = new PostgresFeed(connections, Events, options, logger);
        _follower = new PostgresFollower(connections, Events, _feed, _health, sender, options, logger);
        Writer = new PostgresWriter(connections, Events, _feed, _health, sender, metrics, logger)
        {
            StopPatience = options.StopTimeout,
            ResolvePatience = resolvePatience ?? ResolvePatience,
        };
    }

    public ChangeLog Events { get; }

    /// <remarks>The newest whose changes were offered to the watchers of this replica; others may have committed newer ones, see <see cref="Reach"/>.</remarks>
    public long CurrentRevision => Events.Newest;

    public string? ReadOnlyReason => _health.Reason;

    /// <summary>Units: bytes of the tables.</summary>
    public long SizeBytes => _follower.SizeBytes;

    internal PostgresWriter Writer { get; }

    /// <exception cref="StoreUnavailableException">The database is not to be reached, refuses the user, or is of a newer program.</exception>
    public static async Task<PostgresObjectStore> OpenAsync(
        StorageOptions options, StorageMetrics metrics, ILogger logger, CancellationToken cancellationToken, TimeSpan? resolvePatience = null)
    {
        var connections = new PostgresConnections(PostgresAddress.Parse(options.Database), options.DatabasePasswordFile);
        try
        {
            await PrepareAsync(connections, logger, cancellationToken);
            var store = new PostgresObjectStore(connections, options, metrics, logger, resolvePatience);
            await Task.Run(store._feed.Start, cancellationToken);
            store.Writer.Start();
            store._follower.Start();
            return store;
        }
        catch (Exception error) when (PostgresFault.Is(error) && !cancellationToken.IsCancellationRequested)
        {
            connections.Dispose();
            throw new StoreUnavailableException($"{connections.Display}: {PostgresFault.Explain(error).Message}", error);
        }
        catch
        {
            connections.Dispose();
            throw;
        }
    }

    public StoredObject? Get(ObjectKey key)
    {
        if (!PostgresText.IsStorable(key))
        {
            return null;
        }

        StoredObject? found = Read(_reads, connection =>
        {
            using var command = new NpgsqlCommand(GetObject, connection);
            command.Parameters.Add(new NpgsqlParameter { Value = key.Resource, NpgsqlDbType = NpgsqlDbType.Text });
            command.Parameters.Add(new NpgsqlParameter { Value = key.ObjectNamespace, NpgsqlDbType = NpgsqlDbType.Text });
            command.Parameters.Add(new NpgsqlParameter { Value = key.Name, NpgsqlDbType = NpgsqlDbType.Text });
            using NpgsqlDataReader row = command.ExecuteReader();
            return row.Read() ? new StoredObject(key, row.GetInt64(0), row.GetFieldValue<byte[]>(1)) : null;
        });
        Reach(found?.Revision ?? 0);
        return found;
    }

    public ListSnapshot List(ListRequest request)
    {
        (NpgsqlConnection connection, NpgsqlTransaction transaction, long newest) = BeginList();
        var release = () => Release(connection, transaction);
        try
        {
            Reach(newest);
            long revision = request.Revision ?? newest;
            SortedDictionary<ListPosition, ReadOnlyMemory<byte>?>? before = revision >= newest ? null : Events.Undo(request.Resource, revision, newest);
            return new ListSnapshot(Math.Min(revision, newest), Objects(request)) { Heads = Objects(request with { MetadataOnly = true }), Release = release };

            IEnumerable<StoredObject> Objects(ListRequest asked)
            {
                IEnumerable<StoredObject> rows = PostgresRows.Read(connection, asked);
                return before is null ? rows : Overlay.Apply(rows, asked, before, revision);
            }
        }
        catch
        {
            release();
            throw;
        }
    }

    public IReadOnlyList<(string Resource, string ObjectNamespace, long Count)> Count() => Read(_reads, connection =>
    {
        using var command = new NpgsqlCommand($"SELECT resource, namespace, count(*) FROM {PostgresSchema.Name}.objects GROUP BY resource, namespace ORDER BY resource, namespace", connection);
        using NpgsqlDataReader row = command.ExecuteReader();
        var counts = new List<(string, string, long)>();
        while (row.Read())
        {
            counts.Add((row.GetString(0), row.GetString(1), row.GetInt64(2)));
        }

        return counts;
    });

    public long Reach(long revision)
    {
        try
        {
            _feed.CatchUp(revision);
        }
        catch (Exception error) when (PostgresFault.Is(error))
        {
            throw PostgresFault.Explain(error);
        }

        return CurrentRevision;
    }

    public Task<IReadOnlyList<WriteResult>> WriteAsync(IReadOnlyList<WriteRequest> requests, CancellationToken cancellationToken) =>
        Writer.WriteAsync(requests, cancellationToken);

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        await Writer.DisposeAsync();
        await _follower.DisposeAsync();
        Events.Complete();
        _connections.Dispose();
    }

    private static async Task PrepareAsync(PostgresConnections connections, ILogger logger, CancellationToken cancellationToken)
    {
        long started = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                await using NpgsqlConnection connection = await connections.OpenSingleAsync(cancellationToken);
                PostgresSchema.Ensure(connection, PostgresSchema.Migrations);
                await using var command = new NpgsqlCommand("SELECT current_setting('fsync')", connection);
                if (await command.ExecuteScalarAsync(cancellationToken) is "off")
                {
                    Log.DatabaseNotDurable(logger, connections.Display);
                }

                return;
            }
            catch (Exception error) when (PostgresFault.IsConnection(error) && Stopwatch.GetElapsedTime(started) < OpenPatience)
            {
                await Task.Delay(OpenPause, cancellationToken);
            }
        }
    }

    private (NpgsqlConnection Connection, NpgsqlTransaction Transaction, long Revision) BeginList() => Read(_lists, Begin, keep: true);

    private static (NpgsqlConnection Connection, NpgsqlTransaction Transaction, long Revision) Begin(NpgsqlConnection connection)
    {
        NpgsqlTransaction transaction = connection.BeginTransaction(IsolationLevel.RepeatableRead);
        using var command = new NpgsqlCommand($"SELECT revision FROM {PostgresSchema.Name}.counter", connection);
        return (connection, transaction, command.ExecuteScalar() is long revision ? revision : throw new StoreUnavailableException("the database has lost its counter"));
    }

    private T Read<T>(PostgresReads reads, Func<NpgsqlConnection, T> read, bool keep = false)
    {
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposed) != 0, this);
        return reads.Read(read, keep);
    }

    private static void Release(NpgsqlConnection connection, NpgsqlTransaction transaction)
    {
        try
        {
            transaction.Dispose();
            connection.Dispose();
        }
        catch (Exception error) when (PostgresFault.Is(error))
        {
            // It broke while it was read; the pool makes another.
        }
    }
}
