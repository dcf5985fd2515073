// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.Metrics;
using Microsoft.Data.Sqlite;
using NodeAgent.Storage.Objects;
using NodeAgent.Storage.Sqlite;

namespace NodeAgent.Storage.Tests.Objects;

/// <summary>An acknowledged write is on the disk, and many that wait share one trip there.</summary>
public sealed class SqliteDurabilityTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Open_Writer_SyncsEachCommitOfItsLog()
    {
        using SqliteDatabase database = SqliteDatabase.Open(_directory.Path, TimeProvider.System, new RecordingLogger());

        Assert.Equal(("wal", 2L), (Pragma(database.Writer, "PRAGMA journal_mode"), Pragma(database.Writer, "PRAGMA synchronous")));
    }

    [Fact]
    public async Task Write_ManyAtOnce_ShareCommits()
    {
        const int Writes = 500;
        using var metrics = new StorageMetrics();
        long commits = 0;
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Meter == metrics.Meter && instrument.Name == "node_agent_storage_commits_total")
            {
                self.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<long>((_, value, _, _) => Interlocked.Add(ref commits, value));
        listener.Start();
        await using SqliteObjectStore store = SqliteObjectStore.Open(new StorageOptions { DataDirectory = _directory.Path }, metrics, TimeProvider.System, new RecordingLogger());
        WriteResult[] results = await Task.WhenAll(Enumerable.Range(0, Writes).Select(i => StoreFixture.PutAsync(store, $"o{i}", 0)));

        Assert.All(results, result => Assert.Equal(WriteOutcome.Done, result.Outcome));
        Assert.InRange(commits, 1, Writes / 2);
    }

    private static object? Pragma(SqliteConnection connection, string sql)
    {
        using SqliteCommand command = connection.CreateCommand();
#pragma warning disable CA2100 // Constants of this file.
        command.CommandText = sql;
#pragma warning restore CA2100
        return command.ExecuteScalar();
    }
}
