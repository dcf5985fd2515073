// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Interop.Objects;

namespace NodeAgent.Bpf.Loading;

/// <summary>All sensors, in the order in which they are reported.</summary>
internal static class SensorCatalog
{
    /// <summary>The sensor that finds out at the least cost whether this kernel lets its text be patched.</summary>
    internal const string SmallestWithTrampoline = "capability";

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
        new("file",
        [
            SensorVariant.OfTypes("fentry", "fexit do_filp_open, do_handle_open", "fexit")
                with { IsOptional = static program => program.Name == "na_open_handle" },
            SensorVariant.OfTypes("tracepoint", "tp_btf sys_exit, io_uring_submit_req, io_uring_complete", "tp_btf")
                with { IsOptional = static program => program.Name.StartsWith("na_uring", StringComparison.Ordinal) },
        ]),
        new("file_change",
        [
            SensorVariant.OfTypes("fentry", "fentry security_path_*; fexit do_*at, chmod_common, vfs_*xattr, path_mount, ...", "fentry", "fexit")
                with { IsOptional = static program => !program.Name.StartsWith("na_unlink", StringComparison.Ordinal) },
            SensorVariant.OfTypes("tracepoint", "tp_btf sys_exit", "tp_btf"),
        ]),
        new("tcp", "tracepoint", "tp_btf inet_sock_set_state") { Chain = Sockets },
        new("udp",
        [
            SensorVariant.OfTypes("cgroup", "cgroup_skb ingress, egress; cgroup sock_create, bind, connect, sendmsg", "cgroup_skb", "cgroup")
                with { IsOptional = static program => program.Name == "na_udp_create" },
        ]) { Chain = Sockets },
        new("dns", "cgroup", "cgroup_skb ingress, egress; cgroup connect, sendmsg") { Chain = Sockets },
        new("payload", "cgroup", "cgroup_skb ingress, egress; tp_btf inet_sock_set_state") { Chain = Sockets },
        new("socket",
        [
            new SensorVariant("fentry", "fexit inet_bind, inet6_bind, inet_listen, __sock_create, __inet_stream_connect; cgroup connect", IsNotSystemCalls)
                with { IsOptional = static program => program.Name == "na_sock_bind6" },
            new SensorVariant("tracepoint", "tp_btf sys_exit; cgroup connect", static program => program.HookType != "fexit"),
        ]),
        new("unix",
        [
            SensorVariant.OfTypes("fentry", "fexit unix_stream_connect", "fexit"),
            SensorVariant.OfTypes("tracepoint", "tp_btf sys_exit", "tp_btf"),
        ]),
        new("capability",
        [
            new SensorVariant("fexit", "fexit security_capable; tp_btf cgroup_rmdir",
                static program => program.HookType == "fexit" || program.Section == "tp_btf/cgroup_rmdir"),
            SensorVariant.OfTypes("tracepoint", "tp_btf cap_capable, cgroup_rmdir", "tp_btf"),
        ]),
        new("privilege",
        [
            Privilege("fexit", "fexit of each system call; tp_btf signal_generate, io_uring, x86_fpu_regs_deactivated", "na_fx_ptrace",
                static program => program.HookType is "fexit" or "fentry"),
            Privilege("tracepoint", "tp_btf sys_exit, signal_generate, io_uring, x86_fpu_regs_deactivated", "na_pv_exit",
                static program => program.Name == "na_pv_exit"),
            Privilege("tracepoint-5.8", "as tracepoint, without a look at memory areas", "na_pv_exit_old",
                static program => program.Name == "na_pv_exit_old"),
        ]),

        // The program that notes calls is attached by SyscallSets, while something learns.
        new("syscalls", [new("tracepoint", "tp_btf sys_enter, cgroup_rmdir", static program => program.Section == "tp_btf/cgroup_rmdir")]),
    ];

    private static bool IsNotSystemCalls(BpfProgram program) => program.Section != "tp_btf/sys_exit";

    // One program is what a variant stands on. Of the rest, what this kernel has: not each has 32-bit calls, modules or io_uring.
    private static SensorVariant Privilege(string name, string hooks, string needed, Func<BpfProgram, bool> ends) =>
        new(name, hooks, program => ends(program) || (program.HookType == "tp_btf" && program.Section != "tp_btf/sys_exit"))
        {
            IsOptional = program => program.Name != needed,
        };
}
