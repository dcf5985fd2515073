// SPDX-License-Identifier: Apache-2.0
using System.Threading.Channels;

namespace NodeAgent.Storage.Objects;

/// <summary>The newest changes in memory: what watches resume from and what older states are rebuilt from.</summary>
/// <remarks>Threads: any. Bounded by count and bytes; after a restart it is empty, and a watcher from before gets "gone" and lists anew.</remarks>
internal sealed class ChangeLog(int maxEvents, long maxBytes, StorageMetrics metrics)
{
    private readonly Lock _lock = new();
    private readonly LinkedList<StoreEvent> _events = new();
    private readonly List<WatchSubscription> _subscriptions = [];
    private TaskCompletionSource _advanced = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _bytes;
    private long _newest;

    /// <summary>A state or a watch can start at this revision or later.</summary>
    public long Oldest { get; private set; }

    public long Newest => Volatile.Read(ref _newest);

    public int WatcherCount
    {
        get
        {
            lock (_lock)
            {
                return _subscriptions.Count;
            }
        }
    }

    public void Start(long revision)
    {
        lock (_lock)
        {
            Oldest = revision;
            Volatile.Write(ref _newest, revision);
        }
    }

    /// <summary>Appends the events of one commit, in order, and offers them to every watcher; never waits for one.</summary>
    public void Publish(IReadOnlyList<StoreEvent> events)
    {
        TaskCompletionSource advanced;
        lock (_lock)
        {
            foreach (StoreEvent change in events)
            {
                _events.AddLast(change);
                _bytes += change.SizeBytes;
                foreach (WatchSubscription subscription in _subscriptions)
                {
                    subscription.Offer(change);
                }

                // After the offers: whoever reads this revision finds its event in the queues (bookmarks rely on it).
                Volatile.Write(ref _newest, change.Revision);
            }

            Trim();
            metrics.WatchersDropped.Add(_subscriptions.RemoveAll(subscription => subscription.Overflowed));
            advanced = Next();
        }

        advanced.TrySetResult();
    }

    /// <summary>Moves on to a revision without an event, where revisions were left out.</summary>
    public void Advance(long revision)
    {
        TaskCompletionSource advanced;
        lock (_lock)
        {
            Volatile.Write(ref _newest, Math.Max(_newest, revision));
            advanced = Next();
        }

        advanced.TrySetResult();
    }

    /// <summary>Forgets all: events after the newest one known are lost, and every watcher has to list anew.</summary>
    public void Restart(long revision)
    {
        TaskCompletionSource advanced;
        lock (_lock)
        {
            _events.Clear();
            _bytes = 0;
            _subscriptions.ForEach(subscription => subscription.Lose());
            metrics.WatchersDropped.Add(_subscriptions.Count);
            _subscriptions.Clear();
            Oldest = revision;
            Volatile.Write(ref _newest, revision);
            advanced = Next();
        }

        advanced.TrySetResult();
    }

    /// <summary>Watches one resource from after <paramref name="revision"/>, or all of them.</summary>
    /// <param name="resource">Empty: all.</param>
    /// <exception cref="RevisionGoneException">Events after that revision are forgotten.</exception>
    public WatchSubscription Subscribe(string resource, string? objectNamespace, long revision, int capacity)
    {
        var subscription = new WatchSubscription(this, resource, objectNamespace, revision, capacity);
        lock (_lock)
        {
            ThrowIfGone(revision);
            for (LinkedListNode<StoreEvent>? node = FirstAfter(revision); node is not null; node = node.Next)
            {
                subscription.Backlog(node.Value);
            }

            _subscriptions.Add(subscription);
        }

        return subscription;
    }

    /// <summary>What objects of one resource were at <paramref name="from"/>, for each that changed up to <paramref name="to"/>.</summary>
    /// <exception cref="RevisionGoneException">Events after <paramref name="from"/> are forgotten.</exception>
    public SortedDictionary<ListPosition, ReadOnlyMemory<byte>?> Undo(string resource, long from, long to)
    {
        WaitFor(to);
        var before = new SortedDictionary<ListPosition, ReadOnlyMemory<byte>?>();
        lock (_lock)
        {
            ThrowIfGone(from);
            for (LinkedListNode<StoreEvent>? node = FirstAfter(from); node is not null && node.Value.Revision <= to; node = node.Next)
            {
                if (node.Value.Key.Resource == resource)
                {
                    before.TryAdd(new ListPosition(node.Value.Key.ObjectNamespace, node.Value.Key.Name), node.Value.Previous);
                }
            }
        }

        return before;
    }

    /// <summary>Ends every watch, at shutdown.</summary>
    public void Complete()
    {
        lock (_lock)
        {
            _subscriptions.ForEach(subscription => subscription.Complete());
            _subscriptions.Clear();
        }
    }

    internal void Remove(WatchSubscription subscription)
    {
        lock (_lock)
        {
            _subscriptions.Remove(subscription);
        }
    }

    // A reader can see a commit some microseconds before its events stand here.
    private void WaitFor(long revision)
    {
        while (Newest < revision)
        {
            Task advanced;
            lock (_lock)
            {
                if (_newest >= revision)
                {
                    return;
                }

                advanced = _advanced.Task;
            }

            if (!advanced.Wait(TimeSpan.FromSeconds(5)))
            {
                throw new StoreUnavailableException($"the events up to revision {revision} did not arrive");
            }
        }
    }

    // Under the lock; the caller completes it outside.
    private TaskCompletionSource Next()
    {
        TaskCompletionSource advanced = _advanced;
        _advanced = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        return advanced;
    }

    private void ThrowIfGone(long revision)
    {
        if (revision < Oldest)
        {
            throw new RevisionGoneException(revision, Oldest);
        }
    }

    private LinkedListNode<StoreEvent>? FirstAfter(long revision)
    {
        // From the end: nearly every reader asks for what is recent.
        LinkedListNode<StoreEvent>? node = _events.Last;
        if (node is null || node.Value.Revision <= revision)
        {
            return null;
        }

        while (node.Previous is { } previous && previous.Value.Revision > revision)
        {
            node = previous;
        }

        return node;
    }

    private void Trim()
    {
        while (_events.First is { } first && (_events.Count > maxEvents || _bytes > maxBytes))
        {
            Oldest = first.Value.Revision;
            _bytes -= first.Value.SizeBytes;
            _events.RemoveFirst();
        }
    }
}
