// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace NodeAgent.Interop.Native;

internal static unsafe partial class NativeMethods
{
    [LibraryImport(Library, EntryPoint = "na_memory__map", SetLastError = true)]
    internal static partial byte* MapMemory(byte* address, ulong length, int writable, SafeFileHandle file, ulong offset);

    [LibraryImport(Library, EntryPoint = "na_memory__reserve", SetLastError = true)]
    internal static partial byte* ReserveMemory(ulong length);

    [LibraryImport(Library, EntryPoint = "na_memory__unmap", SetLastError = true)]
    internal static partial int UnmapMemory(nint address, ulong length);

    [LibraryImport(Library, EntryPoint = "na_memory__create_file", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial SafeFileHandle CreateMemoryFile(string name, ulong length);

    [LibraryImport(Library, EntryPoint = "na_memory__page_size")]
    internal static partial uint GetPageSize();

    [LibraryImport(Library, EntryPoint = "na_memory__raise_lock_limit", SetLastError = true)]
    internal static partial int RaiseLockLimit();

    [LibraryImport(Library, EntryPoint = "na_epoll__create", SetLastError = true)]
    internal static partial SafeFileHandle CreateEpoll();

    [LibraryImport(Library, EntryPoint = "na_epoll__add", SetLastError = true)]
    internal static partial int AddToEpoll(SafeFileHandle epoll, SafeFileHandle file);

    [LibraryImport(Library, EntryPoint = "na_epoll__wait", SetLastError = true)]
    internal static partial int WaitForEpoll(SafeFileHandle epoll, int timeoutMs);

    [LibraryImport(Library, EntryPoint = "na_fd__open_directory", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial SafeFileHandle OpenDirectory(string path);

    [LibraryImport(Library, EntryPoint = "na_fd__read", SetLastError = true)]
    internal static partial int Read(SafeFileHandle file, Span<byte> buffer, uint size);

    [LibraryImport(Library, EntryPoint = "na_fd__duplicate", SetLastError = true)]
    internal static partial SafeFileHandle Duplicate(int fd);

    [LibraryImport(Library, EntryPoint = "na_thread__sleep")]
    internal static partial int Sleep(ulong durationNs);

    // A vDSO call of some 20 ns: leaving the GC's cooperative mode for it would cost as much again.
    [SuppressGCTransition]
    [LibraryImport(Library, EntryPoint = "na_clock__boot_time_ns")]
    internal static partial ulong GetBootTimeNs();

    [LibraryImport(Library, EntryPoint = "na_clock__tick_ns")]
    internal static partial ulong GetTickNs();

    [LibraryImport(Library, EntryPoint = "na_process__effective_uid")]
    internal static partial int GetEffectiveUid();

    [LibraryImport(Library, EntryPoint = "na_error__name")]
    internal static partial byte* GetErrorName(int error);
}
