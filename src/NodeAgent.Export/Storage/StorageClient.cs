// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace NodeAgent.Export.Storage;

/// <summary>Reads and writes objects of the API; the same for the embedded and for the central storage. Thread-safe.</summary>
/// <remarks>Errors: every failure is a <see cref="StorageException"/> that says whether trying again can help.</remarks>
public sealed partial class StorageClient : IDisposable
{
    private const int PageSize = 500;

    // A server that has no such form sends the object; both are read.
    private const string MetadataOnly = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1,application/json";
    private readonly HttpClient _http;
    private readonly StorageConnection _connection;
    private readonly TimeProvider _time;

    /// <param name="connection">Stays the caller's.</param>
    /// <param name="time">Null = the system's clock.</param>
    public StorageClient(StorageConnection connection, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(connection);
        _connection = connection;
        _time = time ?? TimeProvider.System;
        _http = StorageHttp.CreateClient(connection, _time);
    }

    public Uri Server => _connection.Server;

    /// <returns>Null when there is no such object.</returns>
    public async Task<ApiObject?> GetAsync(string resource, string @namespace, string name, CancellationToken cancellation)
    {
        using StorageAnswer answer = await SendAsync(HttpMethod.Get, PathOf(resource, @namespace, name), null, cancellation).ConfigureAwait(false);
        if (answer.StatusCode == HttpStatusCode.NotFound)
        {
            return null;
        }

        answer.ThrowIfFailed();
        return new ApiObject(resource, @namespace, name, answer.Body);
    }

    /// <summary>Reads all pages of a list.</summary>
    /// <param name="resource">Shape: the plural.</param>
    /// <param name="namespace">Null = all namespaces.</param>
    /// <param name="labelSelector">Shape: that of the API; null = all objects.</param>
    public async Task<ApiList> ListAsync(string resource, string? @namespace, string? labelSelector, CancellationToken cancellation)
    {
        var items = new List<ApiObject>();
        string? next = null;
        while (true)
        {
            string query = $"?limit={PageSize}{Parameter("labelSelector", labelSelector)}{Parameter("continue", next)}";
            using StorageAnswer answer =
                await SendAsync(HttpMethod.Get, PathOf(resource, @namespace, null) + query, null, cancellation).ConfigureAwait(false);
            answer.ThrowIfFailed();
            (List<ApiObject> page, string version, next) = answer.Read(body => ApiJson.ReadList(resource, body));
            items.AddRange(page);
            if (next is null)
            {
                return new ApiList(items, version);
            }
        }
    }

    /// <summary>Gives the storage something new; what is there under the name is not replaced.</summary>
    /// <returns>The annotations of the object as the storage took it.</returns>
    public async Task<IReadOnlyDictionary<string, string>> CreateAsync(ApiObject item, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(item);
        using StorageAnswer answer = await SendAsync(
            HttpMethod.Post, PathOf(item.Resource, item.Namespace, null), item.Json, cancellation, MetadataOnly).ConfigureAwait(false);
        answer.ThrowIfFailed();
        return answer.Read(ApiJson.AnnotationsOf);
    }

    /// <returns>False when there was no such object.</returns>
    public async Task<bool> DeleteAsync(string resource, string @namespace, string name, CancellationToken cancellation)
    {
        using StorageAnswer answer =
            await SendAsync(HttpMethod.Delete, PathOf(resource, @namespace, name), null, cancellation).ConfigureAwait(false);
        Remember((resource, @namespace, name), null);
        if (answer.StatusCode == HttpStatusCode.NotFound)
        {
            return false;
        }

        answer.ThrowIfFailed();
        return true;
    }

    /// <summary>Follows changes until the server ends the watch; the caller lists and watches again.</summary>
    /// <param name="resource">Shape: the plural.</param>
    /// <param name="namespace">Null = all namespaces.</param>
    /// <param name="resourceVersion">Where to go on, from a list; null = from now.</param>
    public async IAsyncEnumerable<ApiWatchEvent> WatchAsync(
        string resource, string? @namespace, string? resourceVersion, [EnumeratorCancellation] CancellationToken cancellation)
    {
        string query = $"?watch=true&allowWatchBookmarks=true{Parameter("resourceVersion", resourceVersion)}";
        using HttpRequestMessage request = Request(HttpMethod.Get, PathOf(resource, @namespace, null) + query, null);
        using HttpResponseMessage response = await StartWatchAsync(request, cancellation).ConfigureAwait(false);
        await foreach (ReadOnlyMemory<byte> line in WatchLines.ReadAsync(response, _connection.MaxAnswerBytes, cancellation).ConfigureAwait(false))
        {
            ApiWatchEvent change;
            try
            {
                change = ApiJson.ReadWatchEvent(resource, line);
            }
            catch (JsonException error)
            {
                throw new StorageException($"{Server}: the watch holds what is no event: {error.Message}", error) { IsTransient = true };
            }

            if (change.Type == "ERROR")
            {
                (string? message, string? reason, int? code) = ApiJson.ReadStatus(change.Object.Json);
                throw new StorageException($"{Server}: the watch ended: {StorageAnswer.Printable(message ?? "no reason given")}")
                {
                    StatusCode = (HttpStatusCode?)code,
                    Reason = reason ?? string.Empty,
                    IsTransient = true,
                };
            }

            yield return change;
        }
    }

    public void Dispose() => _http.Dispose();

    private async Task<HttpResponseMessage> StartWatchAsync(HttpRequestMessage request, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(_connection.Timeout);
        HttpResponseMessage response = await Guard(
            _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit.Token), cancellation).ConfigureAwait(false);
        if (response.IsSuccessStatusCode)
        {
            return response;
        }

        using StorageAnswer answer =
            await Guard(StorageAnswer.ReadAsync(response, _connection, _time, limit.Token), cancellation).ConfigureAwait(false);
        throw answer.Failure();
    }

    private async Task<StorageAnswer> SendAsync(
        HttpMethod method, string path, ReadOnlyMemory<byte>? body, CancellationToken cancellation, string accept = "application/json")
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(_connection.Timeout);
        using HttpRequestMessage request = Request(method, path, body, accept);
        return await Guard(ExchangeAsync(request, limit.Token), cancellation).ConfigureAwait(false);
    }

    private async Task<StorageAnswer> ExchangeAsync(HttpRequestMessage request, CancellationToken cancellation)
    {
        HttpResponseMessage response =
            await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation).ConfigureAwait(false);
        return await StorageAnswer.ReadAsync(response, _connection, _time, cancellation).ConfigureAwait(false);
    }

    /// <summary>Whatever goes wrong below HTTP becomes the one exception of this client.</summary>
    private async Task<T> Guard<T>(Task<T> exchange, CancellationToken cancellation)
    {
        try
        {
            return await exchange.ConfigureAwait(false);
        }
        catch (OperationCanceledException error) when (!cancellation.IsCancellationRequested)
        {
            throw new StorageException($"{Server}: no answer within {_connection.Timeout.TotalSeconds:0.#} s", error) { IsTransient = true };
        }
        catch (Exception error) when (error is HttpRequestException or IOException)
        {
            throw new StorageException($"{Server}: {error.InnerException?.Message ?? error.Message}", error) { IsTransient = true };
        }
    }

    private static HttpRequestMessage Request(HttpMethod method, string path, ReadOnlyMemory<byte>? body, string accept = "application/json")
    {
        var request = new HttpRequestMessage(method, path);
        request.Headers.TryAddWithoutValidation("Accept", accept);
        if (body is { } content)
        {
            request.Content = new ReadOnlyMemoryContent(content);
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        }

        return request;
    }

    private string PathOf(string resource, string? @namespace, string? name)
    {
        foreach (string? part in (ReadOnlySpan<string?>)[resource, @namespace, name])
        {
            // No escape keeps these from being taken as steps of the path.
            if (part is "." or "..")
            {
                throw new StorageException($"'{part}' is no name of an object");
            }
        }

        string inNamespace = string.IsNullOrEmpty(@namespace) ? string.Empty : $"namespaces/{Uri.EscapeDataString(@namespace)}/";
        string ofName = name is null ? string.Empty : "/" + Uri.EscapeDataString(name);
        (string plural, string groupVersion) = ApiResourceName.Parse(resource, _connection.GroupVersion);
        return $"/apis/{groupVersion}/{inNamespace}{Uri.EscapeDataString(plural)}{ofName}";
    }

    private static string Parameter(string key, string? value) =>
        string.IsNullOrEmpty(value) ? string.Empty : $"&{key}={Uri.EscapeDataString(value)}";
}
