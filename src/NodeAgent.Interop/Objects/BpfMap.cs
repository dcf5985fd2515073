// SPDX-License-Identifier: Apache-2.0
using Microsoft.Win32.SafeHandles;
using NodeAgent.Interop.Errors;
using NodeAgent.Interop.Handles;
using NodeAgent.Interop.Maps;
using NodeAgent.Interop.Native;

namespace NodeAgent.Interop.Objects;

/// <summary>A map as an opened object declares it. Owned by the object.</summary>
public sealed class BpfMap : IDisposable
{
    private readonly MapHandle _handle;

    internal unsafe BpfMap(MapHandle handle)
    {
        _handle = handle;
        Name = NativeText.Copy(NativeMethods.GetMapName(handle));
    }

    public string Name { get; }

    public MapType Type => (MapType)NativeMethods.GetMapType(_handle);

    public uint KeySizeBytes => NativeMethods.GetMapKeySize(_handle);

    public uint ValueSizeBytes => NativeMethods.GetMapValueSize(_handle);

    public uint MaxEntries => NativeMethods.GetMapMaxEntries(_handle);

    /// <summary>True for .rodata, .bss and the like.</summary>
    public bool IsInternal => NativeMethods.IsMapInternal(_handle) != 0;

    /// <summary>Source: the BPF_F_* flags of bpf_map_create.</summary>
    public uint Flags => NativeMethods.GetMapFlags(_handle);

    /// <summary>The number of the key's type in the object's BTF; 0 = it has none.</summary>
    public uint KeyTypeId => NativeMethods.GetMapKeyType(_handle);

    /// <summary>The number of the value's type in the object's BTF; 0 = it has none.</summary>
    public uint ValueTypeId => NativeMethods.GetMapValueType(_handle);

    /// <summary>Before load. Units: entries; bytes for a ring buffer.</summary>
    public void SetMaxEntries(uint maxEntries) =>
        NativeError.Check(NativeMethods.SetMapMaxEntries(_handle, maxEntries), "set size of map", Name);

    /// <summary>Before load: what the maps in this map of maps look like.</summary>
    public void SetInnerMap(KernelMap inner)
    {
        ArgumentNullException.ThrowIfNull(inner);
        NativeError.Check(NativeMethods.SetInnerMap(_handle, inner.Handle), "set inner map of", Name);
    }

    /// <summary>Before load: the whole first value of a .rodata or .data map.</summary>
    public void SetInitialValue(ReadOnlySpan<byte> value) =>
        NativeError.Check(NativeMethods.SetMapInitialValue(_handle, value, (uint)value.Length), "set value of map", Name);

    /// <summary>Before load: use this map instead of creating one.</summary>
    public void Reuse(KernelMap map)
    {
        ArgumentNullException.ThrowIfNull(map);
        NativeError.Check(NativeMethods.ReuseMap(_handle, map.Handle), "share map", Name);
    }

    /// <summary>After load. The map outlives the object while the result is open.</summary>
    public KernelMap OpenKernelMap()
    {
        int fd = NativeError.Check(NativeMethods.GetMapFd(_handle), "find map", Name);
        SafeFileHandle own = NativeMethods.Duplicate(fd);
        return own.IsInvalid ? throw NativeError.Last("keep map", Name) : KernelMap.FromDescriptor(own, Name);
    }

    public void Dispose() => _handle.Dispose();
}
