// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;

namespace NodeAgent.Events.Text;

/// <summary>A bounded map from byte strings to values that were made from them: a hit allocates nothing.</summary>
/// <remarks>
/// For one thread; the counters may be read by any. When an entry or byte bound is reached, entries leave in clock order:
/// the hand goes round, spares once what was hit since it last came by, and takes the first that was not.
/// </remarks>
public sealed class ByteCache<TValue>
    where TValue : class
{
    private readonly int[] _buckets;
    private readonly Slot[] _slots;
    private readonly int _maxKeyBytes;
    private readonly long _maxBytes;
    private int _free;
    private int _used;
    private int _hand;

    /// <param name="maxEntries">Entries that are kept at most.</param>
    /// <param name="maxBytes">Units: bytes of all keys together. A key above a sixteenth of it is never kept.</param>
    public ByteCache(int maxEntries, long maxBytes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxEntries, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxBytes, 16);
        _slots = new Slot[maxEntries];
        _buckets = new int[System.Numerics.BitOperations.RoundUpToPowerOf2((uint)maxEntries)];
        _maxBytes = maxBytes;
        _maxKeyBytes = (int)Math.Min(maxBytes / 16, int.MaxValue);
        _free = -1;
    }

    public int Count { get; private set; }

    /// <summary>Units: bytes of the keys.</summary>
    public long SizeBytes { get; private set; }

    public long Hits { get; private set; }

    public long Misses { get; private set; }

    public long Evictions { get; private set; }

    /// <returns>The kept value, or null.</returns>
    public TValue? Find(ReadOnlySpan<byte> key)
    {
        int hash = Hash(key);
        for (int i = _buckets[hash & (_buckets.Length - 1)] - 1; i >= 0; i = _slots[i].Next)
        {
            ref Slot slot = ref _slots[i];
            if (slot.HashCode == hash && key.SequenceEqual(slot.Key))
            {
                slot.WasHit = true;
                Hits++;
                return slot.Value;
            }
        }

        Misses++;
        return null;
    }

    /// <summary>Keeps a value after <see cref="Find"/> gave null for its key.</summary>
    public void Add(ReadOnlySpan<byte> key, TValue value)
    {
        if (key.Length > _maxKeyBytes)
        {
            return;
        }

        while (Count == _slots.Length || SizeBytes + key.Length > _maxBytes)
        {
            EvictOne();
        }

        int index = _free >= 0 ? _free : _used++;
        ref Slot slot = ref _slots[index];
        if (_free >= 0)
        {
            _free = slot.Next;
        }

        int hash = Hash(key);
        ref int bucket = ref _buckets[hash & (_buckets.Length - 1)];
        slot = new Slot { Key = key.ToArray(), Value = value, HashCode = hash, Next = bucket - 1 };
        bucket = index + 1;
        Count++;
        SizeBytes += key.Length;
    }

    private void EvictOne()
    {
        while (true)
        {
            ref Slot slot = ref _slots[_hand];
            int index = _hand;
            _hand = (_hand + 1) % _used;
            if (slot.Key is null)
            {
                continue;
            }

            if (slot.WasHit)
            {
                slot.WasHit = false;
                continue;
            }

            Unlink(index);
            Evictions++;
            return;
        }
    }

    private void Unlink(int index)
    {
        ref Slot slot = ref _slots[index];
        ref int link = ref _buckets[slot.HashCode & (_buckets.Length - 1)];
        if (link - 1 == index)
        {
            link = slot.Next + 1;
        }
        else
        {
            int before = link - 1;
            while (_slots[before].Next != index)
            {
                before = _slots[before].Next;
            }

            _slots[before].Next = slot.Next;
        }

        Count--;
        SizeBytes -= slot.Key!.Length;
        slot = new Slot { Next = _free };
        _free = index;
    }

    /// <summary>Seeded at random per process: the keys come from whoever is watched.</summary>
    private static int Hash(ReadOnlySpan<byte> key)
    {
        int hash = string.GetHashCode(MemoryMarshal.Cast<byte, char>(key));
        return (key.Length & 1) == 0 ? hash : HashCode.Combine(hash, key[^1]);
    }

    private struct Slot
    {
        public byte[]? Key;
        public TValue? Value;
        public int HashCode;
        public int Next;
        public bool WasHit;
    }
}
