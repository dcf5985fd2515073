// SPDX-License-Identifier: Apache-2.0
using System.Numerics;
using System.Runtime.CompilerServices;

namespace NodeAgent.Profiles.Learning;

/// <summary>Byte strings, each with a value, in little memory: 20 bytes of table and the text itself. It only grows.</summary>
/// <remarks>
/// The texts lie behind each other in blocks that are never written again, so a copy of the table shares them. A look-up by span allocates
/// nothing, and every hit is verified byte by byte (<see cref="BytesComparer"/>). Not thread-safe: the event loop's.
/// </remarks>
internal sealed class ByteTable<T>
    where T : unmanaged
{
    private const int LeastBlock = 256;
    private const int MostBlock = 32 << 10;

    private int[] _buckets = new int[4]; // 1-based, a power of two of them
    private Entry[] _entries = new Entry[4];
    private byte[][] _blocks = [];
    private int _blockCount;
    private int _used; // of the last block

    public int Count { get; private set; }

    /// <summary>Units: bytes of text.</summary>
    public long Bytes { get; private set; }

    /// <returns>The place of the text; -1 when it is not there. No allocation.</returns>
    public int IndexOf(ReadOnlySpan<byte> text)
    {
        int hash = BytesComparer.Instance.GetHashCode(text);
        Entry[] entries = _entries;
        int[] buckets = _buckets;
        int at = buckets[hash & (buckets.Length - 1)] - 1;
        while ((uint)at < (uint)entries.Length)
        {
            ref readonly Entry entry = ref entries[at];
            if (entry.Hash == hash && entry.Length == text.Length && text.SequenceEqual(new ReadOnlySpan<byte>(_blocks[entry.Block], entry.Start, entry.Length)))
            {
                return at;
            }

            at = entry.Next;
        }

        return -1;
    }

    /// <summary>Valid until something is added.</summary>
    public ref T ValueAt(int index) => ref _entries[index].Value;

    public ReadOnlySpan<byte> TextAt(int index) => Text(_blocks, in _entries[index]);

    /// <param name="text">Not there yet.</param>
    /// <returns>Its place: the count before.</returns>
    public int Add(ReadOnlySpan<byte> text, T value)
    {
        if (Count == _entries.Length)
        {
            Grow();
        }

        (ushort block, ushort start) = Store(text);
        int hash = BytesComparer.Instance.GetHashCode(text);
        ref int bucket = ref _buckets[hash & (_buckets.Length - 1)];
        _entries[Count] = new Entry { Hash = hash, Next = bucket - 1, Block = block, Start = start, Length = text.Length, Value = value };
        bucket = ++Count;
        Bytes += text.Length;
        return Count - 1;
    }

    /// <summary>A copy that nobody changes, for any thread; the texts are shared.</summary>
    public ByteList<T> Capture()
    {
        var places = new ByteList<T>.Place[Count];
        for (int i = 0; i < places.Length; i++)
        {
            ref readonly Entry entry = ref _entries[i];
            places[i] = new ByteList<T>.Place(entry.Block, entry.Start, entry.Length, entry.Value);
        }

        return new ByteList<T>(_blocks.AsSpan(0, _blockCount).ToArray(), places);
    }

    private static ReadOnlySpan<byte> Text(byte[][] blocks, in Entry entry) => blocks[entry.Block].AsSpan(entry.Start, entry.Length);

    private (ushort Block, ushort Start) Store(ReadOnlySpan<byte> text)
    {
        if (_blockCount == 0 || _blocks[_blockCount - 1].Length - _used < text.Length)
        {
            if (_blockCount == _blocks.Length)
            {
                Array.Resize(ref _blocks, _blockCount + 4 + (_blockCount / 4));
            }

            // A quarter of what is there, so that no more than that stays empty.
            _blocks[_blockCount] = new byte[Math.Max((int)Math.Clamp(Bytes / 4, LeastBlock, MostBlock), text.Length)];
            _blockCount = checked((ushort)(_blockCount + 1));
            _used = 0;
        }

        text.CopyTo(_blocks[_blockCount - 1].AsSpan(_used));
        (ushort, ushort) place = ((ushort)(_blockCount - 1), (ushort)_used);
        _used += text.Length;
        return place;
    }

    private void Grow()
    {
        Array.Resize(ref _entries, Count + 4 + (Count / 4));
        int buckets = (int)BitOperations.RoundUpToPowerOf2((uint)_entries.Length);
        if (buckets == _buckets.Length)
        {
            return;
        }

        _buckets = new int[buckets];
        for (int i = 0; i < Count; i++)
        {
            ref int bucket = ref _buckets[_entries[i].Hash & (buckets - 1)];
            _entries[i].Next = bucket - 1;
            bucket = i + 1;
        }
    }

    private struct Entry
    {
        public int Hash;
        public int Next;
        public ushort Block;
        public ushort Start; // a block that is larger than this can tell holds one text only
        public int Length;
        public T Value;
    }
}
