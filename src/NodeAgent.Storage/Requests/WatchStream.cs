// SPDX-License-Identifier: Apache-2.0
using System.Buffers;
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
    public Task FlushAsync(CancellationToken cancellationToken) => request.Http.Response.BodyWriter.FlushAsync(cancellationToken).AsTask();

    /// <summary>Sends a change as the selectors show it: an object that begins to match is new to this watcher, one that ends to match is gone.</summary>
    /// <returns>The revision of the change.</returns>
    public async Task<long> SendAsync(StoreEvent change, CancellationToken cancellationToken)
    {
        ObjectHeader? current = change.Current is { } now ? ObjectHeader.Read(now) : null;
        ObjectHeader? previous = change.Previous is { } before ? ObjectHeader.Read(before) : null;
        bool matches = current is not null && list.Selects(current);
        bool matched = previous is not null && list.Selects(previous);
        if (matches)
        {
            await SendAsync(matched ? "MODIFIED" : "ADDED", new StoredObject(change.Key, change.Revision, change.Current!.Value), cancellationToken);
        }
        else if (matched)
        {
            byte[] last = previous!.WithRevision(change.Previous!.Value, change.Revision);
            await SendAsync("DELETED", new StoredObject(change.Key, change.Revision, last), cancellationToken);
        }

        return change.Revision;
    }

    public Task SendAddedAsync(StoredObject item, CancellationToken cancellationToken) => SendAsync("ADDED", item, cancellationToken);

    public Task SendBookmarkAsync(long revision, bool initialEventsEnd, CancellationToken cancellationToken) =>
        WriteAsync("BOOKMARK", writer => form.WriteBookmark(writer, revision, initialEventsEnd), cancellationToken);

    public Task SendErrorAsync(Status status, CancellationToken cancellationToken) =>
        WriteAsync("ERROR", writer => JsonSerializer.Serialize(writer, status, MetaJsonContext.Readable.Status), cancellationToken);

    private Task SendAsync(string type, StoredObject item, CancellationToken cancellationToken)
    {
        metrics.WatchEvents.Add(1);
        return WriteAsync(type, writer => form.WriteOne(writer, item), cancellationToken);
    }

    private async Task WriteAsync(string type, Action<Utf8JsonWriter> write, CancellationToken cancellationToken)
    {
        using (var writer = new Utf8JsonWriter(request.Http.Response.BodyWriter, JsonText.WriterOptions))
        {
            writer.WriteStartObject();
            writer.WriteString("type"u8, type);
            writer.WritePropertyName("object"u8);
            write(writer);
            writer.WriteEndObject();
        }

        request.Http.Response.BodyWriter.Write("\n"u8);
        await FlushAsync(cancellationToken);
    }
}
