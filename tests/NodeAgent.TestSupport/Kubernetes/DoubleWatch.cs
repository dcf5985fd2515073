// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace NodeAgent.TestSupport.Kubernetes;

/// <summary>One watch of the double.</summary>
internal static class DoubleWatch
{
    public static async Task RunAsync(HttpContext context, DoublePath path, DoubleStore store)
    {
        long version = path.Query["resourceVersion"] is [{ Length: > 0 } text] ? long.Parse(text, CultureInfo.InvariantCulture) : 0;
        bool bookmarks = path.Query["allowWatchBookmarks"].ToString() == "true";
        TimeSpan limit = path.Query["timeoutSeconds"] is [{ } seconds] ? TimeSpan.FromSeconds(int.Parse(seconds, CultureInfo.InvariantCulture)) : TimeSpan.FromMinutes(30);
        CancellationToken broken = store.BreakOfWatches;
        using var end = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, store.EndOfWatches, broken);
        end.CancelAfter(limit);
        context.Response.ContentType = "application/json";
        await context.Response.StartAsync();
        int position = -1;
        try
        {
            while (true)
            {
                if (store.After(version, position) is not { } news)
                {
                    JsonObject gone = DoubleAnswers.Status(410, "Expired", "too old resource version");
                    await WriteAsync(context, new JsonObject { ["type"] = "ERROR", ["object"] = gone }.ToJsonString() + "\n", end.Token);
                    return;
                }

                position = news.Position;
                foreach (DoubleChange change in news.Changes)
                {
                    if (TextOf(change, path, bookmarks) is { } line)
                    {
                        await WriteAsync(context, line, end.Token);
                    }
                }

                await news.More.WaitAsync(end.Token);
            }
        }
        catch (OperationCanceledException)
        {
            if (broken.IsCancellationRequested && !context.RequestAborted.IsCancellationRequested)
            {
                await WriteAsync(context, "{\"type\":\"MODIFIED\",\"object\":{\"metadata\":{\"na", CancellationToken.None);
                context.Abort();
            }
        }
    }

    private static async Task WriteAsync(HttpContext context, string text, CancellationToken cancellation)
    {
        await context.Response.WriteAsync(text, cancellation);
        await context.Response.Body.FlushAsync(cancellation);
    }

    private static string? TextOf(DoubleChange change, DoublePath path, bool bookmarks)
    {
        if (change.Type == "BOOKMARK")
        {
            var item = new JsonObject { ["metadata"] = new JsonObject { ["resourceVersion"] = change.Version.ToString(CultureInfo.InvariantCulture), ["creationTimestamp"] = null } };
            return bookmarks ? Event("BOOKMARK", item) : null;
        }

        if (!change.IsObject)
        {
            return change.Type;
        }

        // With a selector an object appears when it begins to match, and is deleted when it does so no more.
        bool matches = change.Resource == path.Resource && path.Matches(change.Item);
        bool matched = change.Resource == path.Resource && change.Before is not null && path.Matches(change.Before);
        string? type = change.Type == "DELETED" ? (matched ? "DELETED" : null)
            : matches ? (matched ? "MODIFIED" : "ADDED")
            : matched ? "DELETED" : null;
        return type is null ? null : Event(type, path.View(change.Item));
    }

    private static string Event(string type, JsonObject item) =>
        new JsonObject { ["type"] = type, ["object"] = item.DeepClone() }.ToJsonString() + "\n";
}
