// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging;
using NodeAgent.Storage.Consolidation;
using NodeAgent.Storage.Discovery;
using NodeAgent.Storage.Hosting;
using NodeAgent.Storage.Objects;
using NodeAgent.Storage.OpenApi;
using NodeAgent.Storage.Requests;
using NodeAgent.Storage.Resources;
using NodeAgent.Storage.Security;
using NodeAgent.Storage.Sqlite;

namespace NodeAgent.Storage;

/// <summary>The storage inside an agent: the database and its Kubernetes API on a loopback address.</summary>
/// <remarks>Threads: any. Dispose takes at most about three seconds: requests under way end, accepted writes are carried out.</remarks>
public sealed class StorageServer : IAsyncDisposable
{
    private static readonly TimeSpan RenewalInterval = TimeSpan.FromHours(1);

    private readonly StorageOptions _options;
    private readonly SqliteObjectStore _store;
    private readonly Credentials _credentials;
    private readonly StorageMetrics _metrics;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stopping = new();
    private readonly WebApplication _web;
    private ITimer? _renewal;
    private int _disposed;

    private StorageServer(StorageOptions options, SqliteObjectStore store, Credentials credentials, StorageMetrics metrics, ILoggerFactory loggers, TimeProvider time)
    {
        _options = options;
        _store = store;
        _credentials = credentials;
        _metrics = metrics;
        _logger = loggers.CreateLogger<StorageServer>();
        Address = new Uri("https://localhost");
        _web = WebHost.Build(options, credentials, loggers, Dispatcher(time).HandleAsync);
    }

    /// <summary>Shape: <c>https://127.0.0.1:PORT</c>, with the port that is really listened on.</summary>
    public Uri Address { get; private set; }

    /// <summary>Authority of the server's certificate, without its key. The caller disposes it.</summary>
    public X509Certificate2 CaCertificate => X509CertificateLoader.LoadCertificate(_credentials.Authority.RawData);

    /// <summary>For the header <c>Authorization: Bearer</c>.</summary>
    public string Token => _credentials.Token;

    public string KubeconfigPath => Path.Combine(_options.DataDirectory, "kubeconfig");

    /// <summary>Why writes are refused; null when they are not.</summary>
    public string? ReadOnlyReason => _store.ReadOnlyReason;

    /// <exception cref="StoreUnavailableException">The data directory is in use by another process, or holds no database and takes none.</exception>
    /// <exception cref="IOException">The address is in use.</exception>
    /// <exception cref="ArgumentException">An option is wrong; the message names its key.</exception>
    public static async Task<StorageServer> StartAsync(StorageOptions options, ILoggerFactory loggers, TimeProvider time, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(loggers);
        ArgumentNullException.ThrowIfNull(time);
        options.Validate();
        ILogger logger = loggers.CreateLogger<StorageServer>();
        CreateDataDirectory(options.DataDirectory);
        var metrics = new StorageMetrics();
        SqliteObjectStore? store = null;
        try
        {
            store = await Task.Run(() => SqliteObjectStore.Open(options, metrics, time, logger), cancellationToken);
            var server = new StorageServer(options, store, Credentials.Load(options.DataDirectory, time, logger), metrics, loggers, time);
            try
            {
                await server.ListenAsync(time, cancellationToken);
                return server;
            }
            catch
            {
                store = null;
                await server.DisposeAsync();
                throw;
            }
        }
        catch
        {
            if (store is not null)
            {
                await store.DisposeAsync();
                metrics.Dispose();
            }

            throw;
        }
    }

    /// <summary>A client that trusts this server only and carries its token.</summary>
    public HttpClient CreateClient() => StorageClient.Create(Address, CaCertificate, Token);

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        if (_renewal is not null)
        {
            await _renewal.DisposeAsync();
        }

        // Watches end first: they would hold the stop up to its timeout.
        await _stopping.CancelAsync();
        using (var timeout = new CancellationTokenSource(_options.StopTimeout))
        {
            await _web.StopAsync(timeout.Token);
        }

        await _web.DisposeAsync();
        long revision = _store.CurrentRevision;
        await _store.DisposeAsync();
        _credentials.Dispose();
        _metrics.Dispose();
        _stopping.Dispose();
        Log.Stopped(_logger, revision);
    }

    private static void CreateDataDirectory(string path)
    {
        try
        {
            PrivateFile.CreateDirectory(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new StoreUnavailableException($"cannot create the data directory {path}: {error.Message}", error);
        }
    }

    private async Task ListenAsync(TimeProvider time, CancellationToken cancellationToken)
    {
        await _web.StartAsync(cancellationToken);
        Address = new Uri(_web.Urls.First());
        WriteKubeconfig();
        string database = Path.Combine(_options.DataDirectory, SqliteDatabase.FileName);
        _metrics.Observe(() => _store.CurrentRevision, () => _store.Events.WatcherCount, () => new FileInfo(database) is { Exists: true } file ? file.Length : 0);
        _renewal = time.CreateTimer(_ => Renew(), null, RenewalInterval, RenewalInterval);
        if (_store.ReadOnlyReason is { } reason)
        {
            Log.ReadOnly(_logger, reason);
        }

        Log.Started(_logger, Address.ToString(), KubeconfigPath, database, _store.CurrentRevision);
    }

    private void Renew()
    {
        try
        {
            if (_credentials.Renew())
            {
                WriteKubeconfig();
            }
        }
        catch (Exception error)
        {
            // A timer's exception would end the process; the next hour tries again.
            Log.RenewalFailed(_logger, error.Message);
        }
    }

    private void WriteKubeconfig()
    {
        try
        {
            PrivateFile.Write(KubeconfigPath, Kubeconfig.Render(Address.GetLeftPart(UriPartial.Authority), _credentials.AuthorityPem, _credentials.Token));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            Log.CredentialsNotStored(_logger, KubeconfigPath, error.Message);
        }
    }

    private ApiDispatcher Dispatcher(TimeProvider time)
    {
        var sources = new ObjectSources(_store, time);
        var workloads = new WorkloadProfiles(_store, time);
        var mutations = new ObjectMutations(_store, new FollowedWrites(_store, workloads), time);
        return new ApiDispatcher(
            new DiscoveryHandler(new OpenApiDocuments()),
            new ReadHandler(sources, _store, time),
            new WatchHandler(_store, sources, _options, _metrics, time, _stopping.Token),
            new WriteHandler(mutations, new ChunkConsolidator(_store, workloads, _metrics, time), _options, time),
            new DeleteHandler(mutations, _store, _options, time),
            new HealthHandler(_store),
            new BearerToken(_credentials.Token),
            _options,
            _metrics,
            _logger);
    }
}
