// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using NodeAgent.Interop.Handles;

namespace NodeAgent.Interop.Native;

internal static unsafe partial class NativeMethods
{
    [LibraryImport(Library, EntryPoint = "na_map__name")]
    internal static partial byte* GetMapName(MapHandle handle);

    [LibraryImport(Library, EntryPoint = "na_map__type")]
    internal static partial int GetMapType(MapHandle handle);

    [LibraryImport(Library, EntryPoint = "na_map__key_size")]
    internal static partial uint GetMapKeySize(MapHandle handle);

    [LibraryImport(Library, EntryPoint = "na_map__value_size")]
    internal static partial uint GetMapValueSize(MapHandle handle);

    [LibraryImport(Library, EntryPoint = "na_map__max_entries")]
    internal static partial uint GetMapMaxEntries(MapHandle handle);

    [LibraryImport(Library, EntryPoint = "na_map__is_internal")]
    internal static partial int IsMapInternal(MapHandle handle);

    [LibraryImport(Library, EntryPoint = "na_map__flags")]
    internal static partial uint GetMapFlags(MapHandle handle);

    [LibraryImport(Library, EntryPoint = "na_map__key_type")]
    internal static partial uint GetMapKeyType(MapHandle handle);

    [LibraryImport(Library, EntryPoint = "na_map__value_type")]
    internal static partial uint GetMapValueType(MapHandle handle);

    [LibraryImport(Library, EntryPoint = "na_map__fd", SetLastError = true)]
    internal static partial int GetMapFd(MapHandle handle);

    [LibraryImport(Library, EntryPoint = "na_map__set_max_entries", SetLastError = true)]
    internal static partial int SetMapMaxEntries(MapHandle handle, uint maxEntries);

    [LibraryImport(Library, EntryPoint = "na_map__set_inner_map_fd", SetLastError = true)]
    internal static partial int SetInnerMap(MapHandle handle, SafeFileHandle inner);

    [LibraryImport(Library, EntryPoint = "na_map__set_initial_value", SetLastError = true)]
    internal static partial int SetMapInitialValue(MapHandle handle, ReadOnlySpan<byte> value, uint size);

    [LibraryImport(Library, EntryPoint = "na_map__reuse_fd", SetLastError = true)]
    internal static partial int ReuseMap(MapHandle handle, SafeFileHandle map);

    [LibraryImport(Library, EntryPoint = "na_map_fd__create", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial SafeFileHandle CreateMap(
        uint type, string name, uint keySize, uint valueSize, uint maxEntries, uint flags, int innerFd);

    [LibraryImport(Library, EntryPoint = "na_map_fd__info", SetLastError = true)]
    internal static partial int GetMapInfo(SafeFileHandle map, out NativeMapInfo info);

    [LibraryImport(Library, EntryPoint = "na_map_fd__lookup", SetLastError = true)]
    internal static partial int LookupElement(SafeFileHandle map, ReadOnlySpan<byte> key, Span<byte> value);

    [LibraryImport(Library, EntryPoint = "na_map_fd__update", SetLastError = true)]
    internal static partial int UpdateElement(SafeFileHandle map, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, ulong flags);

    [LibraryImport(Library, EntryPoint = "na_map_fd__delete", SetLastError = true)]
    internal static partial int DeleteElement(SafeFileHandle map, ReadOnlySpan<byte> key);

    [LibraryImport(Library, EntryPoint = "na_map_fd__next_key", SetLastError = true)]
    internal static partial int GetNextKey(SafeFileHandle map, byte* previous, Span<byte> next);

    [LibraryImport(Library, EntryPoint = "na_map_fd__lookup_batch", SetLastError = true)]
    internal static partial int LookupBatch(
        SafeFileHandle map, byte* inBatch, byte* outBatch, Span<byte> keys, Span<byte> values, ref uint count);

    [LibraryImport(Library, EntryPoint = "na_map_fd__take_batch", SetLastError = true)]
    internal static partial int TakeBatch(
        SafeFileHandle map, byte* inBatch, byte* outBatch, Span<byte> keys, Span<byte> values, ref uint count);

    [LibraryImport(Library, EntryPoint = "na_cpu__possible_count", SetLastError = true)]
    internal static partial int GetPossibleCpuCount();
}
