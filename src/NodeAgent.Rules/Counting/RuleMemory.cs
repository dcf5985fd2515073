// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Rules.Counting;

/// <summary>What one rule has counted, with a bound. For the loop's thread.</summary>
/// <remarks>
/// Keys are kept as hashes, seeded at random for each memory, of container and text. When there are too many, the one that was used least recently is
/// forgotten and counted: a rule that counts more things than it has room for then starts again with that one.
/// </remarks>
internal sealed class RuleMemory(int capacity = RuleMemory.DefaultCapacity)
{
    public const int DefaultCapacity = 4096;

    private readonly ulong _seed = (ulong)Random.Shared.NextInt64();
    private readonly Dictionary<ulong, LinkedListNode<Counter>> _counters = [];
    private readonly LinkedList<Counter> _order = new();

    public int Keys => _counters.Count;

    /// <summary>Keys that were forgotten for want of room.</summary>
    public long Evictions { get; private set; }

    /// <summary>Notes one occurrence.</summary>
    /// <param name="windowNs">Units: ns.</param>
    /// <param name="nowNs">Units: boot ns.</param>
    /// <returns>How many there were within the window, this one included; the window begins with an eighth of itself, so up to an eighth too few.</returns>
    public long Count(ulong scope, ReadOnlySpan<byte> key, ulong windowNs, ulong nowNs) => Find(scope, key, windowNs, out _).Add(nowNs, windowNs);

    /// <summary>What <see cref="Count"/> of the same key and window noted within the window; notes nothing.</summary>
    public long Seen(ulong scope, ReadOnlySpan<byte> key, ulong windowNs, ulong nowNs) =>
        _counters.TryGetValue(Hash(scope, key, windowNs), out LinkedListNode<Counter>? node) ? node.Value.At(nowNs, windowNs) : 0;

    /// <summary>Notes a key.</summary>
    /// <returns>True when it was not known.</returns>
    public bool IsFirst(ulong scope, ReadOnlySpan<byte> key)
    {
        Find(scope, key, 0, out bool isNew);
        return isNew;
    }

    private Counter Find(ulong scope, ReadOnlySpan<byte> key, ulong window, out bool isNew)
    {
        ulong hash = Hash(scope, key, window);
        isNew = !_counters.TryGetValue(hash, out LinkedListNode<Counter>? node);
        if (!isNew)
        {
            _order.Remove(node!);
            _order.AddLast(node!);
            return node!.Value;
        }

        if (_counters.Count >= capacity && _order.First is { } oldest)
        {
            _order.RemoveFirst();
            _counters.Remove(oldest.Value.Hash);
            Evictions++;
        }

        node = _order.AddLast(new Counter(hash));
        _counters.Add(hash, node);
        return node.Value;
    }

    // FNV-1a over the seed; who is watched does not know it.
    private ulong Hash(ulong scope, ReadOnlySpan<byte> key, ulong window)
    {
        ulong hash = (14695981039346656037 ^ _seed ^ scope) * 1099511628211;
        hash = (hash ^ window) * 1099511628211;
        foreach (byte one in key)
        {
            hash = (hash ^ one) * 1099511628211;
        }

        return hash ^ hash >> 29;
    }

    /// <summary>Eight parts of a window that wander.</summary>
    private sealed class Counter(ulong hash)
    {
        private const int Parts = 8;
        private readonly uint[] _counts = new uint[Parts];
        private ulong _part;

        public ulong Hash { get; } = hash;

        public long Add(ulong nowNs, ulong windowNs)
        {
            Wander(nowNs, windowNs);
            _counts[_part % Parts]++;
            return Sum();
        }

        public long At(ulong nowNs, ulong windowNs)
        {
            Wander(nowNs, windowNs);
            return Sum();
        }

        private void Wander(ulong nowNs, ulong windowNs)
        {
            ulong part = nowNs / Math.Max(windowNs / Parts, 1);
            if (part > _part)
            {
                ulong steps = Math.Min(part - _part, Parts);
                for (ulong step = 1; step <= steps; step++)
                {
                    _counts[(part - steps + step) % Parts] = 0;
                }

                _part = part;
            }
        }

        private long Sum()
        {
            long sum = 0;
            foreach (uint count in _counts)
            {
                sum += count;
            }

            return sum;
        }
    }
}
