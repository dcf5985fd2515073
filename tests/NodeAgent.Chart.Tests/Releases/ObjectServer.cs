// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;

namespace NodeAgent.Chart.Tests.Releases;

/// <summary>
/// Keeps what helm installs and hands it out again, so that its own order and its look-ups are seen. It is no API server: it knows the chart's
/// kinds, selects by labels and merges patches, and checks nothing.
/// </summary>
internal sealed class ObjectServer : IDisposable
{
    private readonly HttpListener _listener = new();
    private readonly ConcurrentDictionary<string, JsonObject> _objects = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<string> _deleted = [];
    private readonly ConcurrentDictionary<string, byte> _read = new(StringComparer.Ordinal);
    private readonly Task _serving;
    private long _version;

    public ObjectServer()
    {
        for (int attempt = 0; ; attempt++)
        {
            // HttpListener takes no port 0; below those that the kernel gives away.
            Address = $"http://127.0.0.1:{Random.Shared.Next(20_000, 32_000)}/";
            _listener.Prefixes.Clear();
            _listener.Prefixes.Add(Address);
            try
            {
                _listener.Start();
                break;
            }
            catch (HttpListenerException) when (attempt < 50)
            {
                // Somebody else's.
            }
        }

        _serving = ServeAsync();
    }

    public string Address { get; }

    /// <summary>Shape: <c>plural/name</c>, in the order of their deletion.</summary>
    public IReadOnlyList<string> Deleted => [.. _deleted];

    /// <summary>Shape: <c>plural/name</c>, without helm's own records.</summary>
    public IReadOnlyList<string> Present => [.. _objects.Keys.Select(Short).Where(name => !name.Contains("sh.helm.release", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];

    /// <summary>What was read that is no discovery. Shape: as in the path, <c>/apis/apps/v1/deployments</c>.</summary>
    public IReadOnlyList<string> Read => [.. _read.Keys.Order(StringComparer.Ordinal)];

    public JsonObject Get(string plural, string name) => _objects.Single(pair => Short(pair.Key) == $"{plural}/{name}").Value;

    public void Dispose()
    {
        _listener.Close();
        _serving.GetAwaiter().GetResult();
    }

    private static string Short(string path) => string.Join('/', path.Split('/')[^2..]);

    private static JsonObject Parse(byte[] body) => ProtobufSecret.Is(body) ? ProtobufSecret.Read(body) : (JsonObject)JsonNode.Parse(body)!;

    private async Task ServeAsync()
    {
        while (_listener.IsListening)
        {
            HttpListenerContext context;
            try
            {
                context = await _listener.GetContextAsync();
            }
            catch (Exception error) when (error is HttpListenerException or ObjectDisposedException)
            {
                return;
            }

            await AnswerAsync(context);
        }
    }

    private async Task AnswerAsync(HttpListenerContext context)
    {
        var received = new MemoryStream();
        await context.Request.InputStream.CopyToAsync(received);
        byte[] body = received.ToArray();
        int code;
        JsonNode answer;
        try
        {
            (code, answer) = Handle(context.Request, context.Request.Url!.AbsolutePath.TrimEnd('/'), body);
        }
        catch (Exception error) when (error is System.Text.Json.JsonException or InvalidCastException or NullReferenceException)
        {
            // What it does not understand must fail the client, and say why.
            (code, answer) = Status(400, $"{context.Request.HttpMethod} {context.Request.Url} {context.Request.ContentType}: {error.Message}");
        }

        context.Response.StatusCode = code;
        context.Response.ContentType = "application/json";
        try
        {
            await context.Response.OutputStream.WriteAsync(Encoding.UTF8.GetBytes(answer.ToJsonString()));
            context.Response.Close();
        }
        catch (HttpListenerException)
        {
            // The client is gone.
        }
    }

    private (int Code, JsonNode Answer) Handle(HttpListenerRequest request, string path, byte[] body)
    {
        if (ServedKinds.Discovery(path) is { } discovery)
        {
            return (200, discovery);
        }

        switch (request.HttpMethod)
        {
            case "POST":
                JsonObject created = Parse(body);
                string key = $"{path}/{created["metadata"]!["name"]}";
                return _objects.ContainsKey(key) ? Status(409, "AlreadyExists") : (201, Store(key, created));
            case "PUT":
                return (200, Store(path, Parse(body)));
            case "PATCH":
                JsonObject patch = Parse(body);
                bool apply = request.ContentType!.Contains("apply-patch", StringComparison.Ordinal);
                return _objects.TryGetValue(path, out JsonObject? former) ? (200, Store(path, apply ? patch : Merged(former, patch)))
                    : apply ? (201, Store(path, patch)) : Status(404, "NotFound");
            case "DELETE":
                return _objects.TryRemove(path, out _) ? Deletion(path) : Status(404, "NotFound");
            default:
                _read[path] = 0;
                return ServedKinds.ListKind(path) is { } kind ? (200, List(kind, path, request.QueryString["labelSelector"]))
                    : _objects.TryGetValue(path, out JsonObject? found) ? (200, found.DeepClone()) : Status(404, "NotFound");
        }
    }

    private (int Code, JsonNode Answer) Deletion(string path)
    {
        _deleted.Enqueue(Short(path));
        return (200, new JsonObject { ["kind"] = "Status", ["apiVersion"] = "v1", ["status"] = "Success" });
    }

    private JsonNode Store(string path, JsonObject item)
    {
        item["metadata"]!["resourceVersion"] = Interlocked.Increment(ref _version).ToString(System.Globalization.CultureInfo.InvariantCulture);
        item["metadata"]!["uid"] ??= Guid.NewGuid().ToString();
        _objects[path] = item;
        return item.DeepClone();
    }

    private JsonObject List(string kind, string path, string? selector)
    {
        string[] wanted = selector?.Split(',') ?? [];
        return new JsonObject
        {
            ["kind"] = kind,
            ["apiVersion"] = "v1",
            ["metadata"] = new JsonObject { ["resourceVersion"] = "1" },
            ["items"] = new JsonArray([.. _objects.Where(pair => pair.Key.StartsWith(path + "/", StringComparison.Ordinal))
                .Where(pair => wanted.All(want => (string?)pair.Value["metadata"]!["labels"]?[want.Split('=')[0]] == want.Split('=')[^1]))
                .Select(pair => pair.Value.DeepClone())]),
        };
    }

    private static JsonObject Merged(JsonObject target, JsonObject patch)
    {
        var merged = (JsonObject)target.DeepClone();
        foreach ((string name, JsonNode? value) in patch)
        {
            if (value is null)
            {
                merged.Remove(name);
            }
            else
            {
                merged[name] = value is JsonObject inner && merged[name] is JsonObject former ? Merged(former, inner) : value.DeepClone();
            }
        }

        return merged;
    }

    private static (int Code, JsonNode Answer) Status(int code, string reason) =>
        (code, new JsonObject { ["kind"] = "Status", ["apiVersion"] = "v1", ["status"] = "Failure", ["reason"] = reason, ["code"] = code, ["message"] = reason });
}
