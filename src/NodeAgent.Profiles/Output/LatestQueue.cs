// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;

namespace NodeAgent.Profiles.Output;

/// <summary>A channel that holds at most one item per key: a newer item replaces an older one that nobody took yet.</summary>
/// <remarks>Bounded by the number of keys; writing never waits and never fails. Any thread may write and read.</remarks>
internal sealed class LatestQueue<T>(Func<T, string> key, Func<T, T, T>? unite = null) : ChannelReader<T>
    where T : class
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, T> _items = new(StringComparer.Ordinal);
    private readonly Queue<string> _order = new();
    private readonly Channel<bool> _signal = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    public override bool CanCount => true;

    public override int Count
    {
        get
        {
            lock (_lock)
            {
                return _items.Count;
            }
        }
    }

    public override Task Completion => _signal.Reader.Completion;

    /// <returns>True when the item took the place of an older one.</returns>
    public bool Put(T item)
    {
        bool replaced;
        lock (_lock)
        {
            string name = key(item);
            replaced = _items.TryGetValue(name, out T? old);
            _items[name] = replaced && unite is not null ? unite(old!, item) : item;
            if (!replaced)
            {
                _order.Enqueue(name);
            }

            _signal.Writer.TryWrite(true);
        }

        return replaced;
    }

    /// <summary>No more items will come; those that are there can still be read.</summary>
    public void Complete() => _signal.Writer.TryComplete();

    public override bool TryRead([MaybeNullWhen(false)] out T item)
    {
        lock (_lock)
        {
            if (_order.TryDequeue(out string? name) && _items.Remove(name, out item))
            {
                if (_items.Count == 0)
                {
                    _signal.Reader.TryRead(out _); // a signal that stays would hold up Completion
                }

                return true;
            }
        }

        item = null;
        return false;
    }

    public override async ValueTask<bool> WaitToReadAsync(CancellationToken cancellationToken = default)
    {
        while (Count == 0)
        {
            if (!await _signal.Reader.WaitToReadAsync(cancellationToken).ConfigureAwait(false))
            {
                return Count > 0;
            }

            _signal.Reader.TryRead(out _);
        }

        return true;
    }
}
