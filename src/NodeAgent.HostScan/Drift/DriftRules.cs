// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.HostScan.Drift;

/// <summary>What is told when it changes. Ids are never used again.</summary>
public static class DriftRules
{
    // Those of the kernel's self-protection: a value that is lowered opens what was closed.
    private static readonly string[] HardeningVariables =
    [
        "kernel.core_pattern", "kernel.dmesg_restrict", "kernel.kexec_load_disabled", "kernel.kptr_restrict", "kernel.modprobe", "kernel.modules_disabled", "kernel.perf_event_paranoid",
        "kernel.randomize_va_space", "kernel.sysrq", "kernel.unprivileged_bpf_disabled", "kernel.unprivileged_userns_clone", "kernel.yama.ptrace_scope", "fs.protected_fifos",
        "fs.protected_hardlinks", "fs.protected_regular", "fs.protected_symlinks", "fs.suid_dumpable", "net.core.bpf_jit_harden", "net.ipv4.ip_forward", "user.max_user_namespaces",
        "vm.mmap_min_addr", "vm.unprivileged_userfaultfd",
    ];

    private static readonly string[] SecurityModules = ["apparmor.enabled", "lockdown.mode", "lsm.active", "module.signatureEnforced", "secureBoot.state", "selinux.mode"];

    // Below these begin the ports that the kernel gives to whoever asks for any.
    private const long FirstEphemeralPort = 32_768;

    private const string SshdConfig = "/etc/ssh/sshd_config";

    public static IReadOnlyList<DriftRule> All { get; } =
    [
        Ports("NA-H001", "tcpPorts", 5, "New listening port", "listening port") with { Watched = ["processes.0.executable"] },
        Ports("NA-H002", "udpPorts", 4, "New UDP port", "UDP port") with { Watched = ["processes.0.executable"], Below = ("localPort", FirstEphemeralPort) },
        Ports("NA-H003", "rawPorts", 6, "New raw socket", "raw socket"),
        new("NA-H004", "KernelModules", "modules", ["name"], 6, "Kernel module loaded since the last scan", "kernel module") { Subject = DriftSubject.Module },
        new("NA-H005", "HostFilePermissions", "setIdFiles", ["path"], 8, "SUID or SGID file changed", "SUID or SGID file") { Watched = ["sha256", "permissions", "ownership.uid", "ownership.gid"] },
        Settings("NA-H006", "KubeletInfo", "settings", 7, "Kubelet setting changed", "kubelet setting") with { Files = ["/var/lib/kubelet/config.yaml"] },
        Settings("NA-H007", "ControlPlaneInfo", "APIServerInfo.settings", 8, "Control plane setting changed", "setting of the API server"),
        Settings("NA-H007", "ControlPlaneInfo", "controllerManagerInfo.settings", 7, "Control plane setting changed", "setting of the controller manager"),
        Settings("NA-H007", "ControlPlaneInfo", "schedulerInfo.settings", 7, "Control plane setting changed", "setting of the scheduler"),
        Settings("NA-H007", "ControlPlaneInfo", "etcdInfo.settings", 8, "Control plane setting changed", "setting of etcd"),
        Settings("NA-H007", "ControlPlaneInfo", "extraSettings", 7, "Control plane setting changed", "setting of the control plane"),
        Settings("NA-H008", "SshdSettings", "settings", 7, "SSH server setting changed", "setting of the SSH server") with { Files = [SshdConfig] },
        new("NA-H008", "SshdSettings", "matches", ["criteria"], 6, "SSH server setting changed", "Match block of the SSH server") { TellsRemoval = true, FileMember = "source", Files = [SshdConfig] },
        new("NA-H009", "HostUsers", "users", ["name"], 9, "New user with the rights of root", "user with uid 0") { Where = ("uid", "0"), Files = ["/etc/passwd"] },
        new("NA-H010", "HostUsers", "users", ["name"], 9, "New user without a password", "user whose password is empty") { Where = ("password", "empty"), Files = ["/etc/shadow", "/etc/passwd"] },
        new("NA-H011", "HostUsers", "privilegedGroups", ["name"], 8, "Members of a privileged group changed", "privileged group") { Watched = ["members"], Files = ["/etc/group", "/etc/passwd"] },
        new("NA-H012", "SudoRules", "rules", ["who", "hosts", "runAs", "commands"], 8, "New sudo rule", "sudo rule") { Watched = ["noPassword"], FileMember = "source" },
        Settings("NA-H013", "LinuxKernelVariables", "kernelVariables", 6, "Kernel hardening value changed", "kernel variable") with { Only = HardeningVariables },
        new("NA-H014", "ScheduledTasks", "cronTasks", ["source", "user", "schedule", "program"], 7, "New cron task", "cron task") { FileMember = "source" },
        new("NA-H015", "ScheduledTasks", "units", ["path"], 7, "Systemd unit changed", "systemd unit") { Watched = ["program", "schedule", "user"] },
        Settings("NA-H016", "LinuxSecurityHardeningStatus", "settings", 8, "Security module setting changed", "setting of the kernel's security") with { Only = SecurityModules },
        new("NA-H017", "HostMounts", "mounts", ["mountPoint"], 4, "Mount changed", "mount") { Watched = ["device", "fileSystem", "options"], Subject = DriftSubject.Mount, FileMember = "mountPoint" },
        new("NA-H018", "HostFilePermissions", "capabilityFiles", ["path"], 8, "File with capabilities changed", "file with capabilities") { Watched = ["capabilities", "sha256"] },
    ];

    private static DriftRule Ports(string id, string list, int severity, string name, string thing) =>
        new(id, "OpenPortsList", list, ["transport", "localAddress", "localPort"], severity, name, thing) { Subject = DriftSubject.Socket };

    private static DriftRule Settings(string id, string kind, string list, int severity, string name, string thing) =>
        new(id, kind, list, ["key"], severity, name, thing) { Watched = ["value"], TellsRemoval = true, FileMember = "source" };
}
