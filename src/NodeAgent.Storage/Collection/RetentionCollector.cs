// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging;
using NodeAgent.Api.Meta;
using NodeAgent.Storage.Json;
using NodeAgent.Storage.Objects;
using NodeAgent.Storage.Requests;
using NodeAgent.Storage.Resources;

namespace NodeAgent.Storage.Collection;

/// <summary>From time to time looks at everything that is stored: what it is about may be gone, or it may be too old. Of several replicas one does.</summary>
/// <remarks>Deletes as a client does, on the condition that nobody has written the object since it was looked at. Threads: its own task.</remarks>
internal sealed class RetentionCollector(
    IObjectStore store, ServedResources served, ObjectMutations mutations, RetentionOptions options, StorageMetrics metrics, ILogger logger, TimeProvider time)
{
    // Objects deleted until the lease is renewed.
    private const int Step = 100;

    private static readonly TimeSpan FirstPause = TimeSpan.FromMinutes(1);

    private readonly StoreLease _lease = new(store, "collector", options.Interval * 3, time);
    private readonly AgeMarks _marks = new(store, time);
    private Dictionary<(ObjectKey Key, string Reason), long> _goneSince = [];
    private string? _waits;

    /// <summary>Works until cancelled.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        TimeSpan pause = options.Interval < FirstPause ? options.Interval : FirstPause;
        while (await Collectors.PauseAsync(pause, time, stop))
        {
            pause = options.Interval;
            try
            {
                await PassAsync(stop);
            }
            catch (StoreUnavailableException error)
            {
                Log.RetentionWaits(logger, error.Message);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return;
            }
        }
    }

    /// <summary>One look at everything.</summary>
    /// <exception cref="StoreUnavailableException">The database cannot be asked.</exception>
    public async Task PassAsync(CancellationToken stop)
    {
        if (store.ReadOnlyReason is not null || !await _lease.HoldAsync(stop))
        {
            return;
        }

        long aged = options.MaxAge > TimeSpan.Zero ? await _marks.NoteAsync(options.MaxAge, stop) : 0;
        ILiveCluster? cluster = Cluster();
        var gone = new Dictionary<(ObjectKey, string), long>();
        var sizes = new List<(string Resource, long Objects, long Bytes)>();
        foreach (ResourceDefinition resource in served.Stored)
        {
            List<Victim> victims = Look(resource, cluster, aged, gone, sizes);
            for (int i = 0; i < victims.Count; i++)
            {
                if (i % Step == Step - 1 && !await _lease.HoldAsync(stop))
                {
                    return;
                }

                await CollectAsync(resource, victims[i], stop);
            }
        }

        _goneSince = gone;
        metrics.Sizes = sizes;
    }

    private List<Victim> Look(
        ResourceDefinition resource, ILiveCluster? cluster, long aged, Dictionary<(ObjectKey, string), long> gone, List<(string Resource, long Objects, long Bytes)> sizes)
    {
        var victims = new List<Victim>();
        (long objects, long bytes) = (0, 0);
        using ListSnapshot snapshot = store.List(new ListRequest(resource.QualifiedName, null, MetadataOnly: true));
        foreach (StoredObject item in snapshot.Objects)
        {
            objects++;
            bytes += item.SizeBytes;
            var header = ObjectHeader.Read(item.Body);
            if (RetentionRules.IsCollected(resource, header) && Reason(resource, item, header, cluster, aged, gone) is { } reason)
            {
                victims.Add(new Victim(item.Key, item.Revision, reason));
            }
        }

        sizes.Add((resource.Plural, objects, bytes));
        return victims;
    }

    // Null: it stays, at least for now.
    private string? Reason(ResourceDefinition resource, StoredObject item, ObjectHeader header, ILiveCluster? cluster, long aged, Dictionary<(ObjectKey, string), long> gone)
    {
        if (item.Revision <= aged)
        {
            return "age";
        }

        if (cluster is null || RetentionRules.GoneReason(resource, header, cluster) is not { } reason)
        {
            return null;
        }

        long since = _goneSince.TryGetValue((item.Key, reason), out long known) ? known : time.GetTimestamp();
        gone[(item.Key, reason)] = since;
        return time.GetElapsedTime(since) >= options.Grace ? reason : null;
    }

    private ILiveCluster? Cluster()
    {
        string? waits = options.Cluster?.NotReady;
        if (waits is not null && waits != _waits)
        {
            Log.RetentionWaits(logger, waits);
        }

        _waits = waits;
        return waits is null ? options.Cluster : null;
    }

    private async Task CollectAsync(ResourceDefinition resource, Victim victim, CancellationToken stop)
    {
        try
        {
            await mutations.DeleteAsync(
                resource,
                victim.Key,
                new DeleteOptions(),
                stored => _ = stored.Revision == victim.Revision ? stored : throw Failures.Modified(resource, victim.Key.Name),
                false,
                stop);
            metrics.Collected(resource.Plural, victim.Reason);
            Log.Collected(logger, victim.Key.ToString(), victim.Reason);
        }
        catch (ApiException)
        {
            // Gone already, or written meanwhile: the next look judges it anew.
        }
    }

    private sealed record Victim(ObjectKey Key, long Revision, string Reason);
}
