// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using NodeAgent.Storage.Objects;
using NodeAgent.Storage.Tests.Engines;

namespace NodeAgent.Storage.Tests;

/// <summary>A store of its own for a test, on an empty database of an engine.</summary>
internal sealed class StoreFixture : IAsyncDisposable
{
    public const string Resource = "things.example.org";

    private readonly TemporaryDirectory _directory = new();
    private readonly StorageMetrics _metrics = new();
    private readonly TestEngine _engine;
    private readonly ILogger _logger;

    private StoreFixture(TestEngine engine, ILogger? logger)
    {
        _engine = engine;
        _logger = logger ?? NullLogger.Instance;
        Options = new StorageOptions { DataDirectory = _directory.Path };
    }

    public StorageOptions Options { get; }

    public IObjectStore Store { get; private set; } = null!;

    public static async Task<StoreFixture> StartAsync(TestEngine engine, Action<StorageOptions>? configure = null, ILogger? logger = null)
    {
        var fixture = new StoreFixture(engine, logger);
        configure?.Invoke(fixture.Options);
        await engine.PrepareAsync(fixture.Options);
        fixture.Store = await fixture.OpenAsync();
        return fixture;
    }

    public static ObjectKey Key(string name, string objectNamespace = "default") => new(Resource, objectNamespace, name);

    public static string Text(StoredObject? stored) => Encoding.UTF8.GetString(stored!.Body.Span);

    public Task<WriteResult> PutAsync(string name, long expected, string content = "x", string objectNamespace = "default") =>
        PutAsync(Store, name, expected, content, objectNamespace);

    public static Task<WriteResult> PutAsync(IObjectStore store, string name, long expected, string content = "x", string objectNamespace = "default")
    {
        ObjectKey key = Key(name, objectNamespace);
        return store.WriteAsync(new WriteRequest(key, expected, Documents.Template(key, content)), CancellationToken.None);
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
        Store = await OpenAsync();
    }

    /// <summary>Another store on the same database; the caller disposes it.</summary>
    public async Task<IObjectStore> OpenAsync() =>
        (await StorageEngine.OpenAsync(Options, _metrics, TimeProvider.System, _logger, CancellationToken.None)).Store;

    public async ValueTask DisposeAsync()
    {
        await Store.DisposeAsync();
        await _engine.ReleaseAsync(Options);
        _metrics.Dispose();
        _directory.Dispose();
    }
}
