// SPDX-License-Identifier: Apache-2.0
using NodeAgent.TestSupport.Postgres;

namespace NodeAgent.Benchmarks.Harness.Stores;

/// <summary>What the storage keeps its objects in, on disk before they are acknowledged.</summary>
internal sealed class StoreEngine : IAsyncDisposable
{
    private readonly PostgresServer? _server;

    private StoreEngine(string name, PostgresServer? server, string database)
    {
        Name = name;
        _server = server;
        Database = database;
    }

    public string Name { get; }

    /// <summary>Shape: as the storage's option.</summary>
    public string Database { get; }

    /// <summary>Runs something on each engine; one that the machine lacks is said.</summary>
    public static async Task EachAsync(BenchTable table, Func<StoreEngine, Task> act)
    {
        await act(new StoreEngine("SQLite", null, string.Empty)).ConfigureAwait(false);
        if (PostgresServer.Missing is { } reason)
        {
            table.AddText("PostgreSQL", reason);
            return;
        }

        PostgresServer server = await PostgresServer.StartAsync("-c", "shared_buffers=128MB").ConfigureAwait(false);
        await using var engine = new StoreEngine("PostgreSQL", server, await server.CreateDatabaseAsync().ConfigureAwait(false));
        await act(engine).ConfigureAwait(false);
    }

    public Task<StorageProcess> StartAsync(ScratchDirectory directory, string name) => StorageProcess.StartAsync(directory.File($"{name}-{Name}"), Database);

    public ValueTask DisposeAsync() => _server?.DisposeAsync() ?? ValueTask.CompletedTask;
}
