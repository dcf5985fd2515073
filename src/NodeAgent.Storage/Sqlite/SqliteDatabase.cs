// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using NodeAgent.Storage.Objects;

namespace NodeAgent.Storage.Sqlite;

/// <summary>The file: opened, checked, set aside when it is damaged.</summary>
/// <remarks>Dispose closes the writing connection and gives up the lock on the file.</remarks>
internal sealed class SqliteDatabase : IDisposable
{
    internal const string FileName = "storage.db";

    // Above this a full check costs seconds of start-up; quick_check leaves out only the comparison of indexes with tables.
    private const long FullCheckLimitBytes = 256L << 20;

    private readonly FileStream? _lock;

    private SqliteDatabase(string path, SqliteConnection writer, FileStream? fileLock, string? readOnlyReason)
    {
        Version = SqliteSchema.VersionOf(writer);
        Path = path;
        Writer = writer;
        _lock = fileLock;
        ReadOnlyReason = readOnlyReason;
    }

    public string Path { get; }

    /// <summary>Of the schema: an older one only where the file cannot be written.</summary>
    public long Version { get; }

    /// <summary>Threads: the writer task only.</summary>
    public SqliteConnection Writer { get; }

    public string? ReadOnlyReason { get; }

    /// <param name="backup">What a damaged database is replaced by; null or absent = an empty one.</param>
    public static SqliteDatabase Open(string directory, TimeProvider time, ILogger logger, string? backup = null)
    {
        SqliteLibrary.Ensure();
        string path = System.IO.Path.Combine(directory, FileName);
        FileStream fileLock;
        try
        {
            fileLock = AcquireLock(directory);
        }
        catch (Exception error) when (error is UnauthorizedAccessException || (error is IOException && !IsLockHeld(error)))
        {
            return OpenReadOnly(path, error.Message);
        }

        try
        {
            return OpenWritable(path, fileLock, time, logger, backup);
        }
        catch
        {
            fileLock.Dispose();
            throw;
        }
    }

    public SqliteConnection OpenReader()
    {
        SqliteConnection reader = Connect(Path, ReadOnlyReason is null ? SqliteOpenMode.ReadWrite : SqliteOpenMode.ReadOnly, ReadOnlyReason is not null);
        Execute(reader, "PRAGMA query_only=ON; PRAGMA busy_timeout=2000; PRAGMA mmap_size=0; PRAGMA cache_size=-2048;");
        return reader;
    }

    public void Dispose()
    {
        Writer.Dispose();
        _lock?.Dispose();
    }

    internal static void Execute(SqliteConnection connection, string sql)
    {
        using SqliteCommand command = connection.CreateCommand();
#pragma warning disable CA2100 // Every caller passes a constant of this folder.
        command.CommandText = sql;
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }

    /// <param name="pages">Most that are given back; 0: all.</param>
    internal static void Shrink(SqliteConnection connection, int pages)
    {
        using SqliteCommand command = connection.CreateCommand();
#pragma warning disable CA2100 // A number.
        command.CommandText = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"PRAGMA incremental_vacuum({pages})");
#pragma warning restore CA2100
        using SqliteDataReader reader = command.ExecuteReader();
        while (reader.Read())
        {
            // Each step gives back one page.
        }
    }

    // flock: a second store on the directory is told so at once, and kill -9 leaves no lock behind.
    internal static FileStream AcquireLock(string directory)
    {
        string path = System.IO.Path.Combine(directory, FileName + ".lock");
        try
        {
            return new FileStream(path, new FileStreamOptions
            {
                Mode = FileMode.OpenOrCreate,
                Access = FileAccess.ReadWrite,
                Share = FileShare.None,
                UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            });
        }
        catch (IOException error) when (IsLockHeld(error))
        {
            throw new StoreUnavailableException($"another process uses the storage in {directory} ({path} is locked)", error);
        }
    }

    // .NET gives EWOULDBLOCK of flock this HResult; EROFS, ENOSPC and the rest have others.
    private static bool IsLockHeld(Exception error) => error.HResult is 11 or unchecked((int)0x80070020);

    private static SqliteDatabase OpenWritable(string path, FileStream fileLock, TimeProvider time, ILogger logger, string? backup)
    {
        bool created = !File.Exists(path);
        if (created)
        {
            CreatePrivate(path);
        }

        try
        {
            return new SqliteDatabase(path, OpenChecked(path, firstRevision: 1), fileLock, null);
        }
        catch (SqliteException error) when (SqliteFault.IsDamage(error))
        {
            string aside = SetAside(path, time);
            Log.DatabaseSetAside(logger, path, aside, error.Message);
            if (backup is not null && SqliteBackup.TryRestore(backup, path, time, logger))
            {
                return new SqliteDatabase(path, OpenChecked(path, firstRevision: 1), fileLock, null);
            }

            CreatePrivate(path);

            // The old counter is lost with the file; the clock in ms is above any count of writes, so that no revision is used twice.
            return new SqliteDatabase(path, OpenChecked(path, time.GetUtcNow().ToUnixTimeMilliseconds()), fileLock, null);
        }
        catch (SqliteException error) when (!created && !SqliteFault.IsBusy(error))
        {
            // Disk full or failing: what is there can still be read.
            return OpenReadOnly(path, SqliteFault.Explain(error).Message, fileLock);
        }
        catch (SqliteException error)
        {
            throw SqliteFault.Explain(error);
        }
    }

    private static SqliteDatabase OpenReadOnly(string path, string reason, FileStream? fileLock = null)
    {
        if (!File.Exists(path))
        {
            throw new StoreUnavailableException($"cannot create {path}: {reason}");
        }

        try
        {
            SqliteConnection connection = Connect(path, SqliteOpenMode.ReadOnly, immutable: true);
            SqliteSchema.Verify(connection);
            return new SqliteDatabase(path, connection, fileLock, reason);
        }
        catch (SqliteException error)
        {
            throw SqliteFault.Explain(error);
        }
    }

    private static SqliteConnection OpenChecked(string path, long firstRevision)
    {
        SqliteConnection connection = Connect(path, SqliteOpenMode.ReadWrite, immutable: false);
        try
        {
            Execute(connection, "PRAGMA busy_timeout=2000");
            if (new FileInfo(path).Length == 0)
            {
                // Takes effect only before the first table is made, and must not touch a file that is not checked yet.
                Execute(connection, "PRAGMA auto_vacuum=INCREMENTAL");
            }

            Execute(connection, "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA journal_size_limit=16777216; PRAGMA cache_size=-8192;");
            Check(connection, path);
            SqliteSchema.Ensure(connection, firstRevision);

            // What was deleted since the last start goes back to the file system.
            Shrink(connection, 0);
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private static void Check(SqliteConnection connection, string path)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = new FileInfo(path).Length > FullCheckLimitBytes ? "PRAGMA quick_check(1)" : "PRAGMA integrity_check(1)";
        if (command.ExecuteScalar() is not "ok" and var finding)
        {
            throw new SqliteException($"integrity check: {finding}", 11);
        }
    }

    internal static SqliteConnection Connect(string path, SqliteOpenMode mode, bool immutable)
    {
        // A WAL database in a directory that cannot be written opens only as immutable.
        string source = immutable ? "file:" + Uri.EscapeDataString(path).Replace("%2F", "/", StringComparison.Ordinal) + "?immutable=1" : path;
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = source,
            Mode = mode,
            Pooling = false,
            DefaultTimeout = 5,
        }.ToString());
        try
        {
            connection.Open();
        }
        catch
        {
            connection.Dispose();
            throw;
        }

        return connection;
    }

    internal static void CreatePrivate(string path)
    {
        using var file = new FileStream(path, new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        });
    }

    private static string SetAside(string path, TimeProvider time)
    {
        string stamp = time.GetUtcNow().ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);
        string aside = $"{path}.corrupt-{stamp}";
        for (int i = 1; File.Exists(aside); i++)
        {
            aside = $"{path}.corrupt-{stamp}-{i}";
        }

        File.Move(path, aside);
        foreach (string suffix in (string[])["-wal", "-shm"])
        {
            if (File.Exists(path + suffix))
            {
                File.Move(path + suffix, aside + suffix, overwrite: true);
            }
        }

        return aside;
    }
}
