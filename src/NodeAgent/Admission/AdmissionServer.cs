// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using NodeAgent.Configuration;
using NodeAgent.Files;
using NodeAgent.Operations;

namespace NodeAgent.Admission;

/// <summary>The endpoint that the API server asks about requests: HTTPS, with a certificate that is followed.</summary>
internal sealed class AdmissionServer : IAsyncDisposable
{
    // An API server keeps a connection or two; each replica of it asks for itself.
    private const int MostConnections = 256;
    private const int MostStreams = 256;
    private const string ClientPurpose = "1.3.6.1.5.5.7.3.2";
    private static readonly TimeSpan HandshakeTimeout = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan HeaderTimeout = TimeSpan.FromSeconds(5);

    private readonly ListeningApp _app;

    private AdmissionServer(ListeningApp app) => _app = app;

    /// <summary>Shape: ADDRESS:PORT as bound.</summary>
    public string Address => _app.Address;

    /// <param name="settings">With an address.</param>
    /// <remarks>Errors: <see cref="ConfigurationException"/> when files cannot be used or the address cannot be bound.</remarks>
    public static async Task<AdmissionServer> StartAsync(AdmissionSettings settings, AdmissionFeed feed, ILogger logger, TimeProvider time, CancellationToken stop)
    {
        FollowedFiles<SslStreamCertificateContext> certificate = Follow(
            "admission.certFile", [Needed("admission.certFile", settings.CertFile), Needed("admission.keyFile", settings.KeyFile)], texts => PemCertificates.Server(texts[0], texts[1]), logger, time);
        FollowedFiles<X509Certificate2Collection>? callers = settings.ClientCaFile.Length == 0
            ? null
            : Follow("admission.clientCaFile", [settings.ClientCaFile], texts => PemCertificates.Authorities(texts[0]), logger, time);
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel => Configure(
            kestrel, settings.Address, () => Handshake(certificate.Current, callers?.Current, feed.Metrics)));
        builder.Services.AddLogging(logging => logging.ClearProviders());
        WebApplication app = builder.Build();
        app.Run(new AdmissionHandler(feed).HandleAsync);
        return new AdmissionServer(await ListeningApp.StartAsync(app, "admission.address", settings.Address, stop).ConfigureAwait(false));
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private static void Configure(KestrelServerOptions kestrel, string address, Func<SslServerAuthenticationOptions> handshake)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxConcurrentConnections = MostConnections;
        kestrel.Limits.MaxRequestBodySize = null; // the handler counts
        kestrel.Limits.RequestHeadersTimeout = HeaderTimeout;
        kestrel.Limits.Http2.MaxStreamsPerConnection = MostStreams;
        kestrel.Listen(IPEndPoint.Parse(address), listen =>
        {
            listen.Protocols = HttpProtocols.Http1AndHttp2;
            listen.UseHttps(new TlsHandshakeCallbackOptions { HandshakeTimeout = HandshakeTimeout, OnConnection = _ => ValueTask.FromResult(handshake()) });
        });
    }

    /// <param name="callers">Null = everybody is heard.</param>
    private static SslServerAuthenticationOptions Handshake(SslStreamCertificateContext certificate, X509Certificate2Collection? callers, AdmissionMetrics metrics)
    {
        SslServerAuthenticationOptions tls = ServerTls.Options(certificate);
        if (callers is not null)
        {
            tls.ClientCertificateRequired = true;
            tls.CertificateChainPolicy = ServerTls.CallerPolicy();
            tls.CertificateChainPolicy.CustomTrustStore.AddRange(callers);
            tls.CertificateChainPolicy.ApplicationPolicy.Add(new Oid(ClientPurpose));
            tls.RemoteCertificateValidationCallback = (_, caller, _, errors) => IsKnown(caller is not null && errors == SslPolicyErrors.None, metrics);
        }

        return tls;
    }

    private static bool IsKnown(bool isKnown, AdmissionMetrics metrics)
    {
        if (!isKnown)
        {
            metrics.CountStranger();
        }

        return isKnown;
    }

    private static string Needed(string key, string value) =>
        value.Length > 0 ? value : throw new ConfigurationException($"setting '{key}': needed, since admission.address is set: the API server asks over TLS only");

    private static FollowedFiles<T> Follow<T>(string key, IReadOnlyList<string> paths, Func<IReadOnlyList<string>, T> read, ILogger logger, TimeProvider time)
        where T : class
    {
        try
        {
            return new FollowedFiles<T>(paths, read, time, new FileReports(files => Log.FilesReloaded(logger, files), (files, reason) => Log.FilesUnusable(logger, files, reason)));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or FormatException or CryptographicException or ArgumentException)
        {
            throw new ConfigurationException($"setting '{key}': {string.Join(", ", paths)}: {error.Message}");
        }
    }
}
