// SPDX-License-Identifier: Apache-2.0
using System.Buffers;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using NodeAgent.Configuration;
using NodeAgent.Export.Metrics;

namespace NodeAgent.Operations;

/// <summary>/livez, /readyz and /metrics over plain HTTP.</summary>
internal sealed class OperationsServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private OperationsServer(WebApplication app, string address)
    {
        _app = app;
        Address = address;
    }

    /// <summary>Shape: ADDRESS:PORT as bound.</summary>
    public string Address { get; }

    /// <remarks>Errors: <see cref="ConfigurationException"/> when the address cannot be bound.</remarks>
    public static async Task<OperationsServer> StartAsync(string address, AgentHealth health, PrometheusExposition metrics, CancellationToken stop)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxConcurrentConnections = 64;
            kestrel.Limits.MaxRequestBodySize = 0;
            kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(5);
            kestrel.Listen(IPEndPoint.Parse(address));
        });
        builder.Services.AddLogging(logging => logging.ClearProviders());
        WebApplication app = builder.Build();
        app.Run(context => AnswerAsync(context, health, metrics));
        try
        {
            await app.StartAsync(stop).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            await app.DisposeAsync().ConfigureAwait(false);
            throw new ConfigurationException($"setting 'operations.address': cannot listen on {address}: {e.Message}");
        }

        string bound = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        return new OperationsServer(app, new Uri(bound).Authority);
    }

    public async ValueTask DisposeAsync()
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(1));
        await _app.StopAsync(deadline.Token).ConfigureAwait(false);
        await _app.DisposeAsync().ConfigureAwait(false);
    }

    private static Task AnswerAsync(HttpContext context, AgentHealth health, PrometheusExposition metrics)
    {
        if (!HttpMethods.IsGet(context.Request.Method) && !HttpMethods.IsHead(context.Request.Method))
        {
            return TextAsync(context, StatusCodes.Status405MethodNotAllowed, "only GET and HEAD\n");
        }

        return context.Request.Path.Value switch
        {
            "/livez" => health.IsAlive
                ? TextAsync(context, StatusCodes.Status200OK, "ok\n")
                : TextAsync(context, StatusCodes.Status503ServiceUnavailable, $"event loop stalled for {health.SinceLastBeat.TotalSeconds:0.0} s\n"),
            "/readyz" => health.NotReady.Count == 0
                ? TextAsync(context, StatusCodes.Status200OK, "ok\n")
                : TextAsync(context, StatusCodes.Status503ServiceUnavailable, NotReadyText(health)),
            "/metrics" => MetricsAsync(context, metrics),
            "/" => TextAsync(context, StatusCodes.Status200OK, "node-agent: /livez /readyz /metrics\n"),
            _ => TextAsync(context, StatusCodes.Status404NotFound, "not found\n"),
        };
    }

    private static string NotReadyText(AgentHealth health)
    {
        var text = new StringBuilder();
        foreach ((string part, string reason) in health.NotReady)
        {
            text.Append(part).Append(": ").Append(reason).Append('\n');
        }

        return text.ToString();
    }

    private static Task MetricsAsync(HttpContext context, PrometheusExposition metrics)
    {
        var body = new ArrayBufferWriter<byte>(16 << 10);
        metrics.Write(body);
        context.Response.ContentType = "text/plain; version=0.0.4; charset=utf-8";
        context.Response.ContentLength = body.WrittenCount;
        return HttpMethods.IsHead(context.Request.Method) ? Task.CompletedTask : context.Response.Body.WriteAsync(body.WrittenMemory).AsTask();
    }

    private static Task TextAsync(HttpContext context, int status, string text)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "text/plain; charset=utf-8";
        return HttpMethods.IsHead(context.Request.Method) ? Task.CompletedTask : context.Response.WriteAsync(text);
    }
}
