// SPDX-License-Identifier: Apache-2.0
using System.Threading.Channels;

namespace NodeAgent.Storage.Objects;

/// <summary>One watcher's own bounded queue; a watcher that does not keep up loses its watch, never delays another.</summary>
/// <remarks>Threads: one reader. Dispose ends it.</remarks>
internal sealed class WatchSubscription(ChangeLog log, string resource, string? objectNamespace, long revision, int capacity) : IDisposable
{
    private readonly Channel<StoreEvent> _queue =
        Channel.CreateBounded<StoreEvent>(new BoundedChannelOptions(capacity) { SingleReader = true, SingleWriter = true });

    private readonly List<StoreEvent> _backlog = [];

    /// <summary>True once an event did not fit or was lost; the queue is complete then.</summary>
    public bool Overflowed { get; private set; }

    /// <summary>What had happened already when the watch began; the log's window bounds it.</summary>
    public IReadOnlyList<StoreEvent> Missed => _backlog;

    public ChannelReader<StoreEvent> Live => _queue.Reader;

    public void Dispose() => log.Remove(this);

    internal void Backlog(StoreEvent change)
    {
        if (Matches(change))
        {
            _backlog.Add(change);
        }
    }

    internal void Offer(StoreEvent change)
    {
        if (!Overflowed && Matches(change) && !_queue.Writer.TryWrite(change))
        {
            Lose();
        }
    }

    /// <summary>Ends the watch because events are missing from it.</summary>
    internal void Lose()
    {
        Overflowed = true;
        _queue.Writer.TryComplete();
    }

    internal void Complete() => _queue.Writer.TryComplete();

    private bool Matches(StoreEvent change) =>
        change.Revision > revision
        && (resource.Length == 0 || change.Key.Resource == resource)
        && (objectNamespace is null || change.Key.ObjectNamespace == objectNamespace);
}
