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
        _get = Keyed(connection, "SELECT revision, body FROM objects WHERE resource=$r AND namespace=$ns AND name=$n");
        _getRevision = Keyed(connection, "SELECT revision FROM objects WHERE resource=$r AND namespace=$ns AND name=$n");
        _put = Keyed(connection, """
            INSERT INTO objects(resource, namespace, name, revision, body, workload) VALUES($r, $ns, $n, $rev, $body, $w)
            ON CONFLICT(resource, namespace, name) DO UPDATE SET revision=excluded.revision, body=excluded.body, workload=excluded.workload
            """);
        _put.Parameters.Add("$rev", SqliteType.Integer);
        _put.Parameters.Add("$body", SqliteType.Blob);
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
        return row.Read() ? new StoredObject(key, row.GetInt64(0), (byte[])row.GetValue(1)) : null;
    }

    public void Put(ObjectKey key, long revision, byte[] body, string? workload)
    {
        Bind(_put, key);
        _put.Parameters["$rev"].Value = revision;
        _put.Parameters["$body"].Value = body;
        _put.Parameters["$w"].Value = (object?)workload ?? DBNull.Value;
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
