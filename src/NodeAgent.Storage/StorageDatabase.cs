// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Storage.Objects;
using NodeAgent.Storage.Sqlite;

namespace NodeAgent.Storage;

/// <summary>What is done with an embedded database beside serving it.</summary>
/// <remarks>Errors: <see cref="StoreUnavailableException"/> whose message is for an operator.</remarks>
public static class StorageDatabase
{
    /// <summary>Writes a database as it is at one moment into a file, also while a server works on it. The file is whole or not there.</summary>
    /// <param name="dataDirectory">Of the server.</param>
    /// <param name="file">Is replaced when it exists.</param>
    public static DatabaseReport Backup(string dataDirectory, string file) => SqliteBackup.Write(PathIn(dataDirectory), Path.GetFullPath(file));

    /// <summary>Puts a backup in the place of a database that no server works on; the old one is kept beside it.</summary>
    /// <remarks>The counter goes on above the clock in ms, so that no revision that clients saw since the backup is given twice.</remarks>
    public static DatabaseReport Restore(string file, string dataDirectory, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(time);
        using FileStream held = SqliteBackup.Hold(dataDirectory);
        return SqliteBackup.Replace(Path.GetFullPath(file), PathIn(dataDirectory), time);
    }

    /// <summary>Reads all of a database, or of a backup, also while a server works on it.</summary>
    /// <param name="path">A data directory or a file.</param>
    public static DatabaseReport Check(string path) => SqliteBackup.Check(Directory.Exists(path) ? PathIn(path) : Path.GetFullPath(path));

    private static string PathIn(string dataDirectory) => Path.Combine(Path.GetFullPath(dataDirectory), SqliteDatabase.FileName);
}

/// <summary>What was found in a database that is in order.</summary>
/// <param name="Path">The file.</param>
/// <param name="Objects">How many there are.</param>
/// <param name="Revision">The newest resourceVersion.</param>
/// <param name="SizeBytes">Units: bytes of the file.</param>
/// <param name="Aside">Where the database before it was put; null = there was none.</param>
public sealed record DatabaseReport(string Path, long Objects, long Revision, long SizeBytes, string? Aside = null);
