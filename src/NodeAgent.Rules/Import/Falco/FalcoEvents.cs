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
    ];

    /// <summary>One that the table has not.</summary>
    public static FalcoEvent Other(string name) => new(name, Type: null);
}
