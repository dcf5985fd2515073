// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;
using NodeAgent.Api.Meta;
using NodeAgent.Storage.Json;
using NodeAgent.Storage.Objects;
using NodeAgent.Storage.Representation;
using NodeAgent.Storage.Resources;

namespace NodeAgent.Storage.Requests;

/// <summary>One request for a resource, with what all handlers need.</summary>
/// <param name="Subresource">Empty: the object itself.</param>
internal sealed record ApiRequest(HttpContext Http, ResourceDefinition Resource, string? ObjectNamespace, string? Name, string Subresource = "")
{
    public IQueryCollection Query => Http.Request.Query;

    public CancellationToken Aborted => Http.RequestAborted;

    /// <summary>Of a single object.</summary>
    public ObjectKey Key => new(Resource.QualifiedName, ObjectNamespace ?? string.Empty, Name ?? string.Empty);

    public ObjectRepresentation Accepted() => ObjectRepresentation.Negotiate(Http.Request.Headers.Accept, Query["includeObject"].ToString());

    /// <exception cref="ApiException">422: a directive that does not exist.</exception>
    public bool IsDryRun(string optionsKind)
    {
        string[] values = [.. Query["dryRun"].Where(value => !string.IsNullOrEmpty(value)).Select(value => value!)];
        string? unknown = Array.Find(values, value => value != "All");
        return unknown is null
            ? values.Length > 0
            : throw Failures.InvalidOptions(optionsKind, "dryRun", "FieldValueNotSupported", $"Unsupported value: \"{unknown}\": supported values: \"All\"");
    }

    public async Task WriteObjectAsync(int code, StoredObject item, DateTimeOffset now, bool metadataOnly = false)
    {
        var form = new ObjectWriter(Resource, Accepted(), now, metadataOnly);
        await WriteJsonAsync(Http.Response, code, writer => form.WriteOne(writer, item));
    }

    public static Task WriteAsync<T>(HttpResponse response, int code, T value, JsonTypeInfo<T> type, string contentType = ObjectRepresentation.Json)
    {
        response.ContentType = contentType;
        return WriteJsonAsync(response, code, writer => JsonSerializer.Serialize(writer, value, type));
    }

    public static Task WriteStatusAsync(HttpResponse response, Status status)
    {
        if (status.Details?.RetryAfterSeconds is { } seconds)
        {
            response.Headers.RetryAfter = seconds.ToString(System.Globalization.CultureInfo.InvariantCulture);
        }

        return WriteAsync(response, status.Code ?? 500, status, MetaJsonContext.Readable.Status);
    }

    public static async Task WriteJsonAsync(HttpResponse response, int code, Action<Utf8JsonWriter> write)
    {
        response.StatusCode = code;
        response.ContentType ??= ObjectRepresentation.Json;
        response.Headers.CacheControl = "no-cache, private";
        await using (var writer = new Utf8JsonWriter(response.BodyWriter, JsonText.WriterOptions))
        {
            write(writer);
        }

        await response.BodyWriter.FlushAsync();
    }
}
