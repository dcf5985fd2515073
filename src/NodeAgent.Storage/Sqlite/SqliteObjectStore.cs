// SPDX-License-Identifier: Apache-2.0
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using NodeAgent.Storage.Objects;

namespace NodeAgent.Storage.Sqlite;

/// <summary>The store in one SQLite file: one writer task with group commit, readers that never wait for it.</summary>
internal sealed class SqliteObjectStore : IObjectStore
{
    private readonly SqliteDatabase _database;
    private readonly SqliteReaders _readers;
    private readonly SqliteWriter? _writer;
    private int _disposed;

    private SqliteObjectStore(SqliteDatabase database, StorageOptions options, StorageMetrics metrics, ILogger logger)
    {
        _database = database;
        _readers = new SqliteReaders(database);
        Events = new ChangeLog(options.WatchWindowEvents, options.WatchWindowBytes, metrics);
        long revision = ReadRevision(database.Writer);
        Events.Start(revision);
        if (database.ReadOnlyReason is null)
        {
            _writer = new SqliteWriter(database.Writer, Events, revision, metrics, logger);
        }
    }

    public ChangeLog Events { get; }

    public long CurrentRevision => Events.Newest;

    public string? ReadOnlyReason => _database.ReadOnlyReason;

    /// <exception cref="StoreUnavailableException">The file is in use, of another program, or neither there nor creatable.</exception>
    public static SqliteObjectStore Open(StorageOptions options, StorageMetrics metrics, TimeProvider time, ILogger logger)
    {
        SqliteDatabase database = SqliteDatabase.Open(options.DataDirectory, time, logger, options.BackupFile);
        try
        {
            return new SqliteObjectStore(database, options, metrics, logger);
        }
        catch (SqliteException error)
        {
            database.Dispose();
            throw SqliteFault.Explain(error);
        }
    }

    public StoredObject? Get(ObjectKey key) => Read(reader =>
    {
        using SqliteCommand command = reader.CreateCommand();
#pragma warning disable CA2100 // Constants.
        command.CommandText = $"SELECT {SqliteBodies.Columns(_database.Version, metadataOnly: false)} FROM objects WHERE resource=$r AND namespace=$ns AND name=$n";
#pragma warning restore CA2100
        SqliteWriter.BindKey(command, key);
        using SqliteDataReader row = command.ExecuteReader();
        return row.Read() ? SqliteBodies.Read(row, 0, key) : null;
    });

    public ListSnapshot List(ListRequest request)
    {
        SqliteConnection reader = RentOrExplain();
        SqliteTransaction? snapshot = null;
        try
        {
            snapshot = reader.BeginTransaction(deferred: true);
            long newest = ReadRevision(reader);
            long revision = request.Revision ?? newest;
            SortedDictionary<ListPosition, ReadOnlyMemory<byte>?>? before = revision >= newest ? null : Events.Undo(request.Resource, revision, newest);
            return new ListSnapshot(Math.Min(revision, newest), Objects(request))
            {
                Heads = Objects(request with { MetadataOnly = true }),
                Release = () => Release(snapshot, reader),
            };

            IEnumerable<StoredObject> Objects(ListRequest asked)
            {
                IEnumerable<StoredObject> rows = SqliteRows.Read(reader, asked, _database.Version);
                return before is null ? rows : Overlay.Apply(rows, asked, before, revision);
            }
        }
        catch (SqliteException error)
        {
            Release(snapshot, reader);
            throw SqliteFault.Explain(error);
        }
        catch
        {
            Release(snapshot, reader);
            throw;
        }
    }

    public IReadOnlyList<(string Resource, string ObjectNamespace, long Count)> Count() => Read(reader =>
    {
        using SqliteCommand command = reader.CreateCommand();
        command.CommandText = "SELECT resource, namespace, count(*) FROM objects GROUP BY resource, namespace";
        using SqliteDataReader row = command.ExecuteReader();
        var counts = new List<(string, string, long)>();
        while (row.Read())
        {
            counts.Add((row.GetString(0), row.GetString(1), row.GetInt64(2)));
        }

        return counts;
    });

    public Task<IReadOnlyList<WriteResult>> WriteAsync(IReadOnlyList<WriteRequest> requests, CancellationToken cancellationToken) =>
        _writer is null
            ? Task.FromException<IReadOnlyList<WriteResult>>(new StoreUnavailableException($"the storage is read-only: {ReadOnlyReason}"))
            : _writer.WriteAsync([.. requests.Select(Prepare)], cancellationToken);

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        if (_writer is not null)
        {
            await _writer.DisposeAsync();
        }

        Events.Complete();
        _readers.Dispose();
        _database.Dispose();
    }

    // Here, not by the one task that writes for all.
    private static WriteRequest Prepare(WriteRequest request) =>
        request.Template is { } template ? request with { Prepared = PackedBody.Of(template.Text.Span) } : request;

    private static long ReadRevision(SqliteConnection connection)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = "SELECT revision FROM counter WHERE id=1";
        return command.ExecuteScalar() is long revision ? revision : throw new StoreUnavailableException("the database has lost its counter");
    }

    private T Read<T>(Func<SqliteConnection, T> read)
    {
        SqliteConnection reader = RentOrExplain();
        try
        {
            return read(reader);
        }
        catch (SqliteException error)
        {
            throw SqliteFault.Explain(error);
        }
        finally
        {
            _readers.Return(reader);
        }
    }

    private SqliteConnection RentOrExplain()
    {
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposed) != 0, this);
        try
        {
            return _readers.Rent();
        }
        catch (SqliteException error)
        {
            throw SqliteFault.Explain(error);
        }
    }

    private void Release(SqliteTransaction? snapshot, SqliteConnection reader)
    {
        snapshot?.Dispose();
        _readers.Return(reader);
    }
}
