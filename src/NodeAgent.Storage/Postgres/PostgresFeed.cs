// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging;
using NodeAgent.Storage.Objects;
using Npgsql;
using NpgsqlTypes;

namespace NodeAgent.Storage.Postgres;

/// <summary>Fills the change log in the order of revisions: with what this replica has written, and from the database with what others have.</summary>
/// <remarks>Threads: any; one at a time fills.</remarks>
internal sealed class PostgresFeed(PostgresConnections connections, ChangeLog log, StorageOptions options, ILogger logger)
{
    private const string Schema = PostgresSchema.Name;
    private const int TimeoutSeconds = 10;
    private const int ChunkEvents = 256;
    private const long ChunkBytes = 4L << 20;

    // How far the counter is set ahead when the database has lost its newest revisions (a restored backup, a standby that lagged).
    private const long Leap = 1_000_000;

    // One statement, so one snapshot: the counter, what is still kept, and the changes are of the same moment.
    private const string Changes = $"""
        SELECT c.revision, h.oldest, v.revision, v.resource, v.namespace, v.name, v.body, p.body
        FROM {Schema}.counter c CROSS JOIN {Schema}.horizon h
        LEFT JOIN {Schema}.versions v ON v.revision > $1
        LEFT JOIN {Schema}.versions p ON p.revision = v.previous
        ORDER BY v.revision
        """;

    // The newest change that does not fit into the window any more; those after it do.
    private const string WindowStart = $"""
        SELECT revision FROM (
          SELECT v.revision, sum(coalesce(octet_length(v.body), 0) + coalesce(octet_length(p.body), 0) + 256) OVER (ORDER BY v.revision DESC) AS bytes
          FROM {Schema}.versions v LEFT JOIN {Schema}.versions p ON p.revision = v.previous WHERE v.revision > $1) w
        WHERE bytes > $2 ORDER BY revision DESC LIMIT 1
        """;

    private const string Forget = $"""
        UPDATE {Schema}.horizon SET oldest = (SELECT revision FROM {Schema}.counter);
        DELETE FROM {Schema}.versions v WHERE v.revision IS DISTINCT FROM (
          SELECT o.revision FROM {Schema}.objects o WHERE o.resource = v.resource AND o.namespace = v.namespace AND o.name = v.name)
        """;

    private readonly Lock _gate = new();

    /// <summary>Takes up the window that the database still holds: a watch goes on at a replica that has just started.</summary>
    public void Start()
    {
        using NpgsqlConnection connection = connections.OpenRead();
        long oldest;
        using (var command = new NpgsqlCommand($"SELECT greatest(h.oldest, c.revision - $1) FROM {Schema}.counter c CROSS JOIN {Schema}.horizon h", connection))
        {
            command.Parameters.Add(Number(options.WatchWindowEvents));
            oldest = command.ExecuteScalar() is long found ? found : throw new StoreUnavailableException("the database has lost its counter");
        }

        using (var command = new NpgsqlCommand(WindowStart, connection))
        {
            command.Parameters.Add(Number(oldest));
            command.Parameters.Add(Number(options.WatchWindowBytes));
            log.Start(command.ExecuteScalar() is long start ? start : oldest);
        }

        CatchUp();
    }

    /// <summary>Publishes what this replica has just committed.</summary>
    /// <param name="before">The newest revision before it.</param>
    public void Publish(long before, IReadOnlyList<StoreEvent> events)
    {
        lock (_gate)
        {
            if (log.Newest == before)
            {
                log.Publish(events);
                return;
            }
        }

        // Others have written in between, or the listener was faster: the database knows all of it.
        CatchUp(events[^1].Revision);
    }

    /// <summary>Publishes what is in the database and not in the log, unless the log reaches to <paramref name="revision"/> already.</summary>
    public void CatchUp(long revision = long.MaxValue)
    {
        if (log.Newest >= revision)
        {
            return;
        }

        lock (_gate)
        {
            while (log.Newest < revision && !Load())
            {
            }
        }
    }

    // False: the log was begun anew, and has to be filled from there.
    private bool Load()
    {
        long known = log.Newest;
        using NpgsqlConnection connection = connections.OpenRead();
        (long newest, long oldest) = Read(connection, known);
        if (newest < known)
        {
            long leapt = LeapOver(connection, known);
            Log.DatabaseWentBack(logger, newest, known, leapt);
            log.Restart(leapt);
            return true;
        }

        if (oldest > known)
        {
            Log.ChangesMissed(logger, known, oldest);
            log.Restart(oldest);
            return false;
        }

        log.Advance(newest);
        return true;
    }

    // Publishes while it reads; nothing when the log cannot be continued.
    private (long Newest, long Oldest) Read(NpgsqlConnection connection, long known)
    {
        using var command = new NpgsqlCommand(Changes, connection) { CommandTimeout = TimeoutSeconds };
        command.Parameters.Add(Number(known));
        using NpgsqlDataReader reader = command.ExecuteReader();
        (long newest, long oldest) = (long.MinValue, 0);
        var chunk = new List<StoreEvent>();
        long bytes = 0;
        while (reader.Read())
        {
            (newest, oldest) = (reader.GetInt64(0), reader.GetInt64(1));
            if (newest < known || oldest > known || reader.IsDBNull(2))
            {
                break;
            }

            chunk.Add(Event(reader));
            bytes += chunk[^1].SizeBytes;
            if (chunk.Count >= ChunkEvents || bytes >= ChunkBytes)
            {
                log.Publish(chunk);
                chunk.Clear();
                bytes = 0;
            }
        }

        log.Publish(chunk);
        return newest == long.MinValue ? throw new StoreUnavailableException("the database has lost its counter") : (newest, oldest);
    }

    private static StoreEvent Event(NpgsqlDataReader reader) => new(
        reader.GetInt64(2),
        new ObjectKey(reader.GetString(3), reader.GetString(4), reader.GetString(5)),
        reader.IsDBNull(6) ? null : (ReadOnlyMemory<byte>?)reader.GetFieldValue<byte[]>(6),
        reader.IsDBNull(7) ? null : (ReadOnlyMemory<byte>?)reader.GetFieldValue<byte[]>(7));

    // No revision that a client may hold is given out again with other contents, and every replica begins its log anew.
    private static long LeapOver(NpgsqlConnection connection, long known)
    {
        using NpgsqlTransaction transaction = connection.BeginTransaction();
        using var leap = new NpgsqlCommand($"UPDATE {Schema}.counter SET revision = $1 WHERE revision < $2", connection);
        leap.Parameters.Add(Number(known + Leap));
        leap.Parameters.Add(Number(known));
        if (leap.ExecuteNonQuery() > 0)
        {
            using var forget = new NpgsqlCommand(Forget, connection);
            forget.ExecuteNonQuery();
        }

        using var now = new NpgsqlCommand($"SELECT revision FROM {Schema}.counter", connection);
        var revision = (long)now.ExecuteScalar()!;
        transaction.Commit();
        return revision;
    }

    private static NpgsqlParameter Number(long value) => new() { Value = value, NpgsqlDbType = NpgsqlDbType.Bigint };
}
