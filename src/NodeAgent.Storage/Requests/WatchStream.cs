// SPDX-License-Identifier: Apache-2.0
using System.Buffers;
using System.IO.Pipelines;
using System.Text.Json;
using NodeAgent.Api.Meta;
using NodeAgent.Storage.Json;
using NodeAgent.Storage.Objects;
using NodeAgent.Storage.Representation;

namespace NodeAgent.Storage.Requests;

/// <summary>The events of one watch as lines of JSON.</summary>
/// <remarks>Threads: the request's only.</remarks>
internal sealed class WatchStream(ApiRequest request, ListOptions list, ObjectWriter form, StorageMetrics metrics)
{
    // What waits to be flushed is memory of this server for a client that may be slow. Units: bytes.
    private const long MaxUnflushed = 256 << 10;

    private readonly PipeWriter _output = request.Http.Response.BodyWriter;

    /// <inheritdoc cref="ObjectWriter.ReadsMetadataOnly"/>
    public bool ReadsMetadataOnly => form.ReadsMetadataOnly;

    /// <summary>Whether to flush before writing more.</summary>
    public bool IsFull => _output.UnflushedBytes > MaxUnflushed;

    public Task FlushAsync(CancellationToken cancellationToken) => _output.FlushAsync(cancellationToken).AsTask();

    /// <summary>Writes a change as the selectors show it: an object that begins to match is new to this watcher, one that ends to match is gone.</summary>
    /// <remarks>It goes out with <see cref="FlushAsync"/>, at the latest when <see cref="IsFull"/> says so.</remarks>
    public void Write(StoreEvent change)
    {
        bool matches = change.CurrentHeader is { } current && list.Selects(current);
        bool matched = change.PreviousHeader is { } previous && list.Selects(previous);
        if (matches)
        {
            Write(matched ? "MODIFIED" : "ADDED", new StoredObject(change.Key, change.Revision, change.Current!.Value), change.CurrentHeader!);
        }
        else if (matched)
        {
            byte[] last = change.PreviousHeader!.WithRevision(change.Previous!.Value, change.Revision);
            Write("DELETED", new StoredObject(change.Key, change.Revision, last), ObjectHeader.Read(last));
        }
    }

    public Task SendAddedAsync(StoredObject item, CancellationToken cancellationToken)
    {
        Write("ADDED", item, ObjectHeader.Read(item.Body));
        return FlushAsync(cancellationToken);
    }

    public Task SendBookmarkAsync(long revision, bool initialEventsEnd, CancellationToken cancellationToken) =>
        SendAsync("BOOKMARK", writer => form.WriteBookmark(writer, revision, initialEventsEnd), cancellationToken);

    public Task SendErrorAsync(Status status, CancellationToken cancellationToken) =>
        SendAsync("ERROR", writer => JsonSerializer.Serialize(writer, status, MetaJsonContext.Readable.Status), cancellationToken);

    private void Write(string type, StoredObject item, ObjectHeader header)
    {
        metrics.WatchEvents.Add(1);
        if (!form.TryWriteEvent(_output, type, item, header))
        {
            Write(type, writer => form.WriteOne(writer, item));
        }
    }

    private Task SendAsync(string type, Action<Utf8JsonWriter> write, CancellationToken cancellationToken)
    {
        Write(type, write);
        return FlushAsync(cancellationToken);
    }

    private void Write(string type, Action<Utf8JsonWriter> write)
    {
        using (var writer = new Utf8JsonWriter(_output, JsonText.WriterOptions))
        {
            writer.WriteStartObject();
            writer.WriteString("type"u8, type);
            writer.WritePropertyName("object"u8);
            write(writer);
            writer.WriteEndObject();
        }

        _output.Write("\n"u8);
    }
}
