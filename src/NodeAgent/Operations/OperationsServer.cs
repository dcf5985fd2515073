// SPDX-License-Identifier: Apache-2.0
using System.Buffers;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using NodeAgent.Configuration;
using NodeAgent.Export.Metrics;

namespace NodeAgent.Operations;

/// <summary>/livez, /readyz and /metrics over plain HTTP.</summary>
internal sealed class OperationsServer : IAsyncDisposable
{
    private readonly ListeningApp _app;

    private OperationsServer(ListeningApp app) => _app = app;

    /// <summary>Shape: ADDRESS:PORT as bound.</summary>
    public string Address => _app.Address;

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
        return new OperationsServer(await ListeningApp.StartAsync(app, "operations.address", address, stop).ConfigureAwait(false));
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

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
