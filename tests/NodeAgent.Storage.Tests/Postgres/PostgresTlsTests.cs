// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Storage.Objects;
using NodeAgent.Storage.Postgres;
using NodeAgent.Storage.Tests.Engines;
using NodeAgent.TestSupport.Postgres;

namespace NodeAgent.Storage.Tests.Postgres;

public sealed class PostgresTlsTests
{
    private static readonly PostgresPlace WithTls = new() { Tls = true, Settings = ["-c", "ssl=on"] };

    [Fact]
    public async Task Open_OverTls_VerifiesTheServer()
    {
        PostgresCluster.SkipWhereThereIsNone();
        await using PostgresServer server = await PostgresServer.StartAsync(WithTls);
        await using PostgresServer other = await PostgresServer.StartAsync(WithTls);
        using var metrics = new StorageMetrics();
        await using (PostgresObjectStore store = await OpenAsync(server, server.CertificatePath, metrics))
        {
            Assert.Equal(WriteOutcome.Done, (await StoreFixture.PutAsync(store, "a", 0)).Outcome);
            Assert.NotNull(store.Get(StoreFixture.Key("a")));
            Assert.Equal(0L, await server.ExecuteAsync("postgres", "SELECT count(*) FROM pg_stat_ssl s JOIN pg_stat_activity a USING (pid) WHERE a.application_name = 'node-agent-storage' AND NOT s.ssl"));
            Assert.True(await server.ExecuteAsync("postgres", "SELECT count(*) FROM pg_stat_ssl s JOIN pg_stat_activity a USING (pid) WHERE a.application_name = 'node-agent-storage' AND s.ssl") is >= 2L);
        }

        StoreUnavailableException error = await Assert.ThrowsAsync<StoreUnavailableException>(() => OpenAsync(server, other.CertificatePath, metrics));
        Assert.Contains("certificate", error.Message, StringComparison.Ordinal);
    }

    private static Task<PostgresObjectStore> OpenAsync(PostgresServer server, string authority, StorageMetrics metrics)
    {
        var options = new StorageOptions
        {
            Database = $"postgres://postgres@localhost:{server.Port}/postgres?sslmode=verify-full&sslrootcert={Uri.EscapeDataString(authority)}",
        };
        return PostgresObjectStore.OpenAsync(options, metrics, new RecordingLogger(), CancellationToken.None);
    }
}
