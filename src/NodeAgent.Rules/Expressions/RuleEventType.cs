// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Events.Wire;

namespace NodeAgent.Rules.Expressions;

/// <summary>What a rule's expression looks at. The names in rules are those of <see cref="RuleEventTypes"/>.</summary>
public enum RuleEventType
{
    Exec,
    Open,
    Syscall,
    Capabilities,
    Dns,
    Network,
    Ssh,
    Http,
    Kmod,
    Bpf,
    Ptrace,
    Unshare,
    Randomx,
    Symlink,
    Hardlink,
    IoUring,
    Fork,
    Exit,

    /// <summary>Requests to the API server: no probe sees them, the admission webhook is told.</summary>
    Admission,

    // Changes of the file system that were made; of mounts, attempts too.
    Rename,
    Unlink,
    Chmod,
    Chown,
    Truncate,
    Mkdir,
    Rmdir,

    /// <summary>By mknod(2) too: mode tells the type.</summary>
    Mknod,
    Xattr,
    Mount,
    Umount,

    /// <summary>setns, clone, chroot and pivot_root; unshare is a type of its own.</summary>
    Namespace,

    /// <summary>Other user or group ids, or other capabilities.</summary>
    Credentials,

    /// <summary>Signals that leave their cgroup.</summary>
    Signal,
    Socket,
    Unix,

    /// <summary>The end of a TCP connection, with what went through it.</summary>
    Close,

    /// <summary>Memory made executable.</summary>
    Memory,
    ProcessVm,
    Memfd,
    Userfaultfd,
    Perf,
    Keyctl,
    Prctl,
    Seccomp,
    Kexec,
    Reboot,
}

/// <summary>The names of the event types.</summary>
public static class RuleEventTypes
{
    private static readonly string[] Names =
    [
        "exec", "open", "syscall", "capabilities", "dns", "network", "ssh", "http", "kmod", "bpf", "ptrace", "unshare", "randomx",
        "symlink", "hardlink", "iouring", "fork", "exit", "k8s-admission",
        "rename", "unlink", "chmod", "chown", "truncate", "mkdir", "rmdir", "mknod", "xattr", "mount", "umount", "namespace", "credentials", "signal",
        "socket", "unix", "close", "memory", "processvm", "memfd", "userfaultfd", "perf", "keyctl", "prctl", "seccomp", "kexec", "reboot",
    ];

    public static int Count => Names.Length;

    /// <summary>Shape: what a rule's <c>eventType</c> may say.</summary>
    public static IReadOnlyList<string> All => Names;

    /// <returns>Null when no rule looks at it.</returns>
    public static RuleEventType? Of(FileOperation operation) => operation switch
    {
        FileOperation.Create => RuleEventType.Mknod,
        FileOperation.Rename => RuleEventType.Rename,
        FileOperation.Unlink => RuleEventType.Unlink,
        FileOperation.Link => RuleEventType.Hardlink,
        FileOperation.Symlink => RuleEventType.Symlink,
        FileOperation.Chmod => RuleEventType.Chmod,
        FileOperation.Chown => RuleEventType.Chown,
        FileOperation.Truncate => RuleEventType.Truncate,
        FileOperation.Mkdir => RuleEventType.Mkdir,
        FileOperation.Rmdir => RuleEventType.Rmdir,
        FileOperation.Mount => RuleEventType.Mount,
        FileOperation.Umount => RuleEventType.Umount,
        FileOperation.SetXattr or FileOperation.RemoveXattr => RuleEventType.Xattr,
        _ => null,
    };

    public static string NameOf(RuleEventType type) => Names[(int)type];

    public static bool TryParse(string? name, out RuleEventType type)
    {
        int at = Array.IndexOf(Names, name);
        type = (RuleEventType)Math.Max(at, 0);
        return at >= 0;
    }
}
