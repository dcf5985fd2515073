// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using NodeAgent.Interop.Handles;

namespace NodeAgent.Interop.Native;

internal static unsafe partial class NativeMethods
{
    [LibraryImport(Library, EntryPoint = "na_program__name")]
    internal static partial byte* GetProgramName(ProgramHandle handle);

    [LibraryImport(Library, EntryPoint = "na_program__section")]
    internal static partial byte* GetProgramSection(ProgramHandle handle);

    [LibraryImport(Library, EntryPoint = "na_program__type")]
    internal static partial int GetProgramType(ProgramHandle handle);

    [LibraryImport(Library, EntryPoint = "na_program__attach_type")]
    internal static partial int GetProgramAttachType(ProgramHandle handle);

    [LibraryImport(Library, EntryPoint = "na_program__insn_count")]
    internal static partial int GetProgramInsnCount(ProgramHandle handle);

    [LibraryImport(Library, EntryPoint = "na_program__fd", SetLastError = true)]
    internal static partial int GetProgramFd(ProgramHandle handle);

    [LibraryImport(Library, EntryPoint = "na_program__autoload")]
    internal static partial int GetProgramAutoload(ProgramHandle handle);

    [LibraryImport(Library, EntryPoint = "na_program__set_autoload", SetLastError = true)]
    internal static partial int SetProgramAutoload(ProgramHandle handle, int autoload);

    [LibraryImport(Library, EntryPoint = "na_program__set_log_buffer", SetLastError = true)]
    internal static partial int SetProgramLogBuffer(ProgramHandle handle, byte* buffer, ulong size, uint level);

    [LibraryImport(Library, EntryPoint = "na_program__attach", SetLastError = true)]
    internal static partial nint AttachProgram(ProgramHandle handle);

    [LibraryImport(Library, EntryPoint = "na_program__attach_cgroup", SetLastError = true)]
    internal static partial nint AttachProgramToCgroup(ProgramHandle handle, SafeFileHandle cgroup);

    [LibraryImport(Library, EntryPoint = "na_link__fd", SetLastError = true)]
    internal static partial int GetLinkFd(LinkHandle handle);

    [LibraryImport(Library, EntryPoint = "na_link__destroy", SetLastError = true)]
    internal static partial int DestroyLink(nint handle);

    [LibraryImport(Library, EntryPoint = "na_iterator__create", SetLastError = true)]
    internal static partial SafeFileHandle CreateIterator(int linkFd);

    [LibraryImport(Library, EntryPoint = "na_program_fd__info", SetLastError = true)]
    internal static partial int GetProgramInfo(SafeFileHandle program, out NativeProgramInfo info);

    [LibraryImport(Library, EntryPoint = "na_program__open", SetLastError = true)]
    internal static partial SafeFileHandle OpenProgram(uint id);

    [LibraryImport(Library, EntryPoint = "na_statistics__enable", SetLastError = true)]
    internal static partial SafeFileHandle EnableStatistics();
}
