// SPDX-License-Identifier: Apache-2.0
using System.Runtime.CompilerServices;
using NodeAgent.Events.Wire;
using NodeAgent.Interop.Maps;
using NodeAgent.Interop.Platform;

namespace NodeAgent.Bpf.Rings;

/// <summary>Takes one record; it is valid during the call.</summary>
internal delegate void RecordVisitor(ReadOnlySpan<byte> record);

/// <summary>One kernel ring buffer, read in place. For one thread.</summary>
/// <remarks>
/// Source: kernel/bpf/ringbuf.c. The descriptor maps as: a page with the consumer position (ours to write), a page with the
/// producer position, then the data, twice in a row so that no record is ever split. Of the second copy only as much is
/// mapped as the longest record needs: the kernel maps every page at once, and each counts as resident memory of ours.
/// Each record is an 8-byte header (length with two flag bits, page offset) and its bytes, padded to 8.
/// </remarks>
internal sealed unsafe class RingBuffer : IDisposable
{
    private const uint Busy = 1u << 31;
    private const uint Discarded = 1u << 30;
    private const int HeaderSize = 8;

    // Far above the longest record of event.h (fixed part, two paths and argv: 13 KiB).
    private const ulong MostOverlapBytes = 64 << 10;

    private readonly MappedMemory _consumerMemory;
    private readonly MappedMemory _producerMemory;
    private readonly ulong* _consumer;
    private readonly ulong* _producer;
    private readonly byte* _data;
    private readonly ulong _mask;
    private readonly ulong _overlap;
    private readonly ulong _publishStep;

    // Where we read; what the kernel was told last (may be behind); up to where the kernel wrote, when last looked.
    private ulong _position;
    private ulong _published;
    private ulong _produced;
    private byte* _record;
    private int _length;

    // Where an unfinished record was met, and when.
    private ulong _unfinishedAt;
    private ulong _unfinishedSinceNs;

    private RingBuffer(MappedMemory consumer, MappedMemory producer, ulong producerOffset, ulong sizeBytes, bool older = false)
    {
        IsOlder = older;
        _consumerMemory = consumer;
        _producerMemory = producer;
        _consumer = (ulong*)consumer.Address;
        _producer = (ulong*)(producer.Address + producerOffset);
        _data = producer.Address + producerOffset + (ulong)MappedMemory.PageSizeBytes;
        _mask = sizeBytes - 1;
        _overlap = Overlap(sizeBytes);
        _publishStep = sizeBytes / 4;
        _position = _published = Volatile.Read(ref *_consumer);
        _produced = _position;
    }

    public ulong SizeBytes => _mask + 1;

    /// <summary>Whether programs of an older generation fill it.</summary>
    public bool IsOlder { get; }

    /// <summary>Records that lie about their length: impossible unless memory is broken; each costs what the ring held.</summary>
    public long CorruptCount { get; private set; }

    /// <summary>What was read so far.</summary>
    public RingCounts Counts { get; } = new();

    /// <summary>Whether <see cref="Current"/> is a record.</summary>
    public bool HasCurrent => _record is not null;

    /// <summary>The record at the head; valid until <see cref="MoveNext"/>.</summary>
    public ReadOnlySpan<byte> Current => new(_record, _length);

    /// <summary>After <see cref="Refresh"/> that found none: whether there is one that is being written.</summary>
    public bool IsUnfinished { get; private set; }

    /// <summary>Units: ns. The first 8 bytes of the record at the head, or of the last that was; 0 when it is too short to have them.</summary>
    public ulong CurrentTimeNs { get; private set; }

    /// <summary>Whether the kernel reserved space that was not read yet, finished or not.</summary>
    public bool HasPending => Volatile.Read(ref *_producer) != _position;

    /// <summary>Units: bytes that were there at the last look and were not read.</summary>
    public ulong KnownPendingBytes => _produced - _position;

    public static RingBuffer Map(KernelMap map, bool older = false)
    {
        ulong page = (ulong)MappedMemory.PageSizeBytes;
        MappedMemory consumer = map.MapMemory(0, page, writable: true);
        try
        {
            // The kernel refuses a writable mapping of producer position and data.
            MappedMemory producer = map.MapMemory(page, page + map.MaxEntries + Overlap(map.MaxEntries), writable: false);
            return new RingBuffer(consumer, producer, 0, map.MaxEntries, older);
        }
        catch
        {
            consumer.Dispose();
            throw;
        }
    }

    /// <summary>A ring in memory that is laid out like the kernel's: consumer page, producer page, data twice.</summary>
    internal static RingBuffer OverMemory(MappedMemory memory, ulong sizeBytes, bool older = false) =>
        new(memory, memory, (ulong)MappedMemory.PageSizeBytes, sizeBytes, older);

    /// <summary>Shows every record that waits, and leaves it there.</summary>
    public void Peek(RecordVisitor visit)
    {
        ulong end = Volatile.Read(ref *_producer);
        for (ulong at = _position; at != end;)
        {
            byte* header = _data + (at & _mask);
            uint word = Volatile.Read(ref *(uint*)header);
            uint length = word & ~(Busy | Discarded);
            if ((word & Busy) != 0 || Padded(length) > end - at || Padded(length) > _overlap)
            {
                return;
            }

            if ((word & Discarded) == 0)
            {
                visit(new ReadOnlySpan<byte>(header + HeaderSize, (int)length));
            }

            at += Padded(length);
        }
    }

    /// <summary>Looks for a record when there is none at the head.</summary>
    /// <returns>Whether there is one now.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Refresh() => _record is not null || Load();

    /// <summary>Units: ns. For how long the record at the head has been seen unfinished.</summary>
    public ulong UnfinishedFor(ulong nowNs)
    {
        if (_unfinishedAt != _position || _unfinishedSinceNs == 0)
        {
            (_unfinishedAt, _unfinishedSinceNs) = (_position, nowNs);
        }

        return nowNs - _unfinishedSinceNs;
    }

    /// <summary>Steps over the record at the head.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void MoveNext()
    {
        ulong taken = Padded((uint)_length);
        Counts.Add(_length >= sizeof(HeaderRecord) ? ((HeaderRecord*)_record)->Kind : EventKind.None, (long)taken);
        _position += taken;
        if (_position - _published >= _publishStep)
        {
            Publish();
        }

        Load();
    }

    /// <summary>Gives what was read back to the kernel.</summary>
    public void Publish()
    {
        if (_published != _position)
        {
            _published = _position;
            Volatile.Write(ref *_consumer, _position);
        }
    }

    public void Dispose()
    {
        _record = null;
        _consumerMemory.Dispose();
        _producerMemory.Dispose();
    }

    private bool Load()
    {
        _record = null;
        while (true)
        {
            if (_position == _produced)
            {
                _produced = Volatile.Read(ref *_producer);
                if (_position == _produced)
                {
                    IsUnfinished = false;
                    return false;
                }
            }

            byte* header = _data + (_position & _mask);
            uint word = Volatile.Read(ref *(uint*)header);
            if ((word & Busy) != 0)
            {
                IsUnfinished = true;
                return false;
            }

            uint length = word & ~(Busy | Discarded);
            if (Padded(length) > _produced - _position || Padded(length) > _overlap)
            {
                CorruptCount++;
                _position = _produced;
                IsUnfinished = false;
                Publish();
                return false;
            }

            if ((word & Discarded) == 0)
            {
                _record = header + HeaderSize;
                _length = (int)length;
                CurrentTimeNs = length >= sizeof(ulong) ? *(ulong*)_record : 0;
                return true;
            }

            _position += Padded(length);
        }
    }

    private static ulong Overlap(ulong sizeBytes) => Math.Min(sizeBytes, MostOverlapBytes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Padded(uint length) => ((ulong)length + HeaderSize + 7) & ~7ul;
}
