// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Text.Json;

namespace NodeAgent.Enrichment.Containers.Docker;

/// <summary>One Docker or Podman behind one socket. For one task.</summary>
/// <remarks>Source: Docker Engine API; Podman serves the same paths. They are asked without a version: what is read has not changed since 1.24.</remarks>
internal sealed class DockerRuntime(string socketPath, DockerOptions options, TimeProvider time) : IRuntime, IDisposable
{
    private const int MaxAnswerBytes = 4 << 20;

    private readonly HttpMessageInvoker _http = new(UnixSocketHttp.Handler(socketPath));

    public string SocketPath { get; } = socketPath;

    public RuntimeBackoff Backoff { get; } = new(options.MinBackoff, options.MaxBackoff, time);

    public bool IsDue => Backoff.IsDue && File.Exists(SocketPath);

    /// <returns>Null: the runtime does not know it.</returns>
    /// <exception cref="HttpRequestException">It does not answer, or not with what its API says.</exception>
    public Task<JsonDocument?> FindContainerAsync(string id, CancellationToken cancellation) => GetAsync($"/containers/{Uri.EscapeDataString(id)}/json", cancellation);

    /// <inheritdoc cref="FindContainerAsync"/>
    public Task<JsonDocument?> FindImageAsync(string id, CancellationToken cancellation) => GetAsync($"/images/{Uri.EscapeDataString(id)}/json", cancellation);

    public void Dispose() => _http.Dispose();

    private async Task<JsonDocument?> GetAsync(string path, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(options.CallTimeout);
        using var request = new HttpRequestMessage(HttpMethod.Get, "http://localhost" + path);
        using HttpResponseMessage response = await _http.SendAsync(request, limit.Token);
        if (response.StatusCode == HttpStatusCode.NotFound)
        {
            Backoff.Succeed();
            return null;
        }

        byte[] body = await UnixSocketHttp.ReadAsync(response, MaxAnswerBytes, limit.Token)
            ?? throw new HttpRequestException($"the answer is longer than {MaxAnswerBytes} bytes");
        if (response.StatusCode != HttpStatusCode.OK)
        {
            throw new HttpRequestException($"HTTP status {(int)response.StatusCode}");
        }

        try
        {
            JsonDocument document = JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = 32 });
            Backoff.Succeed();
            return document;
        }
        catch (JsonException error)
        {
            throw new HttpRequestException($"the answer is no JSON: {error.Message}", error);
        }
    }
}
