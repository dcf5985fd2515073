// SPDX-License-Identifier: Apache-2.0
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using NodeAgent.Storage.Tests.Engines;

namespace NodeAgent.Storage.Tests;

/// <summary>A server of its own for a test, and requests to it over real TLS.</summary>
internal sealed class ServerFixture : IAsyncDisposable
{
    public const string Group = "spdx.softwarecomposition.kubescape.io";
    public const string ApiVersion = Group + "/v1beta1";
    public const string Root = "/apis/" + ApiVersion;
    public const string Collection = Root + "/namespaces/store/containerprofiles";

    private readonly TemporaryDirectory _directory;

    private readonly TestEngine _engine;
    private readonly StorageOptions _options;

    private ServerFixture(TemporaryDirectory directory, TestEngine engine, StorageOptions options, StorageServer server)
    {
        _directory = directory;
        _engine = engine;
        _options = options;
        Server = server;
        Client = server.CreateClient();
    }

    public StorageServer Server { get; }

    public HttpClient Client { get; }

    public string Directory => _directory.Path;

    public string Database => _options.Database;

    public static Task<ServerFixture> StartAsync(Action<StorageOptions>? configure = null) => StartAsync(new SqliteEngine(), configure);

    public static async Task<ServerFixture> StartAsync(TestEngine engine, Action<StorageOptions>? configure = null)
    {
        var directory = new TemporaryDirectory();
        var options = new StorageOptions { DataDirectory = directory.Path };
        configure?.Invoke(options);
        await engine.PrepareAsync(options);
        return new ServerFixture(directory, engine, options, await StorageServer.StartAsync(options, NullLoggerFactory.Instance, TimeProvider.System, CancellationToken.None));
    }

    public static string Profile(string name, string metadata = "", string spec = "{}") =>
        $$"""{"apiVersion":"{{ApiVersion}}","kind":"ContainerProfile","metadata":{"name":"{{name}}"{{metadata}}},"spec":{{spec}}}""";

    public async Task<Answer> SendAsync(string method, string path, string? body = null, string? contentType = "application/json", string? accept = null)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (body is not null)
        {
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
            if (contentType is not null)
            {
                request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(contentType);
            }
        }

        if (accept is not null)
        {
            request.Headers.TryAddWithoutValidation("Accept", accept);
        }

        HttpResponseMessage response = await Client.SendAsync(request);
        string text = await response.Content.ReadAsStringAsync();
        bool json = response.Content.Headers.ContentType?.MediaType == "application/json";
        return new Answer((int)response.StatusCode, response, text, json && text.Length > 0 && !text.Contains("}\n{", StringComparison.Ordinal) ? JsonNode.Parse(text) : null);
    }

    public async Task<JsonNode> CreateAsync(string name, string metadata = "", string spec = "{}")
    {
        Answer answer = await SendAsync("POST", Collection, Profile(name, metadata, spec));
        Assert.True(answer.Code == 201, answer.Text);
        return answer.Json!;
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Server.DisposeAsync();
        await _engine.ReleaseAsync(_options);
        _directory.Dispose();
    }
}

internal sealed record Answer(int Code, HttpResponseMessage Response, string Text, JsonNode? Json)
{
    public IEnumerable<JsonNode> Lines => Text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!);
}
