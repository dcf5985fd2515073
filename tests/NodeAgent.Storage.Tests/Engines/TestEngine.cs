// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Storage.Tests.Engines;

/// <summary>An engine of the store, and databases on it for single tests: the same test code runs on each.</summary>
public abstract class TestEngine
{
    /// <summary>Makes the options point at an empty database.</summary>
    public abstract Task PrepareAsync(StorageOptions options);

    /// <summary>Takes the database away again.</summary>
    public abstract Task ReleaseAsync(StorageOptions options);
}

/// <summary>A file in the test's own directory.</summary>
public sealed class SqliteEngine : TestEngine
{
    public override Task PrepareAsync(StorageOptions options) => Task.CompletedTask;

    public override Task ReleaseAsync(StorageOptions options) => Task.CompletedTask;
}

/// <summary>A database of the server that all tests of the assembly share.</summary>
public sealed class PostgresEngine(PostgresCluster cluster) : TestEngine
{
    public override async Task PrepareAsync(StorageOptions options) => options.Database = await cluster.CreateDatabaseAsync();

    public override Task ReleaseAsync(StorageOptions options) => cluster.DropDatabaseAsync(options.Database);
}
