// SPDX-License-Identifier: Apache-2.0
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace NodeAgent.Bpf.Sets;

/// <summary>System call numbers of one calling convention.</summary>
[InlineArray(Words)]
public struct SyscallNumbers
{
    /// <summary>Units: u64. Source: NA_SYSCALL_WORDS in bpf/probes/syscalls.bpf.c.</summary>
    public const int Words = 9;

    private ulong _word;

    public readonly bool Contains(int number) => (uint)number < Words * 64 && (this[number >> 6] >> (number & 63) & 1) != 0;

    /// <summary>Calls <paramref name="visit"/> for each number, in their order.</summary>
    public readonly void ForEach(Action<int> visit)
    {
        ArgumentNullException.ThrowIfNull(visit);
        for (int at = 0; at < Words; at++)
        {
            for (ulong rest = this[at]; rest != 0; rest &= rest - 1)
            {
                visit((at * 64) + BitOperations.TrailingZeroCount(rest));
            }
        }
    }
}

/// <summary>The system calls that one container made. Source: <c>struct na_syscall_set</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct SyscallSet
{
    public SyscallNumbers Native;

    /// <summary>Numbers of the 32-bit table.</summary>
    public SyscallNumbers Compat;

    internal ulong State;

    /// <summary>Nothing is noted for this container any more.</summary>
    public readonly bool IsIgnored => State != 0;
}
