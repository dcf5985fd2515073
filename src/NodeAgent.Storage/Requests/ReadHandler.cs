// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using NodeAgent.Storage.Json;
using NodeAgent.Storage.Objects;
using NodeAgent.Storage.Representation;
using NodeAgent.Storage.Resources;

namespace NodeAgent.Storage.Requests;

/// <summary>Get and list.</summary>
internal sealed class ReadHandler(ObjectSources sources, IObjectStore store, TimeProvider time)
{
    private const int FlushBytes = 64 << 10;

    // Units: objects of a page that is read once and kept until it is written.
    private const int WholesKept = 100;
    private const int HeadsKept = 1000;

    public async Task GetAsync(ApiRequest request)
    {
        string revision = request.Query["resourceVersion"].ToString();
        if (revision is not ("" or "metadata" or "fullSpec"))
        {
            CheckNotFuture(ListOptions.Parse(request.Query).Revision);
        }

        StoredObject item = sources.Of(request.Resource).Get(request.Key) ?? throw Failures.NotFound(request.Resource, request.Name!);
        await request.WriteObjectAsync(200, item, time.GetUtcNow(), metadataOnly: revision == "metadata");
    }

    public async Task ListAsync(ApiRequest request, ListOptions options)
    {
        ObjectRepresentation representation = request.Accepted();
        CheckNotFuture(options.Revision);
        var form = new ObjectWriter(request.Resource, representation, time.GetUtcNow(), options.MetadataOnly);
        using ListSnapshot snapshot = Snapshot(request, options, form.ReadsMetadataOnly);
        IEnumerable<StoredObject> selected = snapshot.Objects.Where(options.Selects);
        string? next = null;
        if (options.Limit > 0)
        {
            (selected, next) = options.Limit > (form.ReadsMetadataOnly ? HeadsKept : WholesKept) && snapshot.Heads is { } heads
                ? (selected.Take(options.Limit), NextOf(heads.Where(options.Selects), options.Limit, snapshot.Revision))
                : Page(selected, options.Limit, snapshot.Revision);
        }

        await WriteAsync(request, form, selected, snapshot.Revision, next);
    }

    // The token stands before the items. A large page is looked through before it is written, and not kept: its size is the client's choice.
    private static string? NextOf(IEnumerable<StoredObject> selected, int limit, long revision)
    {
        ObjectKey last = default;
        int count = 0;
        foreach (StoredObject item in selected)
        {
            if (count++ == limit)
            {
                return Token(last, revision);
            }

            last = item.Key;
        }

        return null;
    }

    private static string Token(ObjectKey last, long revision) => new ContinueToken(revision, new ListPosition(last.ObjectNamespace, last.Name)).Encode();

    private static (IReadOnlyList<StoredObject> Items, string? Next) Page(IEnumerable<StoredObject> selected, int limit, long revision)
    {
        var page = new List<StoredObject>();
        foreach (StoredObject item in selected)
        {
            if (page.Count == limit)
            {
                return (page, Token(page[^1].Key, revision));
            }

            page.Add(item);
        }

        return (page, null);
    }

    private static async Task WriteAsync(ApiRequest request, ObjectWriter form, IEnumerable<StoredObject> items, long revision, string? next)
    {
        request.Http.Response.ContentType = ObjectRepresentation.Json;
        request.Http.Response.Headers.CacheControl = "no-cache, private";
        await using var writer = new Utf8JsonWriter(request.Http.Response.BodyWriter, JsonText.WriterOptions);
        form.BeginList(writer, revision, next);
        long flushed = 0;
        foreach (StoredObject item in items)
        {
            form.WriteItem(writer, item);
            if (writer.BytesCommitted + writer.BytesPending - flushed > FlushBytes)
            {
                writer.Flush();
                flushed = writer.BytesCommitted;
                await request.Http.Response.BodyWriter.FlushAsync(request.Aborted);

                // Reading and writing seldom wait: without this a long list would keep its thread, and what came meanwhile would wait behind it.
                await Task.Yield();
            }
        }

        ObjectWriter.EndList(writer);
        writer.Flush();
        await request.Http.Response.BodyWriter.FlushAsync(request.Aborted);
    }

    private ListSnapshot Snapshot(ApiRequest request, ListOptions options, bool metadataOnly)
    {
        long? revision = options.Continue?.Revision ?? (options.RevisionMatch == "Exact" ? options.Revision : null);
        try
        {
            return sources.Of(request.Resource).List(new ListRequest(request.Resource.QualifiedName, request.ObjectNamespace, options.Continue?.After, revision, MetadataOnly: metadataOnly));
        }
        catch (RevisionGoneException)
        {
            throw Failures.Expired(options.Continue is null
                ? "The resourceVersion for the provided list is too old."
                : "The provided continue parameter is too old to display a consistent list result. You must start a new list without the continue parameter.");
        }
    }

    private void CheckNotFuture(long? revision)
    {
        if (revision is { } asked && store.Reach(asked) is var newest && asked > newest)
        {
            throw Failures.FutureRevision(asked, newest);
        }
    }
}
