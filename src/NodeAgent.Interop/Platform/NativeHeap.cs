// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;

namespace NodeAgent.Interop.Platform;

/// <summary>The C library's heap, in which libbpf works.</summary>
public static partial class NativeHeap
{
    /// <summary>Gives the kernel back what is free in it. Costs a millisecond or two.</summary>
    /// <remarks>
    /// Each object that is loaded takes the types of the whole kernel apart, some megabytes, which then lie free between the
    /// little that stays. Source: malloc_trim(3), glibc only; elsewhere it does nothing.
    /// </remarks>
    public static void Trim()
    {
        try
        {
            _ = MallocTrim(0);
        }
        catch (EntryPointNotFoundException)
        {
            // musl gives memory back by itself.
        }
    }

    [LibraryImport("libc", EntryPoint = "malloc_trim")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int MallocTrim(nuint keepBytes);
}
