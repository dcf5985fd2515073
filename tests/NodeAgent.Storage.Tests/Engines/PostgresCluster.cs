// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Storage.Tests.Engines;
using NodeAgent.TestSupport.Postgres;

[assembly: AssemblyFixture(typeof(PostgresCluster))]

namespace NodeAgent.Storage.Tests.Engines;

/// <summary>One PostgreSQL server for all tests that do it no harm, started by the first that asks.</summary>
public sealed class PostgresCluster : IAsyncDisposable
{
    private readonly Lazy<Task<PostgresServer>> _server = new(() => StartAsync());

    /// <returns>The address of an empty database.</returns>
    public async Task<string> CreateDatabaseAsync() => await (await ServerAsync()).CreateDatabaseAsync();

    public async Task DropDatabaseAsync(string address) => await (await ServerAsync()).DropDatabaseAsync(address);

    public async Task<object?> ExecuteAsync(string address, string sql) =>
        await (await ServerAsync()).ExecuteAsync(address[(address.LastIndexOf('/') + 1)..], sql);

    public static void SkipWhereThereIsNone()
    {
        if (PostgresServer.Missing is { } reason)
        {
            Assert.Skip(reason);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_server.IsValueCreated && _server.Value.IsCompletedSuccessfully)
        {
            await (await _server.Value).DisposeAsync();
        }
    }

    private static async Task<PostgresServer> StartAsync()
    {
        PostgresServer server = await PostgresServer.StartAsync("-c", "fsync=off", "-c", "max_connections=400");
        await server.ExecuteAsync("postgres", $"CREATE ROLE {PostgresServer.PasswordGroup}");
        return server;
    }

    private Task<PostgresServer> ServerAsync()
    {
        // Asked each time: a skip that is thrown inside of the shared task would be the first test's only.
        SkipWhereThereIsNone();
        return _server.Value;
    }
}
