// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace NodeAgent.Kubernetes.Tests;

/// <summary>One recorded exchange with a real kube-apiserver 1.30.</summary>
internal sealed class Recording
{
    private readonly JsonNode _exchange;

    private Recording(JsonNode exchange) => _exchange = exchange;

    /// <summary>Shape: path and query as they were asked.</summary>
    public string Path => (string)_exchange["request"]!["path"]!;

    public JsonNode? Body => _exchange["response"]!["body"];

    public bool IsWatch => Path.Contains("watch=1", StringComparison.Ordinal);

    public static Recording Load(string name) =>
        new(JsonNode.Parse(File.ReadAllText(System.IO.Path.Combine(AppContext.BaseDirectory, "Recorded", name + ".json")))!);

    /// <summary>Answers as the server did; events of a watch one per line, as they went over the wire.</summary>
    public async Task ReplayAsync(HttpContext context)
    {
        context.Response.StatusCode = (int)_exchange["response"]!["status"]!;
        foreach ((string name, JsonNode? value) in _exchange["response"]!["headers"]!.AsObject())
        {
            if (name != "Transfer-Encoding")
            {
                context.Response.Headers[name] = (string?)value;
            }
        }

        foreach (JsonNode? part in Body is JsonArray list && IsWatch ? [.. list] : (JsonNode?[])[Body])
        {
            if (part is not JsonValue)
            {
                await context.Response.WriteAsync(part!.ToJsonString() + "\n");
                await context.Response.Body.FlushAsync();
            }
        }
    }
}
