// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging;
using NodeAgent.Storage.Objects;
using NodeAgent.Storage.Postgres;
using NodeAgent.Storage.Sqlite;

namespace NodeAgent.Storage;

/// <summary>The store that the options ask for.</summary>
/// <param name="Description">For logs: a path, or an address without its password.</param>
/// <param name="SizeBytes">Units: bytes that the database takes.</param>
internal sealed record StorageEngine(IObjectStore Store, string Description, Func<long> SizeBytes)
{
    /// <exception cref="StoreUnavailableException">The database cannot be opened.</exception>
    public static async Task<StorageEngine> OpenAsync(
        StorageOptions options, StorageMetrics metrics, TimeProvider time, ILogger logger, CancellationToken cancellationToken)
    {
        if (options.Database.Length > 0)
        {
            PostgresObjectStore postgres = await PostgresObjectStore.OpenAsync(options, metrics, logger, cancellationToken);
            return new StorageEngine(postgres, PostgresAddress.Display(PostgresAddress.Parse(options.Database)), () => postgres.SizeBytes);
        }

        string path = Path.Combine(options.DataDirectory, SqliteDatabase.FileName);
        SqliteObjectStore sqlite = await Task.Run(() => SqliteObjectStore.Open(options, metrics, time, logger), cancellationToken);
        return new StorageEngine(sqlite, path, () => new FileInfo(path) is { Exists: true } file ? file.Length : 0);
    }
}
