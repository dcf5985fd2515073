// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Microsoft.Data.Sqlite;
using NodeAgent.Storage.Objects;

namespace NodeAgent.Storage.Sqlite;

/// <summary>Tables of the file, versioned by <c>user_version</c>.</summary>
internal static class SqliteSchema
{
    private const long Version = 1;

    // "NAag": says whose file it is, to file(1) and to us.
    private const long ApplicationId = 0x4E416167;

    // Bodies stand in a rowid table: an index over (resource, namespace, name) stays small beside documents of many KiB.
    private const string Tables = """
        CREATE TABLE objects(
          resource TEXT NOT NULL, namespace TEXT NOT NULL, name TEXT NOT NULL,
          revision INTEGER NOT NULL, body BLOB NOT NULL);
        CREATE UNIQUE INDEX objects_by_key ON objects(resource, namespace, name);
        CREATE TABLE counter(id INTEGER PRIMARY KEY CHECK(id = 1), revision INTEGER NOT NULL);
        """;

    /// <exception cref="StoreUnavailableException">The file belongs to another program or to a newer version.</exception>
    public static void Ensure(SqliteConnection connection, long firstRevision)
    {
        // The write lock is taken even when nothing is to do: a database locked by another process is found out here.
        SqliteDatabase.Execute(connection, "BEGIN IMMEDIATE");
        try
        {
            if (Pragma(connection, "PRAGMA user_version") == 0 && Pragma(connection, "SELECT count(*) FROM sqlite_master") == 0)
            {
                string revision = firstRevision.ToString(CultureInfo.InvariantCulture);
                SqliteDatabase.Execute(connection, $"{Tables} INSERT INTO counter VALUES(1, {revision}); PRAGMA user_version={Version}; PRAGMA application_id={ApplicationId};");
            }

            Verify(connection);
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

    public static void Verify(SqliteConnection connection)
    {
        long version = Pragma(connection, "PRAGMA user_version");
        if (version != Version || Pragma(connection, "PRAGMA application_id") != ApplicationId)
        {
            throw new StoreUnavailableException($"the database has schema version {version}; this program reads version {Version}");
        }
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
