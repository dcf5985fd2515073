// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Storage.Json;
using NodeAgent.Storage.Objects;
using Npgsql;
using NpgsqlTypes;

namespace NodeAgent.Storage.Postgres;

/// <summary>The writes of one transaction: read under the write lock, decided in memory, written at once.</summary>
/// <remarks>
/// The lock is the counter's row, held until the transaction ends: revisions become visible in their order whichever replica gives
/// them out, and whoever reads revision N sees every change up to N.
/// </remarks>
internal sealed class PostgresBatch : IWriteTarget
{
    private const string Schema = PostgresSchema.Name;

    // The second statement sees what was committed while the first one waited (read committed: a snapshot for each).
    private const string Lock = $"SELECT revision FROM {Schema}.counter WHERE id = 1 FOR UPDATE";

    private const string ReadKeys = $"""
        SELECT o.resource, o.namespace, o.name, o.revision, v.body
        FROM unnest($1::text[], $2::text[], $3::text[]) AS k(resource, namespace, name)
        JOIN {Schema}.objects o ON o.resource = k.resource AND o.namespace = k.namespace AND o.name = k.name
        JOIN {Schema}.versions v ON v.revision = o.revision
        """;

    // unnest in the list of columns, not in FROM, where the server would keep a copy of every body, on disk when there are many.
    private const string AddVersions = $"""
        INSERT INTO {Schema}.versions(revision, resource, namespace, name, previous, body, head)
        SELECT unnest($1::bigint[]), unnest($2::text[]), unnest($3::text[]), unnest($4::text[]), unnest($5::bigint[]), unnest($6::bytea[]), unnest($7::bytea[])
        """;

    private const string PutObjects = $"""
        INSERT INTO {Schema}.objects(resource, namespace, name, revision, workload)
        SELECT unnest($1::text[]), unnest($2::text[]), unnest($3::text[]), unnest($4::bigint[]), unnest($5::text[])
        ON CONFLICT (resource, namespace, name) DO UPDATE SET revision = excluded.revision, workload = excluded.workload
        """;

    private const string DeleteObjects = $"""
        DELETE FROM {Schema}.objects o USING unnest($1::text[], $2::text[], $3::text[]) AS k(resource, namespace, name)
        WHERE o.resource = k.resource AND o.namespace = k.namespace AND o.name = k.name
        """;

    private readonly Dictionary<ObjectKey, StoredObject?> _stored = [];
    private readonly HashSet<ObjectKey> _changed = [];
    private readonly Dictionary<ObjectKey, string?> _workloads = [];
    private readonly List<(long Revision, ObjectKey Key, long Previous, byte[]? Body)> _versions = [];

    /// <summary>Takes the write lock and reads what is stored under the keys.</summary>
    /// <returns>The newest revision.</returns>
    public async Task<long> ReadAsync(NpgsqlConnection connection, IEnumerable<ObjectKey> keys, CancellationToken cancellationToken)
    {
        ObjectKey[] wanted = [.. keys.Distinct()];
        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(new NpgsqlBatchCommand(Lock));
        batch.BatchCommands.Add(Keyed(ReadKeys, wanted));
        await using NpgsqlDataReader reader = await batch.ExecuteReaderAsync(cancellationToken);
        if (!await reader.ReadAsync(cancellationToken))
        {
            throw new StoreUnavailableException("the database has lost its counter");
        }

        long revision = reader.GetInt64(0);
        await reader.NextResultAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            var key = new ObjectKey(reader.GetString(0), reader.GetString(1), reader.GetString(2));
            _stored[key] = new StoredObject(key, reader.GetInt64(3), reader.GetFieldValue<byte[]>(4));
        }

        return revision;
    }

    public StoredObject? Get(ObjectKey key, StoredObject? known = null) => _stored.GetValueOrDefault(key);

    public void Put(WriteRequest request, long revision, byte[] body)
    {
        ObjectKey key = request.Key;
        Add(key, revision, body);
        _stored[key] = new StoredObject(key, revision, body);
        _workloads[key] = request.Template?.Workload;
    }

    public void Delete(ObjectKey key, long revision)
    {
        Add(key, revision, null);
        _stored[key] = null;
    }

    /// <param name="id">By which the transaction is found again when its commit is not answered.</param>
    /// <param name="sender">Told with the notification, so that a replica can leave out its own.</param>
    public async Task WriteAsync(NpgsqlConnection connection, Guid id, string sender, CancellationToken cancellationToken)
    {
        long revision = _versions[^1].Revision;
        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(Versions());
        StoredObject[] kept = [.. _changed.Select(key => _stored[key]).OfType<StoredObject>()];
        if (kept.Length > 0)
        {
            NpgsqlBatchCommand put = Keyed(PutObjects, [.. kept.Select(item => item.Key)]);
            put.Parameters.Add(Parameter(kept.Select(item => item.Revision).ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Bigint));
            put.Parameters.Add(Parameter(kept.Select(item => _workloads[item.Key]).ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Text));
            batch.BatchCommands.Add(put);
        }

        ObjectKey[] gone = [.. _changed.Where(key => _stored[key] is null)];
        if (gone.Length > 0)
        {
            batch.BatchCommands.Add(Keyed(DeleteObjects, gone));
        }

        batch.BatchCommands.Add(Command($"UPDATE {Schema}.counter SET revision = $1 WHERE id = 1", Parameter(revision, NpgsqlDbType.Bigint)));
        batch.BatchCommands.Add(Command($"INSERT INTO {Schema}.batches(id) VALUES ($1)", Parameter(id, NpgsqlDbType.Uuid)));
        batch.BatchCommands.Add(Command("SELECT pg_notify($1, $2)", Parameter(Schema, NpgsqlDbType.Text), Parameter($"{sender} {revision}", NpgsqlDbType.Text)));
        await batch.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Whether a transaction was committed. It waits for the write lock, so that one which is still ending has ended.</summary>
    public static async Task<bool> WasCommittedAsync(NpgsqlConnection connection, Guid id, CancellationToken cancellationToken)
    {
        await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(new NpgsqlBatchCommand(Lock));
        batch.BatchCommands.Add(Command($"SELECT id FROM {Schema}.batches WHERE id = $1", Parameter(id, NpgsqlDbType.Uuid)));
        await using NpgsqlDataReader reader = await batch.ExecuteReaderAsync(cancellationToken);
        await reader.NextResultAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken);
    }

    private void Add(ObjectKey key, long revision, byte[]? body)
    {
        _versions.Add((revision, key, Get(key)?.Revision ?? 0, body));
        _changed.Add(key);
    }

    private NpgsqlBatchCommand Versions() => Command(
        AddVersions,
        Parameter(_versions.Select(version => version.Revision).ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Bigint),
        Parameter(_versions.Select(version => version.Key.Resource).ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Text),
        Parameter(_versions.Select(version => version.Key.ObjectNamespace).ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Text),
        Parameter(_versions.Select(version => version.Key.Name).ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Text),
        Parameter(_versions.Select(version => version.Previous).ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Bigint),
        Parameter(_versions.Select(version => version.Body).ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Bytea),
        Parameter(_versions.Select(version => version.Body is { } body ? ObjectHeader.HeadOf(body) : null).ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Bytea));

    private static NpgsqlBatchCommand Keyed(string sql, ObjectKey[] keys) => Command(
        sql,
        Parameter(keys.Select(key => key.Resource).ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Text),
        Parameter(keys.Select(key => key.ObjectNamespace).ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Text),
        Parameter(keys.Select(key => key.Name).ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Text));

    private static NpgsqlBatchCommand Command(string sql, params NpgsqlParameter[] parameters)
    {
#pragma warning disable CA2100 // Constants of this file.
        var command = new NpgsqlBatchCommand(sql);
#pragma warning restore CA2100
        command.Parameters.AddRange(parameters);
        return command;
    }

    private static NpgsqlParameter Parameter(object value, NpgsqlDbType type) => new() { Value = value, NpgsqlDbType = type };
}
