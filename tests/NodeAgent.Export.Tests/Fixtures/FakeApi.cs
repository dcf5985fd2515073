// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using NodeAgent.Export.Storage;

namespace NodeAgent.Export.Tests.Fixtures;

/// <summary>A small API server on loopback that keeps objects with versions, and misbehaves when told to.</summary>
internal sealed class FakeApi : IAsyncDisposable
{
    public const string Prefix = "/apis/spdx.softwarecomposition.kubescape.io/v1beta1/";
    private readonly WebApplication _app;
    private readonly Lock _lock = new();
    private readonly Dictionary<string, JsonObject> _objects = [];
    private long _version = 100;

    private FakeApi(WebApplication app) => _app = app;

    public ConcurrentQueue<string> Requests { get; } = new();

    /// <summary>Runs before the server's own answer; true = it has answered.</summary>
    public Func<HttpContext, Task<bool>> Interceptor { get; set; } = _ => Task.FromResult(false);

    public Uri Server => new(_app.Urls.Single());

    public StorageConnection Connection => new() { Server = Server, Timeout = TimeSpan.FromSeconds(10) };

    public static async Task<FakeApi> StartAsync(X509Certificate2? certificate = null)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen =>
        {
            if (certificate is not null)
            {
                listen.UseHttps(certificate);
            }
        }));
        var api = new FakeApi(builder.Build());
        api._app.Run(api.AnswerAsync);
        await api._app.StartAsync();
        return api;
    }

    public static Task Status(HttpContext http, int code, string reason, string message = "told to fail") =>
        Json(http, code, $$"""{"kind":"Status","apiVersion":"v1","status":"Failure","reason":"{{reason}}","message":"{{message}}","code":{{code}}}""");

    public static Task Json(HttpContext http, int code, string json)
    {
        http.Response.StatusCode = code;
        http.Response.ContentType = "application/json";
        return http.Response.WriteAsync(json);
    }

    public JsonObject? Find(string path)
    {
        lock (_lock)
        {
            return (JsonObject?)_objects.GetValueOrDefault(path)?.DeepClone();
        }
    }

    /// <summary>Writes an object behind the client's back.</summary>
    public void Touch(string path, string json = "{\"metadata\":{}}")
    {
        lock (_lock)
        {
            Store(path, (JsonObject)JsonNode.Parse(json)!);
        }
    }

    public void Remove(string path)
    {
        lock (_lock)
        {
            _objects.Remove(path);
        }
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private async Task AnswerAsync(HttpContext http)
    {
        Requests.Enqueue($"{http.Request.Method} {http.Request.Path}{http.Request.QueryString}");
        if (await Interceptor(http))
        {
            return;
        }

        string path = http.Request.Path.Value![Prefix.Length..];
        using var body = new StreamReader(http.Request.Body, Encoding.UTF8);
        string json = await body.ReadToEndAsync();
        (int code, string answer) = Handle(http.Request.Method, path, json);
        await Json(http, code, answer);
    }

    private (int Code, string Json) Handle(string method, string path, string json)
    {
        lock (_lock)
        {
            JsonObject? there = _objects.GetValueOrDefault(path);
            switch (method)
            {
                case "POST":
                    var created = (JsonObject)JsonNode.Parse(json)!;
                    string full = path + "/" + created["metadata"]!["name"];
                    return _objects.ContainsKey(full) || created["metadata"]!["resourceVersion"] is not null
                        ? (409, "{\"kind\":\"Status\",\"reason\":\"AlreadyExists\",\"message\":\"exists\",\"code\":409}")
                        : (201, Store(full, created));
                case "PUT" when there is not null:
                    var updated = (JsonObject)JsonNode.Parse(json)!;
                    return (string?)updated["metadata"]!["resourceVersion"] == (string?)there["metadata"]!["resourceVersion"]
                        ? (200, Store(path, updated))
                        : (409, "{\"kind\":\"Status\",\"reason\":\"Conflict\",\"message\":\"conflict\",\"code\":409}");
                case "GET" when there is not null:
                    return (200, there.ToJsonString());
                case "DELETE" when there is not null:
                    _objects.Remove(path);
                    return (200, "{\"kind\":\"Status\",\"status\":\"Success\"}");
                default:
                    return (404, "{\"kind\":\"Status\",\"reason\":\"NotFound\",\"message\":\"not found\",\"code\":404}");
            }
        }
    }

    private string Store(string path, JsonObject item)
    {
        item["metadata"]!["resourceVersion"] = (++_version).ToString(null, null);
        _objects[path] = item;
        return item.ToJsonString();
    }
}
