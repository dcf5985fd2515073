// SPDX-License-Identifier: Apache-2.0
using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using NodeAgent.Storage.Json;
using NodeAgent.Storage.Resources;

namespace NodeAgent.Storage.Requests;

/// <summary>Reads request bodies within their limit, and says what is wrong with them.</summary>
internal static class RequestBody
{
    private const int SnippetLength = 30;

    /// <exception cref="ApiException">413, or 415 for an encoding that we do not undo.</exception>
    public static async Task<byte[]> ReadAsync(HttpContext http, long limit)
    {
        if (http.Request.ContentLength > limit)
        {
            throw Failures.TooLarge(limit);
        }

        if (http.Request.Headers.ContentEncoding.ToString() is not ("" or "identity"))
        {
            throw Failures.UnsupportedMediaType("identity (no Content-Encoding)");
        }

        return http.Request.ContentLength is { } length
            ? await ReadKnownAsync(http.Request.BodyReader, length, http.RequestAborted)
            : await ReadUnknownAsync(http.Request.BodyReader, limit, http.RequestAborted);
    }

    // Into its place as it arrives: a large body is in memory once. Memory that nobody has written to costs nothing yet.
    private static async Task<byte[]> ReadKnownAsync(PipeReader reader, long length, CancellationToken aborted)
    {
        byte[] body = GC.AllocateUninitializedArray<byte>((int)length);
        int filled = 0;
        while (true)
        {
            ReadResult read = await reader.ReadAsync(aborted);
            read.Buffer.CopyTo(body.AsSpan(filled));
            filled += (int)read.Buffer.Length;
            reader.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted)
            {
                return filled == body.Length ? body : body[..filled];
            }
        }
    }

    private static async Task<byte[]> ReadUnknownAsync(PipeReader reader, long limit, CancellationToken aborted)
    {
        while (true)
        {
            ReadResult read = await reader.ReadAsync(aborted);
            if (read.Buffer.Length > limit)
            {
                reader.AdvanceTo(read.Buffer.End);
                throw Failures.TooLarge(limit);
            }

            if (read.IsCompleted)
            {
                byte[] body = read.Buffer.ToArray();
                reader.AdvanceTo(read.Buffer.End);
                return body;
            }

            reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    public static string MediaType(HttpContext http) =>
        http.Request.ContentType?.Split(';')[0].Trim().ToLowerInvariant() is { Length: > 0 } type ? type : "application/json";

    public static void RequireJson(HttpContext http)
    {
        if (MediaType(http) != "application/json")
        {
            throw Failures.UnsupportedMediaType("application/json");
        }
    }

    /// <exception cref="ApiException">400.</exception>
    public static JsonObject ParseObject(byte[] body, ResourceDefinition resource, List<string> duplicates)
    {
        try
        {
            return JsonText.Parse(body, duplicates) as JsonObject ?? throw new JsonException("the document is no object");
        }
        catch (JsonException error)
        {
            throw Failures.BadRequest(
                $"the object provided is unrecognized (must be of type {resource.Kind}): couldn't get version/kind; json parse error: {Describe(error, body)} ({Snippet(body)})");
        }
    }

    /// <exception cref="ApiException">400.</exception>
    public static JsonNode? ParsePatch(byte[] body)
    {
        try
        {
            return JsonText.Parse(body, []);
        }
        catch (JsonException error)
        {
            throw Failures.BadRequest($"error decoding patch: {Describe(error, body)}");
        }
    }

    // Our parser names a token that it misses; what a client wants to hear is that its text was cut off.
    private static string Describe(JsonException error, byte[] body)
    {
        var reader = new Utf8JsonReader(body, isFinalBlock: false, new JsonReaderState(new JsonReaderOptions { MaxDepth = JsonText.MaxDepth }));
        try
        {
            while (reader.Read())
            {
                // Only whether it can be read as far as it goes.
            }
        }
        catch (JsonException)
        {
            return error.Message;
        }

        return reader.CurrentDepth > 0 || reader.BytesConsumed == 0 ? "unexpected end of JSON input" : error.Message;
    }

    private static string Snippet(byte[] body)
    {
        string text = Encoding.UTF8.GetString(body.AsSpan(0, Math.Min(body.Length, SnippetLength)));
        string shown = string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c));
        return body.Length > SnippetLength ? shown + " ..." : shown;
    }
}
