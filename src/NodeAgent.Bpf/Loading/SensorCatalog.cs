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
        new("udp", "cgroup_skb ingress, egress; cgroup bind, connect, sendmsg") { Chain = Sockets },
        new("dns", "cgroup_skb ingress, egress; cgroup connect, sendmsg") { Chain = Sockets },
        new("capability", [
            new("fexit security_capable", static program => program.Section == "fexit/security_capable"),
            new("tp_btf cap_capable", static program => program.Section == "tp_btf/cap_capable")]),
        new("privilege", [
            new("fexit of each system call", static program => InVariant(program, "fexit", "fentry")),
            new("tp_btf sys_exit", static program => program.Name == "na_pv_exit" || InVariant(program)),
            new("tp_btf sys_exit before 5.17", static program => program.Name == "na_pv_exit_old" || InVariant(program))]),
        new("syscalls", [new("tp_btf sys_enter while something learns", static program => program.Section == "tp_btf/cgroup_rmdir")]),
    ];

    // Besides, whatever other hooks of the object this kernel has.
    private static bool InVariant(BpfProgram program, params string[] types)
    {
        string type = program.Section[..program.Section.IndexOf('/', StringComparison.Ordinal)];
        bool chosen = type == "tp_btf" ? program.Section != "tp_btf/sys_exit" : types.Contains(type);
        return chosen && KernelHooks.Has(program.Section);
    }
}
