// SPDX-License-Identifier: Apache-2.0
using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using NodeAgent.Api.Meta;
using NodeAgent.Kubernetes.Models;
using NodeAgent.Kubernetes.Requests;

namespace NodeAgent.Kubernetes.Watching;

/// <summary>Decodes the body of a watch while it comes: one JSON document per line, from the network's buffers into the object.</summary>
internal static class WatchDecoder
{
    /// <summary>Units: bytes; the API server's own limit of an object is far below.</summary>
    private const int MaxLineBytes = 16 << 20;

    // The server ends the watch by itself; when even that does not come, the connection is dead.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(30);

    /// <param name="gather">How long to wait after some events for more: to wake for each of them costs more than to decode it.</param>
    public static async IAsyncEnumerable<WatchEvent<T>> ReadAsync<T>(
        HttpResponseMessage response, ApiRequest request, JsonTypeInfo<T> type, int? timeoutSeconds, TimeSpan gather, [EnumeratorCancellation] CancellationToken cancellation)
        where T : IKubernetesObject
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        if (timeoutSeconds is { } seconds)
        {
            limit.CancelAfter(TimeSpan.FromSeconds(seconds) + Grace);
        }

        Stream stream = await response.Content.ReadAsStreamAsync(limit.Token).ConfigureAwait(false);
        PipeReader reader = PipeReader.Create(stream);
        try
        {
            while (true)
            {
                ReadResult result = await NextAsync(reader, request, limit.Token, cancellation).ConfigureAwait(false);
                ReadOnlySequence<byte> buffer = result.Buffer;
                bool any = false;
                while (TryTake(ref buffer, result.IsCompleted, out ReadOnlySequence<byte> line))
                {
                    if (Decode(line, type) is { } change)
                    {
                        any = true;
                        yield return change;
                    }
                }

                if (buffer.Length > MaxLineBytes)
                {
                    throw new KubernetesException(KubernetesFailure.Malformed, request, $"{request}: an event is larger than {MaxLineBytes} bytes");
                }

                if (result.IsCompleted)
                {
                    yield break;
                }

                reader.AdvanceTo(buffer.Start, buffer.End);
                if (any && gather > TimeSpan.Zero)
                {
                    await Task.Delay(gather, cancellation).ConfigureAwait(false);
                }
            }
        }
        finally
        {
            await reader.CompleteAsync().ConfigureAwait(false);
        }
    }

    /// <summary>The next line; the end of the body ends the last one, which may be cut.</summary>
    private static bool TryTake(ref ReadOnlySequence<byte> buffer, bool isLast, out ReadOnlySequence<byte> line)
    {
        if (buffer.PositionOf((byte)'\n') is { } end)
        {
            line = buffer.Slice(0, end);
            buffer = buffer.Slice(buffer.GetPosition(1, end));
            return true;
        }

        line = buffer;
        buffer = isLast ? buffer.Slice(buffer.End) : buffer;
        return isLast && !line.IsEmpty;
    }

    private static async ValueTask<ReadResult> NextAsync(PipeReader reader, ApiRequest request, CancellationToken limited, CancellationToken cancellation)
    {
        try
        {
            return await reader.ReadAsync(limited).ConfigureAwait(false);
        }
        catch (Exception error) when (Kubernetes.IsTransport(error, cancellation))
        {
            throw Kubernetes.Broken(request, error);
        }
    }

    /// <returns>Null for an empty line.</returns>
    internal static WatchEvent<T>? Decode<T>(in ReadOnlySequence<byte> line, JsonTypeInfo<T> type)
        where T : IKubernetesObject
    {
        try
        {
            var reader = new Utf8JsonReader(line);
            return reader.Read() ? DecodeObject(ref reader, type) : null;
        }
        catch (JsonException)
        {
            return IsBlank(line) ? null : new WatchEvent<T>(WatchEventType.Unknown, default, null);
        }
    }

    private static WatchEvent<T> DecodeObject<T>(ref Utf8JsonReader reader, JsonTypeInfo<T> type)
        where T : IKubernetesObject
    {
        var kind = WatchEventType.Unknown;
        Utf8JsonReader body = default;
        bool found = false;
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw new JsonException("no object");
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            bool isType = reader.ValueTextEquals("type"u8);
            bool isObject = reader.ValueTextEquals("object"u8);
            reader.Read();
            if (isType)
            {
                kind = TypeOf(ref reader);
            }
            else if (isObject)
            {
                // Which type it is may be told after it: remembered here, read below.
                body = reader;
                found = true;
                reader.Skip();
            }
            else
            {
                reader.Skip();
            }
        }

        return !found || body.TokenType != JsonTokenType.StartObject ? new WatchEvent<T>(WatchEventType.Unknown, default, null)
            : kind == WatchEventType.Error ? new WatchEvent<T>(kind, default, JsonSerializer.Deserialize(ref body, MetaJsonContext.Default.Status))
            : kind == WatchEventType.Unknown ? new WatchEvent<T>(kind, default, null)
            : new WatchEvent<T>(kind, JsonSerializer.Deserialize(ref body, type), null);
    }

    private static WatchEventType TypeOf(ref Utf8JsonReader reader) =>
        reader.TokenType != JsonTokenType.String ? WatchEventType.Unknown
        : reader.ValueTextEquals("ADDED"u8) ? WatchEventType.Added
        : reader.ValueTextEquals("MODIFIED"u8) ? WatchEventType.Modified
        : reader.ValueTextEquals("DELETED"u8) ? WatchEventType.Deleted
        : reader.ValueTextEquals("BOOKMARK"u8) ? WatchEventType.Bookmark
        : reader.ValueTextEquals("ERROR"u8) ? WatchEventType.Error
        : WatchEventType.Unknown;

    private static bool IsBlank(in ReadOnlySequence<byte> line)
    {
        foreach (ReadOnlyMemory<byte> part in line)
        {
            if (part.Span.ContainsAnyExcept(" \t\r"u8))
            {
                return false;
            }
        }

        return true;
    }
}
