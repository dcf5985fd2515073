// SPDX-License-Identifier: Apache-2.0
using System.Buffers;
using System.Runtime.InteropServices;
using NodeAgent.Interop.Errors;
using NodeAgent.Interop.Native;
using NodeAgent.Interop.Platform;

namespace NodeAgent.Interop.Maps;

/// <summary>Reads a per-CPU array of 64-bit counters, summed over the CPUs, with one system call. Any thread.</summary>
/// <remarks>Where the kernel has no batches for this type of map (BPF_MAP_LOOKUP_BATCH: Linux 5.13), one call for each entry.</remarks>
public sealed unsafe class PerCpuSums
{
    private readonly KernelMap _map;
    private readonly int _words;
    private volatile bool _hasBatches;

    /// <param name="map">Values of one or more 64-bit counters each.</param>
    public PerCpuSums(KernelMap map)
        : this(map, hasBatches: true)
    {
    }

    internal PerCpuSums(KernelMap map, bool hasBatches)
    {
        ArgumentNullException.ThrowIfNull(map);
        if (map.Type != MapType.PerCpuArray || map.KeySizeBytes != sizeof(uint))
        {
            throw new ArgumentException($"map {map.Name} is no per-CPU array");
        }

        _map = map;
        _words = map.ValueSizeBytes / sizeof(ulong) / Cpus.PossibleCount;
        _hasBatches = hasBatches;
    }

    /// <param name="sums">Filled entry by entry, with the counters of an entry one behind the other; zero where the map has no such entry.</param>
    /// <exception cref="BpfException">The map cannot be read.</exception>
    public void Read(Span<ulong> sums)
    {
        sums.Clear();
        int entries = Math.Min((int)_map.MaxEntries, (sums.Length + _words - 1) / _words);
        int wordsOfEntry = _map.ValueSizeBytes / sizeof(ulong);
        ulong[] values = ArrayPool<ulong>.Shared.Rent(entries * wordsOfEntry);
        try
        {
            Span<ulong> used = values.AsSpan(0, entries * wordsOfEntry);
            if (!_hasBatches || !TryReadBatch(used, entries))
            {
                ReadSingly(used, entries);
            }

            for (int at = 0; at < used.Length; at++)
            {
                int word = ((at / wordsOfEntry) * _words) + (at % _words);
                if (word < sums.Length)
                {
                    sums[word] += used[at];
                }
            }
        }
        finally
        {
            ArrayPool<ulong>.Shared.Return(values);
        }
    }

    /// <returns>False where the kernel has no batches for this type.</returns>
    private bool TryReadBatch(Span<ulong> values, int entries)
    {
        uint[] keys = ArrayPool<uint>.Shared.Rent(entries);
        uint next = 0;
        uint count = (uint)entries;
        int result = NativeMethods.LookupBatch(
            _map.Handle, null, (byte*)&next, MemoryMarshal.AsBytes(keys.AsSpan()), MemoryMarshal.AsBytes(values), ref count);
        int error = result < 0 ? Marshal.GetLastPInvokeError() : 0;
        ArrayPool<uint>.Shared.Return(keys);
        if (error == Errno.NotSupported)
        {
            _hasBatches = false;
            return false;
        }

        // An array has all its entries, in order.
        return error is 0 or Errno.NoEntry && count == (uint)entries ? true : throw NativeError.From(error, "read map", _map.Name);
    }

    private void ReadSingly(Span<ulong> values, int entries)
    {
        int words = values.Length / entries;
        for (uint key = 0; key < entries; key++)
        {
            Span<ulong> value = values.Slice((int)key * words, words);
            if (!_map.TryLookup(MemoryMarshal.AsBytes(new ReadOnlySpan<uint>(in key)), MemoryMarshal.AsBytes(value)))
            {
                value.Clear();
            }
        }
    }
}
