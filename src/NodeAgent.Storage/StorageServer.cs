// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging;
using NodeAgent.Storage.Auditing;
using NodeAgent.Storage.Collection;
using NodeAgent.Storage.Consolidation;
using NodeAgent.Storage.Discovery;
using NodeAgent.Storage.Hosting;
using NodeAgent.Storage.Objects;
using NodeAgent.Storage.OpenApi;
using NodeAgent.Storage.Requests;
using NodeAgent.Storage.Resources;
using NodeAgent.Storage.Security;
using NodeAgent.Storage.Security.Access;

namespace NodeAgent.Storage;

/// <summary>The storage inside an agent: the database and its Kubernetes API on a loopback address.</summary>
/// <remarks>Threads: any. Dispose takes at most about three seconds: requests under way end, accepted writes are carried out.</remarks>
public sealed class StorageServer : IAsyncDisposable
{
    private static readonly TimeSpan RenewalInterval = TimeSpan.FromHours(1);

    private readonly StorageOptions _options;
    private readonly StorageEngine _engine;
    private readonly IObjectStore _store;
    private readonly Credentials _credentials;
    private readonly StorageMetrics _metrics;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stopping = new();
    private readonly WebApplication _web;
    private readonly PresentedCertificates _clients;
    private readonly AuditLog? _audit;
    private readonly Collectors _collectors;
    private readonly ObjectQuotas _quotas;
    private ITimer? _renewal;
    private int _disposed;

    private StorageServer(StorageOptions options, StorageEngine engine, Credentials credentials, StorageMetrics metrics, ILoggerFactory loggers, TimeProvider time)
    {
        _options = options;
        _engine = engine;
        _store = engine.Store;
        _credentials = credentials;
        _metrics = metrics;
        _logger = loggers.CreateLogger<StorageServer>();
        Address = new Uri("https://localhost");
        _clients = new PresentedCertificates(time);
        ServerCertificates certificates = ServerCertificates.Load(options, credentials, time, _logger);
        _audit = options.Access.Audit is { } sink ? new AuditLog(sink, metrics, time) : null;
        var served = new ServedResources(options.StandAlone);
        var workloads = new WorkloadProfiles(_store, time);
        _quotas = new ObjectQuotas(_store, options.Retention.Quotas);
        var mutations = new ObjectMutations(_store, new FollowedWrites(_store, workloads), _quotas, time);
        _collectors = new Collectors(_store, served, mutations, options, metrics, _logger, time);
        _web = WebHost.Build(options, certificates, _clients, metrics, loggers, Dispatcher(served, workloads, mutations, time).HandleAsync);
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
        StorageEngine? engine = null;
        try
        {
            engine = await StorageEngine.OpenAsync(options, metrics, time, logger, cancellationToken);
            var server = new StorageServer(options, engine, Credentials.Load(options.DataDirectory, time, logger), metrics, loggers, time);
            try
            {
                await server.ListenAsync(time, cancellationToken);
                return server;
            }
            catch
            {
                engine = null;
                await server.DisposeAsync();
                throw;
            }
        }
        catch
        {
            if (engine is not null)
            {
                await engine.Store.DisposeAsync();
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
        if (_audit is not null)
        {
            await _audit.DisposeAsync();
        }

        await _collectors.DisposeAsync();
        _quotas.Dispose();
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
        _metrics.Observe(() => _store.CurrentRevision, () => _store.Events.WatcherCount, _engine.SizeBytes);
        _collectors.Start();
        _renewal = time.CreateTimer(_ => Renew(), null, RenewalInterval, RenewalInterval);
        if (_store.ReadOnlyReason is { } reason)
        {
            Log.ReadOnly(_logger, reason);
        }

        Log.Started(_logger, Address.ToString(), _options.Access.OwnToken ? KubeconfigPath : "none", _engine.Description, _store.CurrentRevision);
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
        if (!_options.Access.OwnToken)
        {
            return;
        }

        try
        {
            PrivateFile.Write(KubeconfigPath, Kubeconfig.Render(Address.GetLeftPart(UriPartial.Authority), _credentials.AuthorityPem, _credentials.Token));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            Log.CredentialsNotStored(_logger, KubeconfigPath, error.Message);
        }
    }

    private ApiDispatcher Dispatcher(ServedResources served, WorkloadProfiles workloads, ObjectMutations mutations, TimeProvider time)
    {
        var documents = new DiscoveryDocuments(served);
        var sources = new ObjectSources(_store, time);
        return new ApiDispatcher(
            served,
            documents,
            new DiscoveryHandler(documents, new OpenApiDocuments(served)),
            new ReadHandler(sources, _store, time),
            new WatchHandler(_store, sources, _options, _metrics, time, _stopping.Token),
            new WriteHandler(mutations, new ApplyHandler(mutations, _store, _options, time), new ChunkConsolidator(_store, workloads, _quotas, _metrics, time), _options, time),
            new DeleteHandler(mutations, _store, _options, time),
            new HealthHandler(_store, _options.Access.NotReady),
            new CallerAuthentication(_options.Access, _options.Access.OwnToken ? new BearerToken(_credentials.Token) : null, _clients, _metrics, time),
            new CallerRights(_options.Access, _metrics, time),
            _audit,
            _options,
            _metrics,
            _logger);
    }
}
