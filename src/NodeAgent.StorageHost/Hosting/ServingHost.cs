// SPDX-License-Identifier: Apache-2.0
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using NodeAgent.Configuration;
using NodeAgent.Export.Metrics;
using NodeAgent.Hosting;
using NodeAgent.Storage;
using NodeAgent.Storage.Security.Access;
using NodeAgent.StorageHost.Auditing;
using NodeAgent.StorageHost.Cluster;
using NodeAgent.StorageHost.Configuration;
using NodeAgent.StorageHost.Security;

namespace NodeAgent.StorageHost.Hosting;

/// <summary>The running program: starts its parts in order and stops them in the reverse one.</summary>
internal sealed class ServingHost : IAsyncDisposable
{
    private readonly PrometheusExposition _metrics;
    private readonly ClusterAccess? _cluster;
    private StorageServer? _server;

    private ServingHost(HostOptions options, ILogger logger)
    {
        // Before every meter: counters that are pushed have no history.
        _metrics = new PrometheusExposition(new MetricsOptions(), new BuildInfo(ProductVersion.Text, ProductVersion.Revision));
        try
        {
            _cluster = ClusterAccess.Find(options, logger);
        }
        catch
        {
            _metrics.Dispose();
            throw;
        }
    }

    /// <remarks>Errors: <see cref="ConfigurationException"/>, <see cref="Storage.Objects.StoreUnavailableException"/>; what was started is stopped again.</remarks>
    public static async Task<ServingHost> StartAsync(HostOptions options, ILoggerFactory loggers, CancellationToken stop)
    {
        ILogger logger = loggers.CreateLogger("NodeAgent.StorageHost");
        Log.Starting(logger, ProductVersion.Text, options.DataDirectory, options.Storage.ListenAddress);
        var host = new ServingHost(options, logger);
        try
        {
            options.Storage.StandAlone = host._cluster is null;
            options.Storage.Retention.Cluster = host._cluster?.Live;
            options.Storage.Access = host.Access(options, loggers, logger);
            host._server = await StorageServer.StartAsync(options.Storage, loggers, TimeProvider.System, stop).ConfigureAwait(false);
            return host;
        }
        catch (Exception e)
        {
            await host.DisposeAsync().ConfigureAwait(false);
            throw e switch
            {
                ArgumentException => new ConfigurationException(e.Message),
                IOException or SocketException => new ConfigurationException($"setting 'listen.address': cannot listen on {options.Storage.ListenAddress}: {e.Message}"),
                _ => e,
            };
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync().ConfigureAwait(false);
        }

        if (_cluster is not null)
        {
            await _cluster.DisposeAsync().ConfigureAwait(false);
        }

        _metrics.Dispose();
    }

    // In a cluster the cluster decides; a token of our own would be a way around it.
    private StorageAccess Access(HostOptions options, ILoggerFactory loggers, ILogger logger) => new()
    {
        OwnToken = _cluster is null,
        Tokens = _cluster?.Reviews,
        Reviewer = _cluster?.Reviews,
        Trust = _cluster is { } cluster ? () => cluster.Trust.Current : LocalAccess.Trust(options, logger),
        Rules = _cluster is null ? LocalAccess.Rules(options, logger) : null,
        NotReady = _cluster is null ? null : () => _cluster.Trust.NotReady,
        Times = new AccessTimes
        {
            Token = options.TokenTime,
            RefusedToken = options.RefusedTokenTime,
            Allowed = options.AllowedTime,
            Denied = options.DeniedTime,
            Size = options.CacheSize,
        },
        Metrics = _metrics.Write,
        Audit = AuditFile.Open(options, loggers),
    };
}
