// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using NodeAgent.Storage.Objects;
using NodeAgent.Storage.Sqlite;

namespace NodeAgent.Storage.Tests;

/// <summary>A store of its own for a test.</summary>
internal sealed class StoreFixture : IAsyncDisposable
{
    public const string Resource = "things.example.org";

    private readonly TemporaryDirectory _directory = new();
    private readonly StorageMetrics _metrics = new();

    public StoreFixture(Action<StorageOptions>? configure = null)
    {
        Options = new StorageOptions { DataDirectory = _directory.Path };
        configure?.Invoke(Options);
        Store = Open();
    }

    public StorageOptions Options { get; }

    public SqliteObjectStore Store { get; private set; }

    public static ObjectKey Key(string name, string objectNamespace = "default") => new(Resource, objectNamespace, name);

    public static string Text(StoredObject? stored) => Encoding.UTF8.GetString(stored!.Body.Span);

    public Task<WriteResult> PutAsync(string name, long expected, string content = "x", string objectNamespace = "default")
    {
        ObjectKey key = Key(name, objectNamespace);
        return Store.WriteAsync(new WriteRequest(key, expected, Documents.Template(key, content)), CancellationToken.None);
    }

    public Task<WriteResult> DeleteAsync(string name, long expected) => Store.WriteAsync(new WriteRequest(Key(name), expected, null), CancellationToken.None);

    public List<StoredObject> List(string? objectNamespace = null, long? revision = null, ListPosition? after = null)
    {
        using ListSnapshot snapshot = Store.List(new ListRequest(Resource, objectNamespace, after, revision));
        return [.. snapshot.Objects];
    }

    public async Task ReopenAsync()
    {
        await Store.DisposeAsync();
        Store = Open();
    }

    public async ValueTask DisposeAsync()
    {
        await Store.DisposeAsync();
        _metrics.Dispose();
        _directory.Dispose();
    }

    private SqliteObjectStore Open() => SqliteObjectStore.Open(Options, _metrics, TimeProvider.System, NullLogger.Instance);
}
