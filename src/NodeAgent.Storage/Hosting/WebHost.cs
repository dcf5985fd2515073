// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using NodeAgent.Files;
using NodeAgent.Storage.Security;
using NodeAgent.Storage.Security.Access;

namespace NodeAgent.Storage.Hosting;

/// <summary>Kestrel with TLS and limits, and nothing that reads files or environment of the process it lives in.</summary>
internal static class WebHost
{
    private const int MaxHeaderBytes = 32 << 10;
    private const int MaxHeaderCount = 64;
    private const int MaxRequestLineBytes = 8 << 10;

    // kubectl keeps one connection and a stream for each watch.
    private const int MaxStreams = 256;
    private const long DrainedBytes = 256 << 20; // and for 5 s at most, as the server does it

    private static readonly TimeSpan HeaderTimeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan HandshakeTimeout = TimeSpan.FromSeconds(15);

    public static WebApplication Build(StorageOptions options, ServerCertificates certificates, PresentedCertificates clients, StorageMetrics metrics, ILoggerFactory loggers, RequestDelegate handler)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration();
        var gate = new ConnectionGate(options.MaxConnections, metrics);
        builder.WebHost.ConfigureKestrel(kestrel => Configure(kestrel, options, certificates, clients, gate));
        builder.Services.Replace(ServiceDescriptor.Singleton(loggers));
        builder.Services.Replace(ServiceDescriptor.Singleton<IHostLifetime, NoLifetime>());
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = options.StopTimeout);
        WebApplication web = builder.Build();
        web.Run(handler);
        return web;
    }

    private static void Configure(KestrelServerOptions kestrel, StorageOptions options, ServerCertificates certificates, PresentedCertificates clients, ConnectionGate gate)
    {
        kestrel.AddServerHeader = false;

        // The gate bounds both sorts; this, those that are still ending.
        kestrel.Limits.MaxConcurrentConnections = options.MaxConnections + (2 * ConnectionGate.MaxNewcomers);
        kestrel.Limits.MaxRequestHeaderCount = MaxHeaderCount;
        kestrel.Limits.MaxRequestHeadersTotalSize = MaxHeaderBytes;
        kestrel.Limits.MaxRequestLineSize = MaxRequestLineBytes;
        kestrel.Limits.RequestHeadersTimeout = HeaderTimeout;
        kestrel.Limits.Http2.MaxStreamsPerConnection = MaxStreams;

        // The handlers hold the limit. What is longer is read to its end and dropped by the server: a client that still
        // writes when the connection closes would see a broken pipe instead of the answer.
        kestrel.Limits.MaxRequestBodySize = options.MaxRequestBodyBytes + DrainedBytes;
        kestrel.Listen(IPEndPoint.Parse(options.ListenAddress), listen =>
        {
            listen.Protocols = HttpProtocols.Http1AndHttp2;
            listen.Use(next => connection => gate.EnterAsync(connection, next));
            listen.UseHttps(new TlsHandshakeCallbackOptions
            {
                HandshakeTimeout = HandshakeTimeout,
                OnConnection = _ => ValueTask.FromResult(Handshake(certificates.Current, options.Access.Trust is null ? null : clients)),
            });
        });
    }

    // A client certificate is asked for, not demanded: what it is worth is found out with each request.
    private static SslServerAuthenticationOptions Handshake(SslStreamCertificateContext certificate, PresentedCertificates? clients)
    {
        SslServerAuthenticationOptions tls = ServerTls.Options(certificate);
        if (clients is not null)
        {
            tls.ClientCertificateRequired = true;
            tls.CertificateChainPolicy = ServerTls.CallerPolicy();
            tls.RemoteCertificateValidationCallback = (_, certificate, chain, _) => certificate is not X509Certificate2 presented || clients.Take(presented, chain);
        }

        return tls;
    }

    /// <summary>The agent owns the process and its signals, not this server.</summary>
    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
