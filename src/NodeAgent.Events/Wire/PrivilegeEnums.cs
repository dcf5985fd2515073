// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Events.Wire;

/// <summary>Source: <c>enum na_privilege_operation</c>.</summary>
public enum PrivilegeOperation : uint
{
    None = 0,

    /// <summary>Request, pid as the caller says it, address, data. TRACEME: the target is who traces from now on.</summary>
    Ptrace = 1,

    /// <summary>Pid as the caller says it, bytes done.</summary>
    ProcessVmRead = 2,

    /// <summary>Pid as the caller says it, bytes done.</summary>
    ProcessVmWrite = 3,

    /// <summary>Flags, size; detail: file or module name.</summary>
    ModuleLoad = 4,

    /// <summary>Flags; detail: name.</summary>
    ModuleUnload = 5,

    /// <summary>Command, type of program, map or attachment, id; detail: name.</summary>
    Bpf = 6,

    /// <summary>Type, config, target pid, cpu.</summary>
    PerfEventOpen = 7,

    /// <summary>Operation, next arguments.</summary>
    Keyctl = 8,

    /// <summary>Flags.</summary>
    Userfaultfd = 9,

    /// <summary>Entries, flags.</summary>
    IoUringSetup = 10,

    /// <summary>Opcode: once per process and opcode.</summary>
    IoUringSubmit = 11,

    /// <summary>Flags; detail: name.</summary>
    MemfdCreate = 12,

    /// <summary>Address, length, protection | <see cref="OpenRecordFlags"/> of the file &lt;&lt; 32, flags; detail: file.</summary>
    MmapExec = 13,

    /// <summary>Address, length, protection as above; detail: file.</summary>
    MprotectExec = 14,

    /// <summary>Option, argument; detail: new name.</summary>
    Prctl = 15,

    /// <summary>SECCOMP_RET_*, number of the system call, signal.</summary>
    Seccomp = 16,

    /// <summary>Last MXCSR, times seen, rounding modes seen (bit n: mode n), ns in which that was.</summary>
    Randomx = 17,

    /// <summary>Flags.</summary>
    Kexec = 18,

    /// <summary>Command.</summary>
    Reboot = 19,
}

/// <summary>Source: <c>enum na_syscall_flag</c>.</summary>
[Flags]
public enum SyscallFlags : uint
{
    None = 0,

    /// <summary>A number of the 32-bit table.</summary>
    Compat = 1,
}
