// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace NodeAgent.TestSupport.Kubernetes;

/// <summary>Kestrel over TLS on loopback, HTTP/2 and HTTP/1.1; takes client certificates and leaves it to the handler what they are worth.</summary>
public sealed class TestHttpsServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly X509Certificate2 _certificate;

    private TestHttpsServer(WebApplication app, X509Certificate2 certificate)
    {
        _app = app;
        _certificate = certificate;
        Address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
    }

    /// <summary>Shape: <c>https://127.0.0.1:PORT</c>.</summary>
    public string Address { get; }

    /// <param name="port">0 = any free one; another is that of a server that is to come back.</param>
    public static async Task<TestHttpsServer> StartAsync(TestAuthority authority, RequestDelegate handler, int port = 0, string name = "localhost")
    {
        ArgumentNullException.ThrowIfNull(authority);
        X509Certificate2 certificate = authority.Server(name);
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, port, listen =>
        {
            listen.Protocols = HttpProtocols.Http1AndHttp2;
            listen.UseHttps(new HttpsConnectionAdapterOptions
            {
                ServerCertificate = certificate,
                ClientCertificateMode = ClientCertificateMode.AllowCertificate,
                ClientCertificateValidation = (_, _, _) => true,
            });
        }));
        builder.Services.AddLogging(logging => logging.ClearProviders());
        WebApplication app = builder.Build();
        app.Run(handler);
        await app.StartAsync();
        return new TestHttpsServer(app, certificate);
    }

    public async ValueTask DisposeAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));
        await _app.StopAsync(limit.Token);
        await _app.DisposeAsync();
        _certificate.Dispose();
    }
}
