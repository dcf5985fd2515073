// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using NodeAgent.Storage.Json;
using NodeAgent.Storage.Objects;
using NodeAgent.Storage.Security;

namespace NodeAgent.Storage.Sqlite;

/// <summary>Backups of the file: written online, verified before they are used.</summary>
internal static class SqliteBackup
{
    /// <exception cref="StoreUnavailableException">There is no database, it is damaged, or the file cannot be written.</exception>
    public static DatabaseReport Write(string database, string file)
    {
        string temporary = file + ".tmp";
        return Explained(file, () =>
        {
            File.Delete(temporary);
            SqliteDatabase.CreatePrivate(temporary);
            using (SqliteConnection source = OpenShared(database))
            {
                SqliteSchema.Verify(source);
                using SqliteCommand copy = source.CreateCommand();
                copy.CommandText = "VACUUM INTO $file";
                copy.Parameters.AddWithValue("$file", temporary);
                copy.ExecuteNonQuery();
            }

            // SQLite does not sync what VACUUM INTO writes, and a backup that nobody read is a hope.
            Sync(temporary);
            DatabaseReport report = Check(temporary);
            File.Move(temporary, file, overwrite: true);
            return report with { Path = file };
        });
    }

    /// <exception cref="StoreUnavailableException">The message names the first thing that is wrong.</exception>
    public static DatabaseReport Check(string file) => Explained(file, () =>
    {
        using SqliteConnection connection = OpenShared(file);
        SqliteSchema.Verify(connection);

        // One moment for both, whatever a server does meanwhile.
        using SqliteTransaction snapshot = connection.BeginTransaction(deferred: true);
        if (Scalar(connection, "PRAGMA integrity_check(1)") is not "ok" and var finding)
        {
            throw new StoreUnavailableException($"{file} is damaged: {finding}");
        }

        long revision = (long)(Scalar(connection, "SELECT revision FROM counter WHERE id=1") ?? throw new StoreUnavailableException($"{file} has lost its counter"));
        return new DatabaseReport(file, ReadAll(connection, file, revision), revision, new FileInfo(file).Length);
    });

    /// <summary>The lock that a server holds.</summary>
    public static FileStream Hold(string directory) => Explained(directory, () =>
    {
        PrivateFile.CreateDirectory(directory);
        return SqliteDatabase.AcquireLock(directory);
    });

    /// <summary>Puts a backup in the place of a database; the caller holds the lock.</summary>
    public static DatabaseReport Replace(string backup, string database, TimeProvider time)
    {
        Check(backup);
        return Explained(database, () =>
        {
            string temporary = database + ".restore";
            DatabaseReport report = Prepare(backup, temporary, Math.Max(time.GetUtcNow().ToUnixTimeMilliseconds(), CounterOf(database)));

            // A copy, since without the file the next start would make an empty one.
            string? aside = File.Exists(database) ? $"{database}.before-restore-{time.GetUtcNow().ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture)}" : null;
            foreach (string suffix in aside is null ? [] : (string[])["", "-wal"])
            {
                if (File.Exists(database + suffix))
                {
                    File.Copy(database + suffix, aside + suffix, overwrite: true);
                }
            }

            // The log of the old file is not the new one's.
            File.Delete(database + "-wal");
            File.Delete(database + "-shm");
            File.Move(temporary, database, overwrite: true);
            return report with { Path = database, Aside = aside };
        });
    }

    /// <summary>A damaged database was set aside: what a backup has takes its place.</summary>
    /// <returns>False: there is no backup, or none that can be used.</returns>
    public static bool TryRestore(string backup, string database, TimeProvider time, ILogger logger)
    {
        if (!File.Exists(backup))
        {
            return false;
        }

        try
        {
            DatabaseReport report = Replace(backup, database, time);
            Log.Restored(logger, database, backup, report.Objects, report.Revision);
            return true;
        }
        catch (StoreUnavailableException error)
        {
            Log.BackupUnusable(logger, backup, error.Message);
            return false;
        }
    }

    private static DatabaseReport Prepare(string backup, string temporary, long revision)
    {
        File.Delete(temporary);
        SqliteDatabase.CreatePrivate(temporary);
        using (FileStream from = File.OpenRead(backup), to = File.OpenWrite(temporary))
        {
            from.CopyTo(to);
        }

        using (SqliteConnection connection = SqliteDatabase.Connect(temporary, SqliteOpenMode.ReadWrite, immutable: false))
        {
            using SqliteCommand set = connection.CreateCommand();
            set.CommandText = "UPDATE counter SET revision=max(revision, $rev) WHERE id=1";
            set.Parameters.AddWithValue("$rev", revision);
            set.ExecuteNonQuery();
        }

        Sync(temporary);
        return Check(temporary);
    }

    // 0 when it cannot be read; then the clock alone says where to go on.
    private static long CounterOf(string database)
    {
        if (!File.Exists(database))
        {
            return 0;
        }

        try
        {
            using SqliteConnection connection = OpenShared(database);
            return Scalar(connection, "SELECT revision FROM counter WHERE id=1") as long? ?? 0;
        }
        catch (SqliteException)
        {
            return 0;
        }
    }

    private static long ReadAll(SqliteConnection connection, string file, long newest)
    {
        using SqliteCommand command = connection.CreateCommand();
#pragma warning disable CA2100 // Constants.
        command.CommandText = $"SELECT resource, namespace, name, {SqliteBodies.Columns(SqliteSchema.VersionOf(connection), metadataOnly: false)} FROM objects";
#pragma warning restore CA2100
        using SqliteDataReader row = command.ExecuteReader();
        long count = 0;
        while (row.Read())
        {
            var key = new ObjectKey(row.GetString(0), row.GetString(1), row.GetString(2));
            if (Fault(key, SqliteBodies.TryRead(row, 3, key), newest) is { } fault)
            {
                throw new StoreUnavailableException($"{file} is damaged: {key.Resource} {key.ObjectNamespace}/{key.Name}: {fault}");
            }

            count++;
        }

        return count;
    }

    // stored: null = its checksum is wrong.
    private static string? Fault(ObjectKey key, StoredObject? stored, long newest)
    {
        if (stored is null)
        {
            return "its checksum is wrong";
        }

        try
        {
            (long revision, byte[] body) = (stored.Revision, stored.Body.ToArray());
            ObjectHeader header = ObjectHeader.Read(body);
            JsonText.Parse(body, []);
            return header.Name != key.Name || header.ObjectNamespace != key.ObjectNamespace ? "holds the document of another object"
                : header.ResourceVersion != revision ? $"its row is of revision {revision}, its document of {header.ResourceVersion}"
                : revision > newest ? $"is of revision {revision}, the counter stands at {newest}"
                : null;
        }
        catch (JsonException error)
        {
            return error.Message;
        }
    }

    // As the server's readers; a directory that cannot be written takes an immutable connection only.
    private static SqliteConnection OpenShared(string file)
    {
        SqliteLibrary.Ensure();
        if (!File.Exists(file))
        {
            throw new StoreUnavailableException($"{file} does not exist");
        }

        try
        {
            SqliteConnection connection = SqliteDatabase.Connect(file, SqliteOpenMode.ReadWrite, immutable: false);
            SqliteDatabase.Execute(connection, "PRAGMA busy_timeout=5000");
            Scalar(connection, "SELECT count(*) FROM sqlite_master");
            return connection;
        }
        catch (SqliteException error) when (SqliteFault.IsReadOnly(error))
        {
            return SqliteDatabase.Connect(file, SqliteOpenMode.ReadOnly, immutable: true);
        }
    }

    private static object? Scalar(SqliteConnection connection, string sql)
    {
        using SqliteCommand command = connection.CreateCommand();
#pragma warning disable CA2100 // Constants of this file.
        command.CommandText = sql;
#pragma warning restore CA2100
        return command.ExecuteScalar();
    }

    private static void Sync(string file)
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.ReadWrite);
        stream.Flush(flushToDisk: true);
    }

    private static T Explained<T>(string file, Func<T> work)
    {
        try
        {
            return work();
        }
        catch (SqliteException error)
        {
            throw new StoreUnavailableException($"{file}: {SqliteFault.Explain(error).Message}", error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new StoreUnavailableException($"{file}: {error.Message}", error);
        }
    }
}
