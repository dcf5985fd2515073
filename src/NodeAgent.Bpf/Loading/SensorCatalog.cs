// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Bpf.Loading;

/// <summary>All sensors, in the order in which they are reported.</summary>
internal static class SensorCatalog
{
    private const string Sockets = "sockets";

    internal static IReadOnlyList<SensorDefinition> All { get; } =
    [
        new("cgroup", "tracepoint", "tp_btf cgroup_mkdir, cgroup_rmdir, cgroup_attach_task"),
        new("process", "tracepoint", "tp_btf sched_process_exec, sched_process_fork, sched_process_exit"),
        new("process_calls",
        [
            new SensorVariant("fentry", "fentry commit_creds; fexit of each call; tp_btf sched_process_fork, sched_process_exec, sched_process_exit",
                program => program.Section != "tp_btf/sys_exit") { IsOptional = program => program.Name.StartsWith("na_maybe", StringComparison.Ordinal) },
            new SensorVariant("tracepoint", "tp_btf sys_exit, sched_process_fork, sched_process_exec, sched_process_exit",
                program => program.HookType is not ("fentry" or "fexit")),
        ]),
        new("signal", "tracepoint", "tp_btf signal_generate, mark_victim"),
        new("file", "tracepoint", "tp_btf sys_exit"),
        new("tcp", "tracepoint", "tp_btf inet_sock_set_state") { Chain = Sockets },
        new("udp", "cgroup", "cgroup_skb ingress, egress; cgroup bind, connect, sendmsg") { Chain = Sockets },
        new("dns", "cgroup", "cgroup_skb ingress, egress; cgroup connect, sendmsg") { Chain = Sockets },
    ];
}
