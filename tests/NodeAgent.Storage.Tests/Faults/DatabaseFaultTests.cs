// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Microsoft.Data.Sqlite;
using NodeAgent.Storage.Objects;
using NodeAgent.Storage.Sqlite;

namespace NodeAgent.Storage.Tests.Faults;

public sealed class DatabaseFaultTests : IDisposable
{
    // What the first program made, out of what this one writes: small documents are not packed.
    private const string FirstVersion = """
        CREATE TABLE first(resource TEXT NOT NULL, namespace TEXT NOT NULL, name TEXT NOT NULL, revision INTEGER NOT NULL, body BLOB NOT NULL);
        INSERT INTO first SELECT resource, namespace, name, revision, CAST(CAST(head AS TEXT) || CAST(rest AS TEXT) AS BLOB) FROM objects;
        DROP TABLE objects;
        ALTER TABLE first RENAME TO objects;
        CREATE UNIQUE INDEX objects_by_key ON objects(resource, namespace, name);
        PRAGMA user_version=1;
        """;

    private readonly TemporaryDirectory _directory = new();
    private readonly StorageMetrics _metrics = new();
    private readonly RecordingLogger _logger = new();

    private string DatabasePath => Path.Combine(_directory.Path, "storage.db");

    public void Dispose()
    {
        _metrics.Dispose();
        _directory.Dispose();
    }

    [Theory]
    [InlineData("garbage")]
    [InlineData("page")]
    [InlineData("truncated")]
    public async Task Open_DamagedFile_SetsItAsideAndStartsAnew(string damage)
    {
        long revision = await FillAsync(200);
        Damage(damage);
        byte[] damaged = await File.ReadAllBytesAsync(DatabasePath);
        await using SqliteObjectStore store = Open();

        Assert.Null(store.Get(StoreFixture.Key("o0")));
        Assert.True(store.CurrentRevision > revision, "a revision of the lost database would be used twice");
        string aside = Assert.Single(Directory.GetFiles(_directory.Path, "storage.db.corrupt-*"), path => path.EndsWith('Z'));
        Assert.Equal(damaged, await File.ReadAllBytesAsync(aside));
        Assert.Contains(_logger.Lines, line => line.Id == 6001 && line.Text.Contains(aside, StringComparison.Ordinal));
        Assert.Equal(WriteOutcome.Done, (await PutAsync(store, "new")).Outcome);
    }

    [Fact]
    public async Task Open_SecondStoreOnTheDirectory_IsRefused()
    {
        await using SqliteObjectStore first = Open();
        StoreUnavailableException error = Assert.Throws<StoreUnavailableException>(() => Open());

        Assert.Contains("another process uses the storage", error.Message, StringComparison.Ordinal);
        Assert.Equal(WriteOutcome.Done, (await PutAsync(first, "still")).Outcome);
    }

    [Fact]
    public async Task Open_DatabaseLockedExclusively_SaysSo()
    {
        await FillAsync(1);
        using var other = new SqliteConnection($"Data Source={DatabasePath};Pooling=False");
        other.Open();
        SqliteDatabase.Execute(other, "PRAGMA locking_mode=EXCLUSIVE; BEGIN EXCLUSIVE");
        StoreUnavailableException error = Assert.Throws<StoreUnavailableException>(() => Open());

        Assert.Contains("locked by another process", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Write_DatabaseLockedForAWhile_FailsCleanlyAndRecovers()
    {
        await using SqliteObjectStore store = Open();
        await PutAsync(store, "before");
        using (var other = new SqliteConnection($"Data Source={DatabasePath};Pooling=False"))
        {
            other.Open();
            SqliteDatabase.Execute(other, "BEGIN IMMEDIATE");
            StoreUnavailableException error = await Assert.ThrowsAsync<StoreUnavailableException>(() => PutAsync(store, "during"));
            Assert.Contains("locked by another process", error.Message, StringComparison.Ordinal);
            Assert.NotNull(store.Get(StoreFixture.Key("before")));
            SqliteDatabase.Execute(other, "ROLLBACK");
        }

        Assert.Null(store.Get(StoreFixture.Key("during")));
        Assert.Equal(WriteOutcome.Done, (await PutAsync(store, "during")).Outcome);
    }

    [Fact]
    public void Open_DatabaseOfAnotherProgram_IsRefusedAndKept()
    {
        SqliteLibrary.Ensure();
        using (var other = new SqliteConnection($"Data Source={DatabasePath};Pooling=False"))
        {
            other.Open();
            SqliteDatabase.Execute(other, "CREATE TABLE mine(x); PRAGMA user_version=7");
        }

        Assert.Contains("schema version 7", Assert.Throws<StoreUnavailableException>(() => Open()).Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(_directory.Path, "*.corrupt-*"));
    }

    [Fact]
    public async Task Open_DatabaseOfTheFirstVersion_IsBroughtUpToDate()
    {
        await using (SqliteObjectStore young = Open())
        {
            await young.WriteAsync([Documents.Profile("a", "web"), Documents.Profile("b", "web", hash: "5f")], CancellationToken.None);
            await PutAsync(young, "thing");
        }

        using (var database = new SqliteConnection($"Data Source={DatabasePath};Pooling=False"))
        {
            database.Open();
            SqliteDatabase.Execute(database, FirstVersion);
        }

        Assert.Equal(3, SqliteBackup.Check(DatabasePath).Objects);
        await using SqliteObjectStore store = Open();
        Assert.Contains(new string('x', 500), StoreFixture.Text(store.Get(StoreFixture.Key("thing"))), StringComparison.Ordinal);
        Assert.Equal(["a"], Documents.ProfilesOf(store, "web"));
        Assert.Equal(["b"], Documents.ProfilesOf(store, "web", "5f"));
        Assert.Equal(WriteOutcome.Done, (await PutAsync(store, "new")).Outcome);
    }

    [Fact]
    public async Task Open_DatabaseOfAnOlderVersionThatCannotBeWritten_IsRead()
    {
        await FillAsync(3);
        using (var database = new SqliteConnection($"Data Source={DatabasePath};Pooling=False"))
        {
            database.Open();
            SqliteDatabase.Execute(database, FirstVersion);
            SqliteDatabase.Execute(database, "PRAGMA journal_mode=DELETE");
        }

        await using SqliteObjectStore store = OpenUnwritable();
        using ListSnapshot list = store.List(new ListRequest(StoreFixture.Resource, null, MetadataOnly: true));
        Assert.NotNull(store.ReadOnlyReason);
        Assert.Contains(new string('x', 500), StoreFixture.Text(store.Get(StoreFixture.Key("o1"))), StringComparison.Ordinal);
        Assert.Equal(["o0", "o1", "o2"], list.Objects.Select(item => item.Key.Name));
    }

    [Fact]
    public async Task Open_EmptyFile_IsANewDatabase()
    {
        await File.WriteAllBytesAsync(DatabasePath, []);
        await Open().DisposeAsync();

        Assert.Empty(_logger.Lines);
    }

    private SqliteObjectStore Open() =>
        SqliteObjectStore.Open(new StorageOptions { DataDirectory = _directory.Path }, _metrics, TimeProvider.System, _logger);

    // Root writes to what it may not: a directory in the lock's place stands for a disk that takes nothing.
    private SqliteObjectStore OpenUnwritable()
    {
        File.Delete(DatabasePath + ".lock");
        Directory.CreateDirectory(DatabasePath + ".lock");
        return Open();
    }

    private static Task<WriteResult> PutAsync(SqliteObjectStore store, string name)
    {
        ObjectKey key = StoreFixture.Key(name);
        return store.WriteAsync(new WriteRequest(key, 0, Documents.Template(key, new string('x', 500))), CancellationToken.None);
    }

    private async Task<long> FillAsync(int count)
    {
        await using SqliteObjectStore store = Open();
        for (int i = 0; i < count; i++)
        {
            await PutAsync(store, $"o{i}");
        }

        return store.CurrentRevision;
    }

    private void Damage(string how)
    {
        using FileStream file = File.OpenWrite(DatabasePath);
        switch (how)
        {
            case "garbage":
                file.Write(Encoding.ASCII.GetBytes(new string('#', 8192)));
                break;
            case "page":
                // The third page: a node of a tree, so that only the integrity check can find it.
                file.Position = 2 * 4096;
                file.Write(new byte[4096]);
                break;
            default:
                file.SetLength(file.Length / 2);
                break;
        }
    }
}
