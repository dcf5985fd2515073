// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using System.IO.Compression;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace NodeAgent.Export.Tests.Fixtures;

/// <summary>A request as a receiver got it, its body unpacked.</summary>
internal sealed record ReceivedRequest(string Method, string Path, IReadOnlyDictionary<string, string> Headers, byte[] Body)
{
    public string Text => System.Text.Encoding.UTF8.GetString(Body);
}

/// <summary>An HTTP receiver on loopback that keeps what it gets, answers as it is told, and can be stopped and started on its port.</summary>
internal sealed class Receiver : IAsyncDisposable
{
    private readonly int _port;
    private readonly X509Certificate2? _certificate;
    private readonly bool _asksForCertificate;
    private WebApplication? _app;

    private Receiver(int port, X509Certificate2? certificate, bool asksForCertificate)
    {
        _port = port;
        _certificate = certificate;
        _asksForCertificate = asksForCertificate;
    }

    public ConcurrentQueue<ReceivedRequest> Requests { get; } = new();

    /// <summary>Those that were answered with 2xx.</summary>
    public ConcurrentQueue<ReceivedRequest> Taken { get; } = new();

    public Func<HttpContext, ReceivedRequest, Task> Answer { get; set; } = (http, _) =>
    {
        http.Response.StatusCode = 200;
        return Task.CompletedTask;
    };

    public Uri Url => new($"{(_certificate is null ? "http" : "https")}://127.0.0.1:{_port}/hook");

    public static async Task<Receiver> StartAsync(X509Certificate2? certificate = null, bool asksForCertificate = false)
    {
        var receiver = new Receiver(ServerProcess.FreePort(), certificate, asksForCertificate);
        await receiver.StartAgainAsync();
        return receiver;
    }

    public static Func<HttpContext, ReceivedRequest, Task> Status(int code, string body = "", params (string Name, string Value)[] headers) => async (http, _) =>
    {
        http.Response.StatusCode = code;
        foreach ((string name, string value) in headers)
        {
            http.Response.Headers[name] = value;
        }

        await http.Response.WriteAsync(body);
    };

    public async Task StartAgainAsync()
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.UseShutdownTimeout(TimeSpan.FromMilliseconds(100));
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, _port, listen =>
        {
            if (_certificate is not null)
            {
                listen.UseHttps(_certificate, https =>
                {
                    https.ClientCertificateMode = _asksForCertificate ? Microsoft.AspNetCore.Server.Kestrel.Https.ClientCertificateMode.RequireCertificate : Microsoft.AspNetCore.Server.Kestrel.Https.ClientCertificateMode.NoCertificate;
                    https.ClientCertificateValidation = (_, _, _) => true;
                });
            }
        }));
        _app = builder.Build();
        _app.Run(TakeAsync);
        await _app.StartAsync();
    }

    public async Task StopAsync()
    {
        if (_app is { } app)
        {
            _app = null;
            await app.StopAsync();
            await app.DisposeAsync();
        }
    }

    public async ValueTask DisposeAsync() => await StopAsync();

    private async Task TakeAsync(HttpContext http)
    {
        using var body = new MemoryStream();
        Stream sent = http.Request.Headers.ContentEncoding == "gzip" ? new GZipStream(http.Request.Body, CompressionMode.Decompress) : http.Request.Body;
        await sent.CopyToAsync(body);
        var request = new ReceivedRequest(
            http.Request.Method, http.Request.Path + http.Request.QueryString, http.Request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase), body.ToArray());
        Requests.Enqueue(request);
        await Answer(http, request);
        if (http.Response.StatusCode is >= 200 and < 300)
        {
            Taken.Enqueue(request);
        }
    }
}
