// SPDX-License-Identifier: Apache-2.0
using Microsoft.Win32.SafeHandles;
using NodeAgent.Bpf.Rings;
using NodeAgent.Interop.Platform;

namespace NodeAgent.Bpf.Tests.Rings;

/// <summary>A ring in memory that is laid out like the kernel's, with the test as its producer.</summary>
internal sealed unsafe class SyntheticRing : IDisposable
{
    private const uint Busy = 1u << 31;
    private const uint Discarded = 1u << 30;

    private readonly SafeFileHandle _file;
    private readonly byte* _consumer;
    private readonly byte* _producer;
    private readonly byte* _data;
    private readonly ulong _size;

    public SyntheticRing(int sizeBytes = 4096)
    {
        ulong page = (ulong)MappedMemory.PageSizeBytes;
        _size = (ulong)sizeBytes;
        _file = MappedMemory.CreateFile("ring", (2 * page) + _size);
        MappedMemory memory = MappedMemory.Reserve((2 * page) + (2 * _size));
        memory.Replace(0, _file, 0, (2 * page) + _size);
        memory.Replace((2 * page) + _size, _file, 2 * page, _size);
        _consumer = memory.Address;
        _producer = memory.Address + page;
        _data = memory.Address + (2 * page);
        Ring = RingBuffer.OverMemory(memory, _size);
    }

    public RingBuffer Ring { get; }

    public ulong ConsumerPosition => *(ulong*)_consumer;

    public ulong ProducerPosition
    {
        get => *(ulong*)_producer;
        set => Volatile.Write(ref *(ulong*)_producer, value);
    }

    /// <returns>False when there is no room, as in the kernel.</returns>
    public bool TryWrite(ReadOnlySpan<byte> record)
    {
        ulong total = ((ulong)record.Length + 15) & ~7ul;
        if (ProducerPosition + total - Volatile.Read(ref *(ulong*)_consumer) > _size)
        {
            return false;
        }

        byte* header = _data + (ProducerPosition & (_size - 1));
        record.CopyTo(new Span<byte>(header + 8, record.Length));
        Volatile.Write(ref *(uint*)header, (uint)record.Length);
        ProducerPosition += total;
        return true;
    }

    public void Write(ReadOnlySpan<byte> record) => Assert.True(TryWrite(record), "the synthetic ring is full");

    /// <summary>Reserves without finishing.</summary>
    /// <returns>Finishes the record, as data or discarded.</returns>
    public Action<bool> Reserve(byte[] record)
    {
        uint* header = (uint*)(_data + (ProducerPosition & (_size - 1)));
        *header = (uint)record.Length | Busy;
        record.CopyTo(new Span<byte>((byte*)header + 8, record.Length));
        ProducerPosition += ((ulong)record.Length + 15) & ~7ul;
        nint at = (nint)header;
        return discard => Volatile.Write(ref *(uint*)at, (uint)record.Length | (discard ? Discarded : 0));
    }

    /// <summary>Writes a header that claims more bytes than there are.</summary>
    public void WriteLie(uint claimedLength)
    {
        *(uint*)(_data + (ProducerPosition & (_size - 1))) = claimedLength;
        ProducerPosition += 16;
    }

    public void Dispose()
    {
        Ring.Dispose();
        _file.Dispose();
    }
}
