// SPDX-License-Identifier: Apache-2.0
using Microsoft.Win32.SafeHandles;
using NodeAgent.Interop.Errors;
using NodeAgent.Interop.Handles;
using NodeAgent.Interop.Logging;
using NodeAgent.Interop.Native;

namespace NodeAgent.Interop.Objects;

/// <summary>A program of an opened object. Owned by the object.</summary>
public sealed class BpfProgram : IDisposable
{
    private readonly ObjectHandle _parent;
    private readonly ProgramHandle _handle;

    internal unsafe BpfProgram(ObjectHandle parent, ProgramHandle handle)
    {
        _parent = parent;
        _handle = handle;
        Name = NativeText.Copy(NativeMethods.GetProgramName(handle));
        Section = NativeText.Copy(NativeMethods.GetProgramSection(handle)).TrimStart('?');
        string[] hook = Section.Split('/', 2);
        HookType = hook[0].Split('.')[0];
        HookTarget = hook.Length > 1 ? hook[1] : string.Empty;
        IsEnabled = NativeMethods.GetProgramAutoload(handle) != 0;
    }

    public string Name { get; }

    /// <summary>Shape: the ELF section, which names type and hook, <c>tp_btf/sched_process_exec</c>.</summary>
    public string Section { get; }

    /// <summary>Shape: the section up to its slash, without a suffix such as <c>.s</c>: <c>tp_btf</c>, <c>fentry</c>, <c>lsm</c>, <c>cgroup_skb</c>.</summary>
    public string HookType { get; }

    /// <summary>Shape: what follows the slash: <c>sched_process_exec</c>; empty when the section has no slash.</summary>
    public string HookTarget { get; }

    /// <summary>Whether <see cref="BpfObject.Load"/> loads it; at first true, but for sections that begin with <c>?</c>.</summary>
    public bool IsEnabled { get; private set; }

    /// <summary>Units: instructions before the kernel's own rewriting.</summary>
    public int InstructionCount => NativeMethods.GetProgramInsnCount(_handle);

    /// <summary>Source: <c>enum bpf_prog_type</c>.</summary>
    public int ProgramType => NativeMethods.GetProgramType(_handle);

    /// <summary>True for programs that run for the processes of a cgroup and attach to its directory.</summary>
    public bool IsCgroupProgram => HookType.StartsWith("cgroup", StringComparison.Ordinal) || HookType is "sockops" or "lsm_cgroup";

    /// <summary>True for programs that run when somebody reads them.</summary>
    public bool IsIterator => HookType == "iter";

    public void Enable(bool enabled)
    {
        NativeError.Check(NativeMethods.SetProgramAutoload(_handle, enabled ? 1 : 0), "select", Name);
        IsEnabled = enabled;
    }

    /// <summary>Attaches to the hook that the section names; iterators too, which then can be read.</summary>
    public BpfLink Attach() => Link(() => NativeMethods.AttachProgram(_handle));

    /// <param name="directory">A directory of the cgroup2 tree: the program runs for it and all below it.</param>
    public BpfLink AttachToCgroup(SafeFileHandle directory) =>
        Link(() => NativeMethods.AttachProgramToCgroup(_handle, directory));

    /// <summary>What the kernel made of it; after load.</summary>
    public ProgramInfo ReadInfo()
    {
        using KernelProgram program = OpenKernelProgram();
        return program.ReadInfo();
    }

    /// <summary>After load. The program stays in the kernel while the result is open.</summary>
    public KernelProgram OpenKernelProgram()
    {
        int fd = NativeError.Check(NativeMethods.GetProgramFd(_handle), "find", Name);
        SafeFileHandle own = NativeMethods.Duplicate(fd);
        return own.IsInvalid ? throw NativeError.Last("keep", Name) : new KernelProgram(own, Name, Section);
    }

    public void Dispose() => _handle.Dispose();

    internal unsafe void SetLogBuffer(byte* buffer, int sizeBytes, uint level) =>
        NativeError.Check(NativeMethods.SetProgramLogBuffer(_handle, buffer, (ulong)sizeBytes, level), "set log of", Name);

    private BpfLink Link(Func<nint> attach)
    {
        LibbpfLog.BeginCapture();
        nint link = attach();
        int error = System.Runtime.InteropServices.Marshal.GetLastPInvokeError();
        string warnings = LibbpfLog.EndCapture();
        return link == 0
            ? throw NativeError.From(error, "attach", Name, LibbpfWarnings.Essence(warnings))
            : new BpfLink(new LinkHandle(_parent, link), Name);
    }
}
