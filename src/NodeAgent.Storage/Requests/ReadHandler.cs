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
        using ListSnapshot snapshot = Snapshot(request, options);
        var form = new ObjectWriter(request.Resource, representation, time.GetUtcNow(), options.MetadataOnly);
        IEnumerable<StoredObject> selected = snapshot.Objects.Where(options.Selects);
        string? next = null;
        if (options.Limit > 0)
        {
            // The token stands before the items, so a page is read before it is written; its size is the client's choice.
            (selected, next) = Page(selected, options.Limit, snapshot.Revision);
        }

        await WriteAsync(request, form, selected, snapshot.Revision, next);
    }

    private static (IReadOnlyList<StoredObject> Items, string? Next) Page(IEnumerable<StoredObject> selected, int limit, long revision)
    {
        var page = new List<StoredObject>();
        foreach (StoredObject item in selected)
        {
            if (page.Count == limit)
            {
                ObjectKey last = page[^1].Key;
                return (page, new ContinueToken(revision, new ListPosition(last.ObjectNamespace, last.Name)).Encode());
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
            }
        }

        ObjectWriter.EndList(writer);
        writer.Flush();
        await request.Http.Response.BodyWriter.FlushAsync(request.Aborted);
    }

    private ListSnapshot Snapshot(ApiRequest request, ListOptions options)
    {
        long? revision = options.Continue?.Revision ?? (options.RevisionMatch == "Exact" ? options.Revision : null);
        try
        {
            return sources.Of(request.Resource).List(new ListRequest(request.Resource.QualifiedName, request.ObjectNamespace, options.Continue?.After, revision));
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
