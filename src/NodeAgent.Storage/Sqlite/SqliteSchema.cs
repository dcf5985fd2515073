// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Microsoft.Data.Sqlite;
using NodeAgent.Storage.Objects;

namespace NodeAgent.Storage.Sqlite;

/// <summary>Tables of the file, versioned by <c>user_version</c>.</summary>
internal static class SqliteSchema
{
    // "NAag": says whose file it is, to file(1) and to us.
    private const long ApplicationId = 0x4E416167;

    // Labels as the resource catalogue reads them; see WorkloadKey.
    private const string Workloads = """
        ALTER TABLE objects ADD COLUMN workload TEXT;
        UPDATE objects SET workload = (
            SELECT coalesce(l ->> '$."kubescape.io/workload-kind"', '') || '/' || nullif(l ->> '$."kubescape.io/workload-name"', '') || '/'
                || coalesce(l ->> '$."kubescape.io/workload-namespace"', '') || '/' || coalesce(l ->> '$."kubescape.io/instance-template-hash"', '')
            FROM (SELECT CAST(body AS TEXT) -> '$.metadata.labels' AS l))
        WHERE resource = 'containerprofiles.spdx.softwarecomposition.kubescape.io';
        CREATE INDEX objects_by_workload ON objects(resource, namespace, workload, name) WHERE workload IS NOT NULL;
        """;

    // Bodies stand in a rowid table: an index over (resource, namespace, name) stays small beside documents of many KiB.
    private const string Tables = """
        CREATE TABLE objects(
          resource TEXT NOT NULL, namespace TEXT NOT NULL, name TEXT NOT NULL,
          revision INTEGER NOT NULL, body BLOB NOT NULL);
        CREATE UNIQUE INDEX objects_by_key ON objects(resource, namespace, name);
        CREATE TABLE counter(id INTEGER PRIMARY KEY CHECK(id = 1), revision INTEGER NOT NULL);
        """;

    private const string Packed = """
        CREATE TABLE packed(
          resource TEXT NOT NULL, namespace TEXT NOT NULL, name TEXT NOT NULL, revision INTEGER NOT NULL, workload TEXT,
          sum INTEGER NOT NULL, size INTEGER NOT NULL, head BLOB NOT NULL, rest BLOB NOT NULL);
        """;

    private const string Unpacked = """
        DROP TABLE objects;
        ALTER TABLE packed RENAME TO objects;
        CREATE UNIQUE INDEX objects_by_key ON objects(resource, namespace, name);
        CREATE INDEX objects_by_workload ON objects(resource, namespace, workload, name) WHERE workload IS NOT NULL;
        """;

    // One step a version. Append-only.
    private static readonly Action<SqliteConnection>[] Migrations =
    [
        connection => SqliteDatabase.Execute(connection, Tables),
        connection => SqliteDatabase.Execute(connection, Workloads),
        Pack,
    ];

    /// <summary>What this program writes.</summary>
    public static long Version => Migrations.Length;

    /// <exception cref="StoreUnavailableException">The file belongs to another program or to a newer version.</exception>
    public static void Ensure(SqliteConnection connection, long firstRevision)
    {
        // The write lock is taken even when nothing is to do: a database locked by another process is found out here.
        SqliteDatabase.Execute(connection, "BEGIN IMMEDIATE");
        try
        {
            bool empty = Pragma(connection, "PRAGMA user_version") == 0 && Pragma(connection, "SELECT count(*) FROM sqlite_master") == 0;
            if (!empty)
            {
                Verify(connection);
            }

            for (long version = Pragma(connection, "PRAGMA user_version"); version < Version; version++)
            {
                Migrations[version](connection);
            }

            if (empty)
            {
                string revision = firstRevision.ToString(CultureInfo.InvariantCulture);
                SqliteDatabase.Execute(connection, $"INSERT INTO counter VALUES(1, {revision}); PRAGMA application_id={ApplicationId};");
            }

            SqliteDatabase.Execute(connection, $"PRAGMA user_version={Version}");
            SqliteDatabase.Execute(connection, "COMMIT");
        }
        catch
        {
            if (connection.State == System.Data.ConnectionState.Open)
            {
                SqliteDatabase.Execute(connection, "ROLLBACK");
            }

            throw;
        }
    }

    /// <summary>An older version is ours too: it is brought up to date when a server opens it.</summary>
    /// <exception cref="StoreUnavailableException">The file belongs to another program or to a newer version.</exception>
    public static void Verify(SqliteConnection connection)
    {
        long version = Pragma(connection, "PRAGMA user_version");
        if (version < 1 || version > Version || Pragma(connection, "PRAGMA application_id") != ApplicationId)
        {
            throw new StoreUnavailableException($"the database has schema version {version}; this program reads versions up to {Version}");
        }
    }

    public static long VersionOf(SqliteConnection connection) => Pragma(connection, "PRAGMA user_version");

    // Row by row: a database of any size costs the memory of one object.
    private static void Pack(SqliteConnection connection)
    {
        SqliteDatabase.Execute(connection, Packed);
        using SqliteCommand read = connection.CreateCommand();
        read.CommandText = "SELECT resource, namespace, name, revision, workload, body FROM objects";
        using SqliteCommand write = connection.CreateCommand();
        write.CommandText = "INSERT INTO packed VALUES($r, $ns, $n, $rev, $w, $sum, $size, $head, $rest)";
        using (SqliteDataReader row = read.ExecuteReader())
        {
            while (row.Read())
            {
                byte[] body = (byte[])row.GetValue(5);
                (long sum, long size, byte[] head, byte[] rest) = SqliteBodies.Write(body, PackedBody.Of(body));
                write.Parameters.Clear();
                SqliteWriter.BindKey(write, new ObjectKey(row.GetString(0), row.GetString(1), row.GetString(2)));
                write.Parameters.AddWithValue("$rev", row.GetInt64(3));
                write.Parameters.AddWithValue("$w", row.GetValue(4));
                write.Parameters.AddWithValue("$sum", sum);
                write.Parameters.AddWithValue("$size", size);
                write.Parameters.AddWithValue("$head", head);
                write.Parameters.AddWithValue("$rest", rest);
                write.ExecuteNonQuery();
            }
        }

        SqliteDatabase.Execute(connection, Unpacked);
    }

    private static long Pragma(SqliteConnection connection, string sql)
    {
        using SqliteCommand command = connection.CreateCommand();
#pragma warning disable CA2100 // Constants of this file.
        command.CommandText = sql;
#pragma warning restore CA2100
        return (long)command.ExecuteScalar()!;
    }
}
