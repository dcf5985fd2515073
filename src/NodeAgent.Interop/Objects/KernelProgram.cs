// SPDX-License-Identifier: Apache-2.0
using Microsoft.Win32.SafeHandles;
using NodeAgent.Interop.Errors;
using NodeAgent.Interop.Native;
using NodeAgent.Interop.Pins;
using NodeAgent.Interop.Platform;

namespace NodeAgent.Interop.Objects;

/// <summary>A program in the kernel, by descriptor. May be used from any thread.</summary>
public sealed class KernelProgram : IDisposable
{
    internal KernelProgram(SafeFileHandle handle, string name, string section)
    {
        Handle = handle;
        Name = name;
        Section = section;
    }

    public string Name { get; }

    /// <summary>Shape: <c>tp_btf/sched_process_exec</c>.</summary>
    public string Section { get; }

    internal SafeFileHandle Handle { get; }

    /// <param name="id">Its number in the kernel, as a link tells it.</param>
    /// <returns>Null when it is gone, or this process may not ask for programs by number (it takes CAP_SYS_ADMIN).</returns>
    public static KernelProgram? TryOpen(uint id, string name, string section)
    {
        SafeFileHandle handle = NativeMethods.OpenProgram(id);
        if (!handle.IsInvalid)
        {
            return new KernelProgram(handle, name, section);
        }

        handle.Dispose();
        return null;
    }

    /// <exception cref="BpfException">There is no such pin (ENOENT), or it is not a program's (EINVAL).</exception>
    public static KernelProgram OpenPinned(string path, string name, string section) => new(BpfPin.Open(path, PinKind.Program), name, section);

    /// <summary>Gives it a name in a bpffs, which keeps it until the name is removed.</summary>
    public void Pin(string path) => NativeError.Check(NativeMethods.CreatePin(Handle, path), "pin program", path);

    /// <summary>Costs one system call.</summary>
    public ProgramInfo ReadInfo()
    {
        NativeError.Check(NativeMethods.GetProgramInfo(Handle, out NativeProgramInfo info), "read information on", Name);
        return new ProgramInfo(info.Id, info.VerifiedInsns, info.JitedSize, info.RunCount, info.RunTimeNs, info.RecursionMisses);
    }

    /// <summary>Units: bytes of kernel memory that the program takes; 0 when the kernel does not say.</summary>
    public long ReadLockedBytes() => LockedMemory.Of(Handle);

    public void Dispose() => Handle.Dispose();
}
