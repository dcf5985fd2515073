// SPDX-License-Identifier: Apache-2.0
using Microsoft.Data.Sqlite;
using NodeAgent.Storage.Objects;

namespace NodeAgent.Storage.Sqlite;

/// <summary>The writer's prepared statements.</summary>
/// <remarks>Threads: the writer task only.</remarks>
internal sealed class WriteStatements : IWriteTarget, IDisposable
{
    private readonly SqliteCommand _get;
    private readonly SqliteCommand _getRevision;
    private readonly SqliteCommand _put;
    private readonly SqliteCommand _delete;
    private readonly SqliteCommand _setRevision;

    public WriteStatements(SqliteConnection connection)
    {
        _get = Keyed(connection, $"SELECT {SqliteBodies.Columns(SqliteSchema.Version, metadataOnly: false)} FROM objects WHERE resource=$r AND namespace=$ns AND name=$n");
        _getRevision = Keyed(connection, "SELECT revision FROM objects WHERE resource=$r AND namespace=$ns AND name=$n");
        _put = Keyed(connection, """
            INSERT INTO objects(resource, namespace, name, revision, workload, sum, size, head, rest) VALUES($r, $ns, $n, $rev, $w, $sum, $size, $head, $rest)
            ON CONFLICT(resource, namespace, name) DO UPDATE SET
              revision=excluded.revision, workload=excluded.workload, sum=excluded.sum, size=excluded.size, head=excluded.head, rest=excluded.rest
            """);
        _put.Parameters.Add("$rev", SqliteType.Integer);
        _put.Parameters.Add("$sum", SqliteType.Integer);
        _put.Parameters.Add("$size", SqliteType.Integer);
        _put.Parameters.Add("$head", SqliteType.Blob);
        _put.Parameters.Add("$rest", SqliteType.Blob);
        _put.Parameters.Add("$w", SqliteType.Text);
        _delete = Keyed(connection, "DELETE FROM objects WHERE resource=$r AND namespace=$ns AND name=$n");
        _setRevision = connection.CreateCommand();
        _setRevision.CommandText = "UPDATE counter SET revision=$rev WHERE id=1";
        _setRevision.Parameters.Add("$rev", SqliteType.Integer);
    }

    public StoredObject? Get(ObjectKey key, StoredObject? known)
    {
        if (known is not null && RevisionOf(key) == known.Revision)
        {
            return known;
        }

        Bind(_get, key);
        using SqliteDataReader row = _get.ExecuteReader();
        if (!row.Read())
        {
            return null;
        }

        // One that is damaged must not fail the writes of others that stand in this transaction; what it was, nobody can be told.
        return SqliteBodies.TryRead(row, 0, key) ?? new StoredObject(key, row.GetInt64(0), DamagedObjectException.Document);
    }

    public void Put(WriteRequest request, long revision, byte[] body)
    {
        Bind(_put, request.Key);
        (long sum, long size, byte[] head, byte[] rest) = SqliteBodies.Write(body, request.Prepared as PackedBody ?? PackedBody.Of(body));
        _put.Parameters["$rev"].Value = revision;
        _put.Parameters["$w"].Value = (object?)request.Template?.Workload ?? DBNull.Value;
        _put.Parameters["$sum"].Value = sum;
        _put.Parameters["$size"].Value = size;
        _put.Parameters["$head"].Value = head;
        _put.Parameters["$rest"].Value = rest;
        _put.ExecuteNonQuery();
    }

    public void Delete(ObjectKey key, long revision)
    {
        Bind(_delete, key);
        _delete.ExecuteNonQuery();
    }

    public void SetRevision(long revision)
    {
        _setRevision.Parameters["$rev"].Value = revision;
        _setRevision.ExecuteNonQuery();
    }

    public void Dispose()
    {
        _get.Dispose();
        _getRevision.Dispose();
        _put.Dispose();
        _delete.Dispose();
        _setRevision.Dispose();
    }

    private long? RevisionOf(ObjectKey key)
    {
        Bind(_getRevision, key);
        return _getRevision.ExecuteScalar() as long?;
    }

    private static SqliteCommand Keyed(SqliteConnection connection, string sql)
    {
        SqliteCommand command = connection.CreateCommand();
#pragma warning disable CA2100 // Constants of this file.
        command.CommandText = sql;
#pragma warning restore CA2100
        command.Parameters.Add("$r", SqliteType.Text);
        command.Parameters.Add("$ns", SqliteType.Text);
        command.Parameters.Add("$n", SqliteType.Text);
        return command;
    }

    private static void Bind(SqliteCommand command, ObjectKey key)
    {
        command.Parameters["$r"].Value = key.Resource;
        command.Parameters["$ns"].Value = key.ObjectNamespace;
        command.Parameters["$n"].Value = key.Name;
    }
}
