// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;
using NodeAgent.Interop.Errors;
using NodeAgent.Interop.Native;

namespace NodeAgent.Interop.Maps;

/// <summary>Reads all entries of a hash map with few system calls (BPF_MAP_LOOKUP_BATCH, Linux 5.6).</summary>
/// <remarks>Errors: entries that come or go meanwhile may be missed or seen twice. Not thread-safe: reuses its buffers.</remarks>
public sealed unsafe class MapBatch<TKey, TValue>
    where TKey : unmanaged
    where TValue : unmanaged
{
    private readonly KernelMap _map;
    private TKey[] _keys;
    private TValue[] _values;

    /// <param name="firstCapacity">Entries per call at first; doubled when one bucket of the hash does not fit.</param>
    public MapBatch(KernelMap map, int firstCapacity = 256)
    {
        ArgumentNullException.ThrowIfNull(map);
        if (map.KeySizeBytes != sizeof(TKey) || map.ValueSizeBytes != sizeof(TValue))
        {
            throw new ArgumentException($"map {map.Name} has keys of {map.KeySizeBytes} and values of {map.ValueSizeBytes} bytes");
        }

        _map = map;
        _keys = new TKey[firstCapacity];
        _values = new TValue[firstCapacity];
    }

    /// <param name="visit">Called for each entry.</param>
    public void ReadAll(Action<TKey, TValue> visit) => Walk(visit, take: false);

    /// <summary>Like <see cref="ReadAll"/>, and deletes what it reads. An entry that a program is changing at this moment may lose that change.</summary>
    public void TakeAll(Action<TKey, TValue> visit) => Walk(visit, take: true);

    private void Walk(Action<TKey, TValue> visit, bool take)
    {
        ArgumentNullException.ThrowIfNull(visit);
        uint position = 0;
        bool first = true;
        bool more = true;
        while (more)
        {
            uint count = (uint)_keys.Length;
            uint next = 0;
            uint from = position;
            Span<byte> keys = MemoryMarshal.AsBytes(_keys.AsSpan());
            Span<byte> values = MemoryMarshal.AsBytes(_values.AsSpan());
            int result = take
                ? NativeMethods.TakeBatch(_map.Handle, first ? null : (byte*)&from, (byte*)&next, keys, values, ref count)
                : NativeMethods.LookupBatch(_map.Handle, first ? null : (byte*)&from, (byte*)&next, keys, values, ref count);
            int error = result < 0 ? Marshal.GetLastPInvokeError() : 0;
            if (error == Errno.NoSpace)
            {
                Array.Resize(ref _keys, _keys.Length * 2);
                Array.Resize(ref _values, _keys.Length);
                continue;
            }

            if (error is not (0 or Errno.NoEntry))
            {
                throw NativeError.From(error, "read map", _map.Name);
            }

            for (int at = 0; at < (int)count; at++)
            {
                visit(_keys[at], _values[at]);
            }

            more = error == 0;
            position = next;
            first = false;
        }
    }
}
