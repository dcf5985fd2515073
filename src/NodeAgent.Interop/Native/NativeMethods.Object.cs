// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;
using NodeAgent.Interop.Handles;

// The declarations of native/include/nodeagent.h, in its order; what each function does stands there once.
namespace NodeAgent.Interop.Native;

internal static unsafe partial class NativeMethods
{
    private const string Library = "libnodeagent";

    [LibraryImport(Library, EntryPoint = "na_log__set")]
    internal static partial void SetLog(delegate* unmanaged<int, byte*, int, void> callback);

    [LibraryImport(Library, EntryPoint = "na_object__open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial ObjectHandle OpenObject(ReadOnlySpan<byte> bytes, ulong size, string name);

    [LibraryImport(Library, EntryPoint = "na_object__close")]
    internal static partial void CloseObject(nint handle);

    [LibraryImport(Library, EntryPoint = "na_object__load", SetLastError = true)]
    internal static partial int LoadObject(ObjectHandle handle);

    [LibraryImport(Library, EntryPoint = "na_object__set_rodata", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int SetRodata(ObjectHandle handle, string variable, ReadOnlySpan<byte> value, uint size);

    [LibraryImport(Library, EntryPoint = "na_object__find_map", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial nint FindMap(ObjectHandle handle, string name);

    [LibraryImport(Library, EntryPoint = "na_object__next_map")]
    internal static partial nint NextMap(ObjectHandle handle, nint previous);

    [LibraryImport(Library, EntryPoint = "na_object__find_program", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial nint FindProgram(ObjectHandle handle, string name);

    [LibraryImport(Library, EntryPoint = "na_object__next_program")]
    internal static partial nint NextProgram(ObjectHandle handle, nint previous);

    [LibraryImport(Library, EntryPoint = "na_object__btf")]
    internal static partial nint GetObjectBtf(ObjectHandle handle);
}
