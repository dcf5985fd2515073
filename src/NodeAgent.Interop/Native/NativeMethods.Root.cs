// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace NodeAgent.Interop.Native;

// Paths and names are bytes that end with NUL.
internal static unsafe partial class NativeMethods
{
    [LibraryImport(Library, EntryPoint = "na_root__open_file", SetLastError = true)]
    internal static partial SafeFileHandle OpenFileBelow(SafeFileHandle root, ReadOnlySpan<byte> path, out NativeFileFacts facts);

    [LibraryImport(Library, EntryPoint = "na_root__open_directory", SetLastError = true)]
    internal static partial SafeFileHandle OpenDirectoryBelow(SafeFileHandle root, ReadOnlySpan<byte> path);

    [LibraryImport(Library, EntryPoint = "na_root__facts", SetLastError = true)]
    internal static partial int GetFactsBelow(SafeFileHandle root, ReadOnlySpan<byte> path, int follow, out NativeFileFacts facts);

    [LibraryImport(Library, EntryPoint = "na_root__read_link", SetLastError = true)]
    internal static partial int ReadLinkBelow(SafeFileHandle root, ReadOnlySpan<byte> path, Span<byte> buffer, uint size);

    [LibraryImport(Library, EntryPoint = "na_root__attribute", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int GetAttributeBelow(SafeFileHandle root, ReadOnlySpan<byte> path, string name, Span<byte> buffer, uint size);

    [LibraryImport(Library, EntryPoint = "na_file__facts", SetLastError = true)]
    internal static partial int GetFacts(SafeFileHandle file, out NativeFileFacts facts);

    [LibraryImport(Library, EntryPoint = "na_watch__create", SetLastError = true)]
    internal static partial SafeFileHandle CreateWatch();

    [LibraryImport(Library, EntryPoint = "na_watch__add", SetLastError = true)]
    internal static partial int AddToWatch(SafeFileHandle watch, SafeFileHandle file);

    [LibraryImport(Library, EntryPoint = "na_watch__remove", SetLastError = true)]
    internal static partial int RemoveFromWatch(SafeFileHandle watch, int number);

    [LibraryImport(Library, EntryPoint = "na_directory__read", SetLastError = true)]
    internal static partial int ReadDirectory(SafeFileHandle directory, Span<byte> buffer, uint size);

    /// <param name="name">Ended by NUL.</param>
    [LibraryImport(Library, EntryPoint = "na_directory__facts", SetLastError = true)]
    internal static partial int GetFactsOfEntry(SafeFileHandle directory, ReadOnlySpan<byte> name, out NativeFileFacts facts);

    /// <param name="name">Ended by NUL.</param>
    [LibraryImport(Library, EntryPoint = "na_directory__open", SetLastError = true)]
    internal static partial SafeFileHandle OpenEntry(SafeFileHandle directory, ReadOnlySpan<byte> name);

    /// <param name="name">Ended by NUL; so is <paramref name="attribute"/>.</param>
    [LibraryImport(Library, EntryPoint = "na_directory__attribute", SetLastError = true)]
    internal static partial int GetAttributeOfEntry(SafeFileHandle directory, ReadOnlySpan<byte> name, ReadOnlySpan<byte> attribute, Span<byte> buffer, uint size);
}
