// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;
using NodeAgent.Events;
using NodeAgent.Interop.Errors;
using NodeAgent.Interop.Maps;

namespace NodeAgent.Bpf.Filtering;

/// <summary>The kernel's list of files whose every opening for writing is told. Any thread until disposed.</summary>
internal sealed class WatchedFiles : IWatchedFiles
{
    private readonly KernelMap _map;

    /// <param name="map">Stays the caller's; what an agent before this one watched is forgotten.</param>
    internal WatchedFiles(KernelMap map)
    {
        _map = map;
        map.Clear();
    }

    public bool TryAdd(ulong inode, uint device)
    {
        var key = new Key { Inode = inode, Device = device };
        uint value = 1;
        try
        {
            _map.Update(MemoryMarshal.AsBytes(new ReadOnlySpan<Key>(in key)), MemoryMarshal.AsBytes(new ReadOnlySpan<uint>(in value)));
            return true;
        }
        catch (BpfException e) when (e.ErrorNumber is Errno.TooBig or Errno.NoMemory)
        {
            return false;
        }
    }

    public void Remove(ulong inode, uint device)
    {
        var key = new Key { Inode = inode, Device = device };
        _map.TryDelete(MemoryMarshal.AsBytes(new ReadOnlySpan<Key>(in key)));
    }

    // Source: struct na_watched_file.
    [StructLayout(LayoutKind.Sequential)]
    private struct Key
    {
        public ulong Inode;
        public uint Device;
        public uint Padding;
    }
}
