// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using NodeAgent.Interop.Errors;
using NodeAgent.Interop.Native;
using NodeAgent.Interop.Objects;
using NodeAgent.Interop.Pins;
using NodeAgent.Interop.Platform;

namespace NodeAgent.Interop.Maps;

/// <summary>A map in the kernel, by descriptor.</summary>
/// <remarks>Values of per-CPU maps are one value, padded to 8 bytes, for each possible CPU.</remarks>
public sealed class KernelMap : IDisposable
{
    private KernelMap(SafeFileHandle handle, string name, in NativeMapInfo info)
    {
        Handle = handle;
        Name = name;
        Type = (MapType)info.Type;
        KeySizeBytes = (int)info.KeySize;
        MaxEntries = info.MaxEntries;
        Flags = (MapFlags)info.Flags;
        Id = info.Id;
        bool perCpu = Type is MapType.PerCpuArray or MapType.PerCpuHash or MapType.LruPerCpuHash;
        ValueSizeBytes = perCpu ? ((int)info.ValueSize + 7 & ~7) * Cpus.PossibleCount : (int)info.ValueSize;
    }

    public string Name { get; }

    public MapType Type { get; }

    public int KeySizeBytes { get; }

    /// <summary>Units: bytes that one lookup returns, over all CPUs.</summary>
    public int ValueSizeBytes { get; }

    public uint MaxEntries { get; }

    public MapFlags Flags { get; }

    /// <summary>Its number in <c>bpftool map</c>.</summary>
    public uint Id { get; }

    internal SafeFileHandle Handle { get; }

    /// <param name="maxEntries">Units: entries; bytes, a power of two and page multiple, for a ring buffer.</param>
    /// <param name="inner">For a map of maps: an example of what it holds.</param>
    public static KernelMap Create(MapType type, string name, int keySizeBytes, int valueSizeBytes, uint maxEntries,
        MapFlags flags = MapFlags.None, KernelMap? inner = null)
    {
        int innerFd = inner is null ? -1 : (int)inner.Handle.DangerousGetHandle();
        SafeFileHandle handle = NativeMethods.CreateMap(
            (uint)type, name, (uint)keySizeBytes, (uint)valueSizeBytes, maxEntries, (uint)flags, innerFd);
        GC.KeepAlive(inner);
        return handle.IsInvalid ? throw NativeError.Last("create map", name) : FromDescriptor(handle, name);
    }

    /// <exception cref="BpfException">There is no such pin (ENOENT), or it is not a map's (EINVAL).</exception>
    public static KernelMap OpenPinned(string path, string name) => FromDescriptor(BpfPin.Open(path, PinKind.Map), name);

    /// <summary>Another descriptor of the same map.</summary>
    public KernelMap Duplicate()
    {
        SafeFileHandle own = NativeMethods.Duplicate((int)Handle.DangerousGetHandle());
        GC.KeepAlive(Handle);
        return own.IsInvalid ? throw NativeError.Last("duplicate map", Name) : FromDescriptor(own, Name);
    }

    /// <summary>Gives it a name in a bpffs, which keeps it until the name is removed.</summary>
    public void Pin(string path) => NativeError.Check(NativeMethods.CreatePin(Handle, path), "pin map", path);

    /// <returns>False when there is no such key.</returns>
    public bool TryLookup(ReadOnlySpan<byte> key, Span<byte> value)
    {
        Require(key.Length == KeySizeBytes && value.Length >= ValueSizeBytes);
        return NativeError.Try(NativeMethods.LookupElement(Handle, key, value), Errno.NoEntry, "look up in map", Name);
    }

    public void Update(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        Require(key.Length == KeySizeBytes && value.Length >= ValueSizeBytes);
        NativeError.Check(NativeMethods.UpdateElement(Handle, key, value, flags: 0), "update map", Name);
    }

    /// <summary>Puts a map into a map of maps.</summary>
    public void UpdateInner(uint index, KernelMap inner)
    {
        ArgumentNullException.ThrowIfNull(inner);
        UpdateDescriptor(index, inner.Handle);
    }

    /// <summary>Puts a program into a map of programs.</summary>
    /// <exception cref="BpfException">EINVAL: it is of another kind than those that are in it.</exception>
    public void UpdateProgram(uint index, KernelProgram program)
    {
        ArgumentNullException.ThrowIfNull(program);
        UpdateDescriptor(index, program.Handle);
    }

    /// <summary>Takes a program out of a map of programs.</summary>
    /// <returns>False when there was none.</returns>
    public bool TryRemoveProgram(uint index) => TryDelete(MemoryMarshal.AsBytes(new ReadOnlySpan<uint>(in index)));

    /// <returns>False when there was no such key.</returns>
    public bool TryDelete(ReadOnlySpan<byte> key)
    {
        Require(key.Length == KeySizeBytes);
        return NativeError.Try(NativeMethods.DeleteElement(Handle, key), Errno.NoEntry, "delete from map", Name);
    }

    /// <param name="previous">Empty: the first key.</param>
    /// <param name="next">The key after it; any order.</param>
    /// <returns>False after the last key.</returns>
    public unsafe bool TryGetNextKey(ReadOnlySpan<byte> previous, Span<byte> next)
    {
        Require((previous.IsEmpty || previous.Length == KeySizeBytes) && next.Length >= KeySizeBytes);
        fixed (byte* from = previous)
        {
            return NativeError.Try(NativeMethods.GetNextKey(Handle, from, next), Errno.NoEntry, "walk map", Name);
        }
    }

    /// <summary>Units: bytes of kernel memory that the map takes; 0 when the kernel does not say.</summary>
    public long ReadLockedBytes() => LockedMemory.Of(Handle);

    /// <summary>Deletes what a hash map holds now; what programs add meanwhile may stay.</summary>
    public void Clear()
    {
        byte[] key = new byte[KeySizeBytes];
        for (uint left = MaxEntries; left > 0 && TryGetNextKey([], key); left--)
        {
            TryDelete(key);
        }
    }

    /// <summary>Maps a ring buffer or an <see cref="MapFlags.Mmapable"/> array.</summary>
    public MappedMemory MapMemory(ulong offset, ulong lengthBytes, bool writable) =>
        MappedMemory.Map(Handle, offset, lengthBytes, writable, Name);

    public void AddTo(Epoll epoll)
    {
        ArgumentNullException.ThrowIfNull(epoll);
        epoll.Add(Handle);
    }

    public void Dispose() => Handle.Dispose();

    internal static KernelMap FromDescriptor(SafeFileHandle handle, string name)
    {
        if (NativeMethods.GetMapInfo(handle, out NativeMapInfo info) < 0)
        {
            BpfException error = NativeError.Last("read information on map", name);
            handle.Dispose();
            throw error;
        }

        return new KernelMap(handle, name, in info);
    }

    private void UpdateDescriptor(uint index, SafeFileHandle content)
    {
        int fd = (int)content.DangerousGetHandle();
        Update(MemoryMarshal.AsBytes(new ReadOnlySpan<uint>(in index)), MemoryMarshal.AsBytes(new ReadOnlySpan<int>(in fd)));
        GC.KeepAlive(content);
    }

    private void Require(bool sizesFit)
    {
        if (!sizesFit)
        {
            throw new ArgumentException($"map {Name} has keys of {KeySizeBytes} and values of {ValueSizeBytes} bytes");
        }
    }
}
