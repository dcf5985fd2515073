// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using NodeAgent.Interop.Handles;

namespace NodeAgent.Interop.Native;

internal static unsafe partial class NativeMethods
{
    [LibraryImport(Library, EntryPoint = "na_pin__create", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int CreatePin(SafeFileHandle file, string path);

    [LibraryImport(Library, EntryPoint = "na_pin__create", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int CreatePin(int fd, string path);

    [LibraryImport(Library, EntryPoint = "na_pin__open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial SafeFileHandle OpenPin(string path);

    [LibraryImport(Library, EntryPoint = "na_pin__kind", SetLastError = true)]
    internal static partial int GetPinKind(SafeFileHandle file);

    [LibraryImport(Library, EntryPoint = "na_link__keep", SetLastError = true)]
    internal static partial int KeepLink(LinkHandle handle);

    [LibraryImport(Library, EntryPoint = "na_link_fd__info", SetLastError = true)]
    internal static partial int GetLinkInfo(SafeFileHandle link, out NativeLinkInfo info);

    [LibraryImport(Library, EntryPoint = "na_link__exists", SetLastError = true)]
    internal static partial int LinkExists(uint id);

    [LibraryImport(Library, EntryPoint = "na_fd__try_lock", SetLastError = true)]
    internal static partial int TryLock(SafeFileHandle file);

    [LibraryImport(Library, EntryPoint = "na_path__is_bpffs", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int IsBpfFileSystem(string path);

    [LibraryImport(Library, EntryPoint = "na_path__mount_bpffs", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int MountBpfFileSystem(string path);
}
