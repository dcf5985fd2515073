// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using System.Security.Authentication;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using NodeAgent.Api.Meta;
using NodeAgent.Kubernetes.Authentication;
using NodeAgent.Kubernetes.Configuration;
using NodeAgent.Kubernetes.Models;
using NodeAgent.Kubernetes.Requests;
using NodeAgent.Kubernetes.Watching;

namespace NodeAgent.Kubernetes;

/// <summary>A client of the Kubernetes API. One request each call: whoever asks decides about repeating. Any thread.</summary>
/// <remarks>Errors: <see cref="KubernetesException"/>, and <see cref="OperationCanceledException"/> when it was cancelled. Source: Kubernetes API concepts, 1.24 to 1.34.</remarks>
public sealed partial class Kubernetes : IDisposable
{
    private const int MaxErrorBytes = 64 << 10;
    private const int RenewIntervalMs = 10_000;

    private readonly KubernetesClientConfiguration _configuration;
    private readonly Lock _renewing = new();
    private HttpClient _http;
    private long _renewedAt = Environment.TickCount64;

    /// <param name="configuration">Taken over.</param>
    public Kubernetes(KubernetesClientConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        _configuration = configuration;
        _http = ConnectionFactory.Create(configuration);
    }

    /// <summary>Shape: <c>https://10.96.0.1:443</c>.</summary>
    public string Host => _configuration.Host;

    /// <summary>Longest wait for a whole answer, and for the beginning of a watch.</summary>
    internal TimeSpan AnswerTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>What those who follow resources and owners through this client were told that they may not.</summary>
    public MissingPermissions MissingPermissions { get; } = new();

    /// <summary>One page of a list.</summary>
    public Task<KubernetesList<T>> ListAsync<T>(ApiResource<T> resource, string? ns, ListOptions options, CancellationToken cancellation)
        where T : IKubernetesObject
    {
        ArgumentNullException.ThrowIfNull(resource);
        ArgumentNullException.ThrowIfNull(options);
        return GetAsync(new ApiRequest("list", resource.QualifiedName, ns), resource.Path(ns) + options.Query(watch: false), resource.ListAccept, resource.ListType, cancellation);
    }

    public Task<T> ReadAsync<T>(ApiResource<T> resource, string? ns, string name, CancellationToken cancellation)
        where T : IKubernetesObject
    {
        ArgumentNullException.ThrowIfNull(resource);
        return GetAsync(new ApiRequest("get", resource.QualifiedName, ns), resource.Path(ns, name), resource.ItemAccept, resource.ItemType, cancellation);
    }

    /// <summary>Changes parts of an object's status.</summary>
    /// <param name="mergePatch">Shape: RFC 7396.</param>
    public Task<T> PatchStatusAsync<T>(ApiResource<T> resource, string? ns, string name, byte[] mergePatch, CancellationToken cancellation)
        where T : IKubernetesObject
    {
        ArgumentNullException.ThrowIfNull(resource);
        return AnswerAsync(
            new ApiRequest("patch", resource.QualifiedName + "/status", ns), resource.Path(ns, name) + "/status", resource.ItemAccept, resource.ItemType,
            () => new JsonContent(mergePatch, "application/merge-patch+json"), cancellation);
    }

    /// <summary>The changes since <see cref="ListOptions.ResourceVersion"/>, until the server ends the watch.</summary>
    public async IAsyncEnumerable<WatchEvent<T>> WatchAsync<T>(
        ApiResource<T> resource, string? ns, ListOptions options, [EnumeratorCancellation] CancellationToken cancellation)
        where T : IKubernetesObject
    {
        ArgumentNullException.ThrowIfNull(resource);
        ArgumentNullException.ThrowIfNull(options);
        var request = new ApiRequest("watch", resource.QualifiedName, ns);
        using HttpResponseMessage response = await BeginAsync(request, resource.Path(ns) + options.Query(watch: true), resource.ItemAccept, cancellation).ConfigureAwait(false);
        await foreach (WatchEvent<T> change in WatchDecoder.ReadAsync(response, request, resource.ItemType, options.TimeoutSeconds, options.Gather, cancellation).ConfigureAwait(false))
        {
            yield return change;
        }
    }

    public void Dispose()
    {
        _http.Dispose();
        _configuration.Dispose();
    }

    /// <summary>Asks a question that is put and answered as an object which nobody keeps: a review.</summary>
    internal Task<T> ReviewAsync<T>(string resource, string path, T question, JsonTypeInfo<T> type, CancellationToken cancellation) => AnswerAsync(
        new ApiRequest("create", resource, null), path, "application/json", type, () => new JsonContent(JsonSerializer.SerializeToUtf8Bytes(question, type)), cancellation);

    private Task<TAnswer> GetAsync<TAnswer>(
        ApiRequest request, string path, string accept, JsonTypeInfo<TAnswer> type, CancellationToken cancellation) => AnswerAsync(request, path, accept, type, null, cancellation);

    private async Task<TAnswer> AnswerAsync<TAnswer>(
        ApiRequest request, string path, string accept, JsonTypeInfo<TAnswer> type, Func<HttpContent>? question, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(AnswerTimeout);
        using HttpResponseMessage response = await SendAsync(request, path, accept, question, limit.Token, cancellation).ConfigureAwait(false);
        try
        {
            Stream body = await response.Content.ReadAsStreamAsync(limit.Token).ConfigureAwait(false);
            return await JsonSerializer.DeserializeAsync(body, type, limit.Token).ConfigureAwait(false)
                ?? throw new KubernetesException(KubernetesFailure.Malformed, request, $"{request}: the answer is null");
        }
        catch (JsonException error)
        {
            throw new KubernetesException(KubernetesFailure.Malformed, request, $"{request}: the answer is not what the API promises: {error.Message}", error);
        }
        catch (Exception error) when (IsTransport(error, cancellation))
        {
            throw Broken(request, error);
        }
    }

    // A server says at once that it watches: one that says nothing hangs.
    private async Task<HttpResponseMessage> BeginAsync(ApiRequest request, string path, string accept, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(AnswerTimeout);
        return await SendAsync(request, path, accept, null, limit.Token, cancellation).ConfigureAwait(false);
    }

    /// <param name="body">Null: it is a GET, a merge patch: a PATCH, else a POST.</param>
    /// <param name="limit">Cancelled also when it took too long, which is a failure of the server's and no cancellation.</param>
    /// <param name="cancellation">The caller's.</param>
    private async Task<HttpResponseMessage> SendAsync(ApiRequest request, string path, string accept, Func<HttpContent>? body, CancellationToken limit, CancellationToken cancellation)
    {
        try
        {
            HttpContent? content = body?.Invoke();
            using var message = new HttpRequestMessage(content is null ? HttpMethod.Get : content is JsonContent { IsPatch: true } ? HttpMethod.Patch : HttpMethod.Post, path.TrimStart('/'))
            {
                Content = content,
                Version = HttpVersion.Version20,
                VersionPolicy = HttpVersionPolicy.RequestVersionOrLower,
            };
            message.Headers.TryAddWithoutValidation("Accept", accept);
            if (_configuration.Tokens is { } tokens && await tokens.GetTokenAsync(limit).ConfigureAwait(false) is { } token)
            {
                message.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
            }

            HttpResponseMessage response = await Volatile.Read(ref _http).SendAsync(message, HttpCompletionOption.ResponseHeadersRead, limit).ConfigureAwait(false);
            if (response.IsSuccessStatusCode)
            {
                return response;
            }

            using (response)
            {
                throw await FailureAsync(request, response, limit).ConfigureAwait(false);
            }
        }
        catch (CredentialException error)
        {
            throw new KubernetesException(KubernetesFailure.Credentials, request, $"{request}: {error.Message}", error);
        }
        catch (Exception error) when (IsTransport(error, cancellation))
        {
            throw Broken(request, error);
        }
    }

    private async Task<KubernetesException> FailureAsync(ApiRequest request, HttpResponseMessage response, CancellationToken cancellation)
    {
        int code = (int)response.StatusCode;

        // Before connections are renewed, which may end this one: the answer would be a broken connection then.
        Status? status = await StatusAsync(response, cancellation).ConfigureAwait(false);
        if (code == 401)
        {
            _configuration.Tokens?.Refuse();
            RenewConnections();
        }

        string said = status?.Message ?? response.ReasonPhrase ?? "no message";
        return new KubernetesException(KubernetesException.FailureOf(code, status), request, $"{request}: {code} {said}")
        {
            StatusCode = response.StatusCode,
            Status = status,
            RetryAfter = RetryAfter.Of(response.Headers, status),
        };
    }

    private static async Task<Status?> StatusAsync(HttpResponseMessage response, CancellationToken cancellation)
    {
        try
        {
            Stream body = await response.Content.ReadAsStreamAsync(cancellation).ConfigureAwait(false);
            byte[] bytes = new byte[MaxErrorBytes];
            int length = await body.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, cancellation).ConfigureAwait(false);
            return JsonSerializer.Deserialize(bytes.AsSpan(0, length), MetaJsonContext.Default.Status);
        }
        catch (Exception error) when (error is JsonException or IOException or HttpRequestException)
        {
            return null; // A proxy on the way speaks HTML.
        }
    }

    /// <summary>A connection stays who it was when it began: a newer certificate needs a new one. The old ones end when they are idle.</summary>
    private void RenewConnections()
    {
        lock (_renewing)
        {
            if (_configuration.Certificates is not null && Environment.TickCount64 - _renewedAt >= RenewIntervalMs)
            {
                _renewedAt = Environment.TickCount64;
                Volatile.Write(ref _http, ConnectionFactory.Create(_configuration));
            }
        }
    }

    private sealed class JsonContent : ByteArrayContent
    {
        public JsonContent(byte[] json, string type = "application/json")
            : base(json)
        {
            Headers.ContentType = new MediaTypeHeaderValue(type);
            IsPatch = type != "application/json";
        }

        public bool IsPatch { get; }
    }

    internal static bool IsTransport(Exception error, CancellationToken cancellation) =>
        error is HttpRequestException or IOException or AuthenticationException
        || (error is OperationCanceledException && !cancellation.IsCancellationRequested);

    internal static KubernetesException Broken(ApiRequest request, Exception error)
    {
        bool late = error is OperationCanceledException;
        string why = late ? "no answer in time" : error.InnerException is { } inner ? $"{error.Message} {inner.Message}" : error.Message;
        return new KubernetesException(late ? KubernetesFailure.Timeout : KubernetesFailure.Connection, request, $"{request}: {why}", error);
    }
}
