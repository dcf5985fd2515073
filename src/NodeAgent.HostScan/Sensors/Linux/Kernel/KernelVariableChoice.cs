// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.HostScan.Sensors.Linux.Kernel;

/// <summary>Which kernel variables are told.</summary>
internal static class KernelVariableChoice
{
    // What changes by itself: a scan of an unchanged host tells the same again.
    private static readonly string[] Volatile =
    [
        "kernel.hung_task_detect_count", "kernel.hung_task_warnings", "kernel.ns_last_pid", "kernel.perf_event_max_sample_rate", "kernel.pty.nr",
        "kernel.random.boot_id", "kernel.random.entropy_avail", "kernel.random.uuid",
    ];

    private static readonly string[] Interfaces = ["all", "default"];

    /// <summary>Namespaces of which a process sees its own variables in /proc/sys.</summary>
    public static IReadOnlyList<string> Namespaces { get; } = ["ipc", "net", "user", "uts"];

    /// <summary>Shape: paths below /proc/sys. Of the interfaces only <c>all</c> and <c>default</c>, since those of pods come and go.</summary>
    public static IReadOnlyList<string> Others { get; } =
    [
        "dev/tty/ldisc_autoload", "dev/tty/legacy_tiocsti",
        "fs/file-max", "fs/inotify/max_user_instances", "fs/inotify/max_user_watches", "fs/mount-max", "fs/nr_open", "fs/pipe-user-pages-hard", "fs/pipe-user-pages-soft",
        "fs/protected_fifos", "fs/protected_hardlinks", "fs/protected_regular", "fs/protected_symlinks", "fs/suid_dumpable", "fs/verity/require_signatures",
        "net/core/bpf_jit_enable", "net/core/bpf_jit_harden", "net/core/bpf_jit_kallsyms", "net/core/bpf_jit_limit",
        "net/ipv4/icmp_echo_ignore_all", "net/ipv4/icmp_echo_ignore_broadcasts", "net/ipv4/icmp_ignore_bogus_error_responses", "net/ipv4/ip_forward",
        "net/ipv4/ip_local_port_range", "net/ipv4/ip_unprivileged_port_start", "net/ipv4/ping_group_range", "net/ipv4/tcp_rfc1337", "net/ipv4/tcp_sack",
        "net/ipv4/tcp_syncookies", "net/ipv4/tcp_timestamps",
        "net/bridge/bridge-nf-call-iptables", "net/bridge/bridge-nf-call-ip6tables",
        "net/netfilter/nf_conntrack_max", "net/netfilter/nf_conntrack_helper",
        .. Of("ipv4", "accept_local", "accept_redirects", "accept_source_route", "arp_announce", "arp_ignore", "drop_gratuitous_arp", "forwarding", "log_martians", "proxy_arp",
            "route_localnet", "rp_filter", "secure_redirects", "send_redirects", "shared_media"),
        .. Of("ipv6", "accept_ra", "accept_redirects", "accept_source_route", "disable_ipv6", "forwarding", "use_tempaddr"),
        "user/max_cgroup_namespaces", "user/max_ipc_namespaces", "user/max_mnt_namespaces", "user/max_net_namespaces", "user/max_pid_namespaces", "user/max_time_namespaces",
        "user/max_user_namespaces", "user/max_uts_namespaces",
        "vm/legacy_va_layout", "vm/max_map_count", "vm/memfd_noexec", "vm/mmap_min_addr", "vm/mmap_rnd_bits", "vm/mmap_rnd_compat_bits", "vm/oom_kill_allocating_task",
        "vm/overcommit_memory", "vm/overcommit_ratio", "vm/panic_on_oom", "vm/swappiness", "vm/unprivileged_userfaultfd",
    ];

    public static bool IsVolatile(string key) => Volatile.Contains(key) || key.StartsWith("kernel.sched_domain.", StringComparison.Ordinal);

    /// <returns>Null = the same for all processes of the machine. Source: namespaces(7).</returns>
    public static string? NamespaceOf(string key) => key switch
    {
        "kernel.hostname" or "kernel.domainname" => "uts",
        "kernel.sem" or "kernel.sem_next_id" or "kernel.auto_msgmni" => "ipc",
        _ when key.StartsWith("kernel.shm", StringComparison.Ordinal) || key.StartsWith("kernel.msg", StringComparison.Ordinal) => "ipc",
        _ when key.StartsWith("net.", StringComparison.Ordinal) => "net",
        _ when key.StartsWith("user.", StringComparison.Ordinal) => "user",
        _ => null,
    };

    private static IEnumerable<string> Of(string family, params string[] names) =>
        Interfaces.SelectMany(_ => names, (which, name) => $"net/{family}/conf/{which}/{name}");
}
