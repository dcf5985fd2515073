// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging;
using NodeAgent.Storage.Json;
using NodeAgent.Storage.Objects;
using NodeAgent.Storage.Requests;
using NodeAgent.Storage.Resources;

namespace NodeAgent.Storage.Collection;

/// <summary>What a cluster's garbage collector does, where there is none: follows <c>ownerReferences</c> between objects of this store.</summary>
/// <remarks>
/// Follows all changes, and looks at everything when it begins and when it fell behind, so what a crash interrupted is done later.
/// Several of them on one database do no harm: every write is conditional. Owners of kinds that are not served here count as there.
/// Threads: its own task.
/// </remarks>
internal sealed class DependentCollector(IObjectStore store, ServedResources served, DependentRules rules, ILogger logger, TimeProvider time)
{
    // Changes it may lag behind before it looks at everything again.
    private const int QueueLength = 65_536;

    private static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(2);

    private readonly OwnerIndex _index = rules.Index;
    private readonly HashSet<ObjectKey> _failed = [];

    /// <summary>Works until cancelled.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                await FollowAsync(stop);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception error) when (error is StoreUnavailableException or RevisionGoneException)
            {
                Log.CollectorInterrupted(logger, error.Message);
                await Collectors.PauseAsync(RetryInterval, time, stop);
            }
        }
    }

    private async Task FollowAsync(CancellationToken stop)
    {
        using WatchSubscription changes = store.Events.Subscribe(string.Empty, null, store.CurrentRevision, QueueLength);
        await ScanAsync(stop);
        while (true)
        {
            Task<bool> next = changes.Live.WaitToReadAsync(stop).AsTask();
            if (_failed.Count > 0)
            {
                await Task.WhenAny(next, Task.Delay(RetryInterval, time, stop));
                await RetryAsync(stop);
            }

            if (!await next)
            {
                // Overflowed, or the server stops.
                stop.ThrowIfCancellationRequested();
                await Collectors.PauseAsync(RetryInterval, time, stop);
                return;
            }

            while (changes.Live.TryRead(out StoreEvent? change))
            {
                await TakeAsync(change, stop);
            }
        }
    }

    private async Task ScanAsync(CancellationToken stop)
    {
        _index.Clear();
        _failed.Clear();
        var concerned = new List<ObjectKey>();
        foreach (ResourceDefinition resource in served.Stored)
        {
            using ListSnapshot snapshot = store.List(new ListRequest(resource.QualifiedName, null, MetadataOnly: true));
            foreach (StoredObject item in snapshot.Objects.Where(item => MayConcern(item.Body)))
            {
                var read = OwnedObject.Read(item.Key, item.Body);
                _index.Set(item.Key, read.Owners);
                concerned.Add(item.Key);
            }
        }

        foreach (ObjectKey key in concerned)
        {
            await TryAsync(key, stop);
        }
    }

    private async Task TakeAsync(StoreEvent change, CancellationToken stop)
    {
        OwnedObject? before = change.Previous is { } old && (change.Current is null || MayConcern(old)) ? OwnedObject.Read(change.Key, old) : null;
        if (change.Current is { } body)
        {
            if (MayConcern(body) || before is not null)
            {
                _index.Set(change.Key, OwnedObject.Read(change.Key, body).Owners);
                await TryAsync(change.Key, stop);
            }
        }
        else
        {
            _index.Set(change.Key, []);
            foreach (ObjectKey dependent in before is null ? [] : _index.DependentsOf(before.Uid))
            {
                await TryAsync(dependent, stop);
            }
        }

        // Owners that wait for this one to go, or to let them go.
        foreach (ObjectKey owner in before is null ? [] : rules.OwnersOf(before))
        {
            await TryAsync(owner, stop);
        }
    }

    private async Task RetryAsync(CancellationToken stop)
    {
        ObjectKey[] failed = [.. _failed];
        _failed.Clear();
        foreach (ObjectKey key in failed)
        {
            await TryAsync(key, stop);
        }
    }

    private async Task TryAsync(ObjectKey key, CancellationToken stop)
    {
        try
        {
            await rules.ApplyAsync(key, stop);
        }
        catch (Exception error) when (error is ApiException or StoreUnavailableException)
        {
            // Gone meanwhile is what was wanted; all else is tried again.
            if (error is not ApiException { Status.Code: 404 })
            {
                Log.CollectionFailed(logger, key.ToString(), error.Message);
                _failed.Add(key);
            }
        }
    }

    // Nearly no object has owners or is waiting: those are told by their text, without building anything.
    private static bool MayConcern(ReadOnlyMemory<byte> body)
    {
        ReadOnlySpan<byte> metadata = body.Span[ObjectHeader.RangeOfMetadata(body.Span)];
        return metadata.IndexOf("\"ownerReferences\""u8) >= 0 || metadata.IndexOf("\"deletionTimestamp\""u8) >= 0;
    }
}
