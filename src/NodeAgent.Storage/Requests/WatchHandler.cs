// SPDX-License-Identifier: Apache-2.0
using System.Buffers;
using System.Text.Json;
using NodeAgent.Api.Meta;
using NodeAgent.Storage.Json;
using NodeAgent.Storage.Objects;
using NodeAgent.Storage.Representation;
using NodeAgent.Storage.Resources;

namespace NodeAgent.Storage.Requests;

/// <summary>Watch: what is there if asked for, then every change in order, until the client's timeout.</summary>
internal sealed class WatchHandler(IObjectStore store, ObjectSources sources, StorageOptions options, StorageMetrics metrics, TimeProvider time, CancellationToken stopping)
{
    // Upstream's range: clients reconnect, and not all at once.
    private const int MinTimeoutSeconds = 1800;

    public async Task WatchAsync(ApiRequest request, ListOptions list)
    {
        ObjectRepresentation representation = request.Accepted();
        TimeSpan timeout = list.Timeout ?? TimeSpan.FromSeconds(MinTimeoutSeconds + Random.Shared.Next(MinTimeoutSeconds));
        using var timer = new CancellationTokenSource(timeout, time);
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, request.Aborted, stopping);
        var stream = new WatchStream(request, list, new ObjectWriter(request.Resource, representation, time.GetUtcNow()), metrics);
        request.Http.Response.ContentType = ObjectRepresentation.Json;
        request.Http.Response.Headers.CacheControl = "no-cache, private";
        try
        {
            await RunAsync(request, list, stream, timer.Token, ends.Token);
        }
        catch (RevisionGoneException gone)
        {
            await stream.SendErrorAsync(Failures.Status(410, StatusReason.Expired, $"too old resource version: {gone.Revision} ({gone.Oldest})"), request.Aborted);
        }
        catch (OperationCanceledException) when (ends.IsCancellationRequested)
        {
            // The timeout, the client or the server ended it.
        }
    }

    private async Task RunAsync(ApiRequest request, ListOptions list, WatchStream stream, CancellationToken timedOut, CancellationToken ends)
    {
        IObjectSource source = sources.Of(request.Resource);
        long revision = list.Revision ?? 0;
        if (list.SendInitialEvents ?? revision == 0)
        {
            revision = await SendExistingAsync(request, list, stream, ends);
        }
        else if (revision == 0)
        {
            revision = store.CurrentRevision;
        }

        using WatchSubscription subscription =
            store.Events.Subscribe(source.WatchedResource(request.Resource), request.ObjectNamespace, revision, options.WatcherQueueLength);

        // Headers at once: a client counts the watch as begun when they arrive.
        await stream.FlushAsync(ends);
        long seen = revision;
        foreach (StoreEvent change in subscription.Missed)
        {
            seen = await WriteAsync(stream, source.Translate(change), ends);
        }

        await stream.FlushAsync(ends);

        while (await WaitAsync(subscription, stream, list, timedOut, ends))
        {
            while (subscription.Live.TryRead(out StoreEvent? change))
            {
                seen = await WriteAsync(stream, source.Translate(change), ends);
            }

            // Once for all that had come: a watcher among thousands costs most when its bytes go out.
            await stream.FlushAsync(ends);
        }

        if (subscription.Overflowed)
        {
            throw new RevisionGoneException(seen, store.CurrentRevision);
        }
    }

    private static async ValueTask<long> WriteAsync(WatchStream stream, StoreEvent change, CancellationToken ends)
    {
        stream.Write(change);
        if (stream.IsFull)
        {
            await stream.FlushAsync(ends);
        }

        return change.Revision;
    }

    // True when there is an event; bookmarks are sent meanwhile.
    private async Task<bool> WaitAsync(WatchSubscription subscription, WatchStream stream, ListOptions list, CancellationToken timedOut, CancellationToken ends)
    {
        Task<bool> next = subscription.Live.WaitToReadAsync(ends).AsTask();
        try
        {
            while (list.Bookmarks)
            {
                try
                {
                    return await next.WaitAsync(options.BookmarkInterval, time, ends);
                }
                catch (TimeoutException)
                {
                    await BookmarkAsync(subscription, stream, ends);
                }
            }

            return await next;
        }
        catch (OperationCanceledException) when (timedOut.IsCancellationRequested && list.Bookmarks)
        {
            // The last word of a watch that ran its time: where to go on.
            await BookmarkAsync(subscription, stream, CancellationToken.None);
            throw;
        }
    }

    private async Task BookmarkAsync(WatchSubscription subscription, WatchStream stream, CancellationToken cancellationToken)
    {
        // Read before the queue is looked at: an event that comes between is later than this revision.
        long revision = store.CurrentRevision;
        if (!subscription.Live.TryPeek(out _))
        {
            await stream.SendBookmarkAsync(revision, false, cancellationToken);
        }
    }

    private async Task<long> SendExistingAsync(ApiRequest request, ListOptions list, WatchStream stream, CancellationToken ends)
    {
        long revision;
        using (ListSnapshot snapshot = sources.Of(request.Resource).List(new ListRequest(request.Resource.QualifiedName, request.ObjectNamespace, MetadataOnly: stream.ReadsMetadataOnly)))
        {
            revision = snapshot.Revision;
            foreach (StoredObject item in snapshot.Objects.Where(list.Selects))
            {
                await stream.SendAddedAsync(item, ends);
            }
        }

        if (list.SendInitialEvents == true && list.Bookmarks)
        {
            await stream.SendBookmarkAsync(revision, true, ends);
        }

        return revision;
    }
}
