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
        new("file",
        [
            SensorVariant.OfTypes("fentry", "fexit do_filp_open, do_handle_open", "fexit")
                with { IsOptional = static program => program.Name == "na_open_handle" },
            SensorVariant.OfTypes("tracepoint", "tp_btf sys_exit, io_uring_submit_req, io_uring_complete", "tp_btf")
                with { IsOptional = static program => program.Name.StartsWith("na_uring", StringComparison.Ordinal) },
        ]),
        new("tcp", "tracepoint", "tp_btf inet_sock_set_state") { Chain = Sockets },
        new("udp", "cgroup", "cgroup_skb ingress, egress; cgroup bind, connect, sendmsg") { Chain = Sockets },
        new("dns", "cgroup", "cgroup_skb ingress, egress; cgroup connect, sendmsg") { Chain = Sockets },
    ];
}
