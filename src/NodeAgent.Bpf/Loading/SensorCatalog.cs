// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Interop.Objects;

namespace NodeAgent.Bpf.Loading;

/// <summary>All sensors, in the order in which they are reported.</summary>
internal static class SensorCatalog
{
    private const string Sockets = "sockets";

    internal static IReadOnlyList<SensorDefinition> All { get; } =
    [
        new("cgroup", "tp_btf cgroup_mkdir, cgroup_rmdir, cgroup_attach_task"),
        new("process", "tp_btf sched_process_exec, sched_process_fork, sched_process_exit"),
        new("file", "tp_btf sys_exit"),
        new("tcp", "tp_btf inet_sock_set_state") { Chain = Sockets },
        new("udp", "cgroup_skb ingress, egress; cgroup sock_create, bind, connect, sendmsg") { Chain = Sockets },
        new("dns", "cgroup_skb ingress, egress; cgroup connect, sendmsg") { Chain = Sockets },
        new("payload", "cgroup_skb ingress, egress; tp_btf inet_sock_set_state") { Chain = Sockets },
        new("socket",
        [
            new("fexit inet_bind, inet6_bind, inet_listen, __sock_create, __inet_stream_connect; cgroup connect", NotAtSystemCalls),
            new("tp_btf sys_exit; cgroup connect", NotAtFunctions),
        ]),
        new("unix",
        [
            new("fexit unix_stream_connect", NotAtSystemCalls),
            new("tp_btf sys_exit", NotAtFunctions),
        ]),
    ];

    private static bool NotAtSystemCalls(BpfProgram program) => program.Section != "tp_btf/sys_exit";

    private static bool NotAtFunctions(BpfProgram program) => !program.Section.StartsWith("fexit/", StringComparison.Ordinal);
}
