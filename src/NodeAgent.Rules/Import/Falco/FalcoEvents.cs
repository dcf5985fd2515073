// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Rules.Expressions;
using NodeAgent.Rules.Import.Conditions;

namespace NodeAgent.Rules.Import.Falco;

/// <summary>One of Falco's event types, and what it is here.</summary>
/// <param name="Name">Shape: a value of <c>evt.type</c>.</param>
/// <param name="Type">Null: no event of ours.</param>
/// <param name="Guard">What holds of our event when it is this one; null = our events do not tell.</param>
/// <param name="Remark">How far they are not the same.</param>
internal sealed record FalcoEvent(string Name, RuleEventType? Type, string? Guard = null, Approximation? Remark = null)
{
    public bool IsFile => Type == RuleEventType.Open;

    public bool IsConnection => Type == RuleEventType.Network;
}

/// <summary>Which of Falco's event types are which of ours: the one table to extend.</summary>
/// <remarks>Source: Falco's list of supported events. What our events are says the README of NodeAgent.Rules.</remarks>
internal static class FalcoEvents
{
    // Processes that ran before the agent are told as if they were executed.
    private const string Executed = "!event.snapshot";
    private const string Outbound = "event.direction == 'outbound'";
    private const string Inbound = "event.direction == 'inbound'";

    private static readonly Approximation ConnectedDatagrams = new(
        ImportRemarkKind.MeansMore, "connect: the first datagram of a flow counts too, whether its socket was connected or not");

    private static readonly Approximation FirstDatagram = new(
        ImportRemarkKind.MeansLess, "sendto, sendmsg, recvfrom, recvmsg: only the first datagram of a flow is an event");

    private static readonly Approximation Changing = new(
        ImportRemarkKind.MeansLess, "ptrace: only the requests that change memory or registers are events");

    private static readonly Approximation Made = new(
        ImportRemarkKind.MeansLess, "changes of files: only those that were made are events, not those that failed");

    private static readonly Approximation RemovedFolder = new(
        ImportRemarkKind.MeansLess, "unlinkat: only removals that were made are events, and those of directories are not meant");

    private static readonly Approximation Elsewhere = new(
        ImportRemarkKind.MeansLess, "kill, tkill, tgkill: only signals to another cgroup are events");

    private static readonly Approximation Changed = new(
        ImportRemarkKind.MeansLess, "setuid and the like: only calls that changed an id or a capability are events");

    private static readonly Approximation Once = new(
        ImportRemarkKind.MeansLess, "calls that are rare: each is an event once for each process and what it is about");

    /// <summary>Events of one type that no guard tells apart are judged alike, and a rule that would tell them apart is remarked on.</summary>
    public static IReadOnlyList<FalcoEvent> All { get; } =
    [
        new("execve", RuleEventType.Exec, Executed),
        new("execveat", RuleEventType.Exec, Executed),
        new("open", RuleEventType.Open),
        new("openat", RuleEventType.Open),
        new("openat2", RuleEventType.Open),
        new("creat", RuleEventType.Open),
        new("open_by_handle_at", RuleEventType.Open),
        new("connect", RuleEventType.Network, Outbound, ConnectedDatagrams),
        new("accept", RuleEventType.Network, $"{Inbound} && event.proto == 'TCP'"),
        new("accept4", RuleEventType.Network, $"{Inbound} && event.proto == 'TCP'"),
        new("sendto", RuleEventType.Network, $"{Outbound} && event.proto != 'TCP'", FirstDatagram),
        new("sendmsg", RuleEventType.Network, $"{Outbound} && event.proto != 'TCP'", FirstDatagram),
        new("recvfrom", RuleEventType.Network, $"{Inbound} && event.proto != 'TCP'", FirstDatagram),
        new("recvmsg", RuleEventType.Network, $"{Inbound} && event.proto != 'TCP'", FirstDatagram),
        new("symlink", RuleEventType.Symlink),
        new("symlinkat", RuleEventType.Symlink),
        new("link", RuleEventType.Hardlink),
        new("linkat", RuleEventType.Hardlink),
        new("init_module", RuleEventType.Kmod, "event.syscallName == 'init_module'"),
        new("finit_module", RuleEventType.Kmod, "event.syscallName == 'finit_module'"),
        new("delete_module", RuleEventType.Kmod, "event.syscallName == 'delete_module'"),
        new("bpf", RuleEventType.Bpf),
        new("ptrace", RuleEventType.Ptrace, Remark: Changing),
        new("unshare", RuleEventType.Unshare),
        new("clone", RuleEventType.Fork),
        new("clone3", RuleEventType.Fork),
        new("fork", RuleEventType.Fork),
        new("vfork", RuleEventType.Fork),
        new("procexit", RuleEventType.Exit),
        .. Of(RuleEventType.Rename, null, Made, "rename", "renameat", "renameat2"),
        new("unlink", RuleEventType.Unlink, Remark: Made),
        new("unlinkat", RuleEventType.Unlink, Remark: RemovedFolder),
        .. Of(RuleEventType.Chmod, null, Made, "chmod", "fchmod", "fchmodat", "fchmodat2"),
        .. Of(RuleEventType.Chown, null, Made, "chown", "fchown", "lchown", "fchownat"),
        .. Of(RuleEventType.Mkdir, null, Made, "mkdir", "mkdirat"),
        new("rmdir", RuleEventType.Rmdir, Remark: Made),
        new("mount", RuleEventType.Mount),
        .. Of(RuleEventType.Umount, null, null, "umount", "umount2"),
        .. Of(RuleEventType.Signal, null, Elsewhere, "kill", "tkill", "tgkill"),
        new("bind", RuleEventType.Socket, "event.operation == 'bind'"),
        new("listen", RuleEventType.Socket, "event.operation == 'listen'"),
        .. Named(RuleEventType.Namespace, "operation", null, "setns", "chroot", "pivot_root"),
        .. Named(RuleEventType.Credentials, "syscallName", Changed, "setuid", "setgid", "setreuid", "setregid", "setresuid", "setresgid", "capset"),
        new("process_vm_readv", RuleEventType.ProcessVm, "event.operation == 'read'", Once),
        new("process_vm_writev", RuleEventType.ProcessVm, "event.operation == 'write'", Once),
        new("memfd_create", RuleEventType.Memfd, Remark: Once),
        new("userfaultfd", RuleEventType.Userfaultfd, Remark: Once),
        new("prctl", RuleEventType.Prctl, Remark: Once),
    ];

    // Calls of which no event says which of them it was.
    private static IEnumerable<FalcoEvent> Of(RuleEventType type, string? guard, Approximation? remark, params IEnumerable<string> names) =>
        names.Select(name => new FalcoEvent(name, type, guard, remark));

    // Calls that stand in the event by their name.
    private static IEnumerable<FalcoEvent> Named(RuleEventType type, string field, Approximation? remark, params IEnumerable<string> names) =>
        names.SelectMany(name => Of(type, $"event.{field} == '{name}'", remark, name));

    /// <summary>One that the table has not.</summary>
    public static FalcoEvent Other(string name) => new(name, Type: null);
}
