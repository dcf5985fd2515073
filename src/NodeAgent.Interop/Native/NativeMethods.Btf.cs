// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;
using NodeAgent.Interop.Handles;

namespace NodeAgent.Interop.Native;

internal static unsafe partial class NativeMethods
{
    [LibraryImport(Library, EntryPoint = "na_btf__type_count")]
    internal static partial int GetBtfTypeCount(BtfHandle handle);

    [LibraryImport(Library, EntryPoint = "na_btf__type", SetLastError = true)]
    internal static partial int GetBtfType(BtfHandle handle, uint id, out NativeBtfType type);

    [LibraryImport(Library, EntryPoint = "na_btf__member", SetLastError = true)]
    internal static partial int GetBtfMember(BtfHandle handle, uint id, uint index, out NativeBtfMember member);

    [LibraryImport(Library, EntryPoint = "na_btf__enum_value", SetLastError = true)]
    internal static partial int GetBtfEnumValue(BtfHandle handle, uint id, uint index, out NativeBtfEnumValue value);

    [LibraryImport(Library, EntryPoint = "na_kernel_btf__load", SetLastError = true)]
    internal static partial KernelBtfHandle LoadKernelBtf();

    [LibraryImport(Library, EntryPoint = "na_kernel_btf__has", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int KernelBtfHas(KernelBtfHandle handle, string name, uint kind);

    [LibraryImport(Library, EntryPoint = "na_kernel_btf__free")]
    internal static partial void FreeKernelBtf(nint handle);
}
