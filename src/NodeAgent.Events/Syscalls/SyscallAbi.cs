// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Events.Syscalls;

/// <summary>A set of system call numbers: which one a call uses depends on how it enters the kernel, not on the machine alone.</summary>
public enum SyscallAbi
{
    /// <summary>x86-64 and, without its bit, x32.</summary>
    X64,

    /// <summary>32-bit calls on x86-64.</summary>
    I386,

    /// <summary>arm64.</summary>
    Arm64,

    /// <summary>32-bit calls on arm64.</summary>
    Arm,
}
