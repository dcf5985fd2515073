// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Api.SoftwareComposition;
using NodeAgent.Events.Syscalls;

namespace NodeAgent.Profiles.Confinement;

/// <summary>The seccomp filter that lets through what a profile has called: what OCI runtimes take, and the kubelet as a <c>Localhost</c> profile.</summary>
public static class SeccompFilter
{
    private const string Allow = "SCMP_ACT_ALLOW";
    private const string Refuse = "SCMP_ACT_ERRNO";
    private const string Note = "SCMP_ACT_LOG";

    /// <summary>Calls that a runtime makes in the container's first process behind its own filter, before the program is there.</summary>
    /// <remarks>
    /// A filter without them keeps the container from starting. A profile has them only when learning saw the container start, and then
    /// those of one version of one runtime. Source: runc 1.1 under strace, with and without no_new_privs; close_range, setresgid, setresuid and umask are crun's (its code); the others
    /// are what Go's scheduler and its signals may do at any time.
    /// </remarks>
    internal static readonly string[] RuntimeCalls =
    [
        "brk", "capget", "capset", "chdir", "clone", "close", "close_range", "dup3", "epoll_create1", "epoll_ctl", "epoll_pwait", "eventfd2", "execve", "exit",
        "exit_group", "faccessat2", "fchdir", "fchown", "fcntl", "fstat", "fstatfs", "futex", "getcwd", "getdents64", "getpid", "getppid", "gettid", "madvise", "mmap",
        "mprotect", "munmap", "nanosleep", "newfstatat", "openat", "openat2", "pipe2", "prctl", "pread64", "read", "readlinkat", "rt_sigaction", "rt_sigprocmask",
        "rt_sigreturn", "sched_yield", "seccomp", "setgid", "setgroups", "setresgid", "setresuid", "setsid", "setuid", "sigaltstack", "statx", "tgkill", "umask", "write",
    ];

    /// <param name="spec">Of one container; <c>syscalls</c> and <c>architectures</c> are what is read.</param>
    /// <param name="audit">Let all through and log what a profile has not, for a first time of use.</param>
    /// <returns>Names sorted; null when no call is known, since a filter of nothing would stop everything.</returns>
    /// <remarks>Names that no table has (<c>syscall_472</c>, a call newer than this build) are left out: <see cref="Unnamed"/>.</remarks>
    public static SingleSeccompProfileSpec? Of(ContainerProfileSpec spec, bool audit)
    {
        ArgumentNullException.ThrowIfNull(spec);
        if (spec.Syscalls is not { Count: > 0 } learned)
        {
            return null;
        }

        var unnamed = Unnamed(spec).ToHashSet(StringComparer.Ordinal);
        (SyscallAbi native, SyscallAbi compat) = Abis(spec);
        bool hasCompat = learned.Any(name => !unnamed.Contains(name) && SyscallNames.NumberOf(native, name) < 0 && SyscallNames.NumberOf(compat, name) >= 0);
        return new SingleSeccompProfileSpec
        {
            DefaultAction = audit ? Note : Refuse,
            Architectures = Architectures(native, hasCompat),
            Syscalls = [new SeccompSyscall { Names = [.. learned.Where(name => !unnamed.Contains(name)).Union(RuntimeCalls).Order(StringComparer.Ordinal)], Action = Allow }],
        };
    }

    /// <returns>Learned calls that a filter cannot name.</returns>
    public static IReadOnlyList<string> Unnamed(ContainerProfileSpec spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        (SyscallAbi native, SyscallAbi compat) = Abis(spec);
        return [.. (spec.Syscalls ?? []).Where(name => !IsNamed(native, name) && !IsNamed(compat, name))];
    }

    private static bool IsNamed(SyscallAbi abi, string name) =>
        SyscallNames.NumberOf(abi, name) is >= 0 and var number && SyscallNames.Find(abi, number) is not null;

    private static (SyscallAbi Native, SyscallAbi Compat) Abis(ContainerProfileSpec spec) => spec.Architectures is ["arm64", ..]
        ? (SyscallAbi.Arm64, SyscallAbi.Arm)
        : (SyscallAbi.X64, SyscallAbi.I386);

    // The 32-bit table only where a call was learned that no other has, as every 32-bit program makes when it starts. What runs on
    // x32 has the 64-bit table's names, so its architecture stays out: no program that a distribution ships needs it.
    private static string[] Architectures(SyscallAbi native, bool hasCompat) => (native, hasCompat) switch
    {
        (SyscallAbi.Arm64, false) => ["SCMP_ARCH_AARCH64"],
        (SyscallAbi.Arm64, true) => ["SCMP_ARCH_AARCH64", "SCMP_ARCH_ARM"],
        (_, false) => ["SCMP_ARCH_X86_64"],
        (_, true) => ["SCMP_ARCH_X86_64", "SCMP_ARCH_X86"],
    };
}
