// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;
using NodeAgent.Interop.Errors;
using NodeAgent.Interop.Native;

namespace NodeAgent.Interop.Maps;

/// <summary>How many entries a hash map holds: the kernel keeps no count that it tells.</summary>
public static unsafe class MapFill
{
    private const int FirstCapacity = 512;

    /// <summary>Copies the whole map out, in batches: some 20 ns an entry.</summary>
    /// <returns>Null for types without entries that come and go, and where the kernel offers no batches.</returns>
    public static long? Count(KernelMap map)
    {
        ArgumentNullException.ThrowIfNull(map);
        if (map.Type is not (MapType.Hash or MapType.LruHash or MapType.PerCpuHash or MapType.LruPerCpuHash))
        {
            return null;
        }

        int capacity = FirstCapacity;
        byte[] keys = new byte[capacity * map.KeySizeBytes];
        byte[] values = new byte[capacity * map.ValueSizeBytes];
        uint position = 0;
        bool first = true;
        long total = 0;
        while (true)
        {
            uint count = (uint)capacity;
            uint next = 0;
            uint from = position;
            int result = NativeMethods.LookupBatch(map.Handle, first ? null : (byte*)&from, (byte*)&next, keys, values, ref count);
            int error = result < 0 ? Marshal.GetLastPInvokeError() : 0;
            switch (error)
            {
                case Errno.NoSpace: // one bucket of the hash does not fit
                    capacity *= 2;
                    keys = new byte[capacity * map.KeySizeBytes];
                    values = new byte[capacity * map.ValueSizeBytes];
                    continue;
                case Errno.NotSupported: // batches of per-CPU maps came later than those of others
                    return null;
                case 0 or Errno.NoEntry:
                    total += count;
                    break;
                default:
                    throw NativeError.From(error, "count entries of map", map.Name);
            }

            if (error == Errno.NoEntry)
            {
                return total;
            }

            position = next;
            first = false;
        }
    }
}
