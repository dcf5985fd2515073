// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Events.Identity;
using NodeAgent.Events.Net;
using NodeAgent.Events.Wire;
using NodeAgent.Rules.Tests.Fixtures;
using static NodeAgent.Rules.Tests.Library.RuleExample;

namespace NodeAgent.Rules.Tests.Library;

/// <summary>Examples of the ways out of a container, and of those to stay.</summary>
internal static class EscapeExamples
{
    private const uint ForWriting = 0x241;

    public static IReadOnlyList<RuleExample> All { get; } =
    [
        Fires("NA-1001", "core_pattern written", b => b.Open("/proc/sys/kernel/core_pattern", 1)),
        Fires("NA-1001", "core_pattern refused", b => b.Open("/proc/sys/kernel/core_pattern", 1, error: 30)),
        Quiet("NA-1001", "core_pattern read", b => b.Open("/proc/sys/kernel/core_pattern")),
        Fires("NA-1002", "release_agent written", b => b.Open("/tmp/cg/release_agent", 1)),
        Quiet("NA-1002", "notify_on_release written", b => b.Open("/tmp/cg/x/notify_on_release", 1)),
        Fires("NA-1003", "cgroups mounted", b => b.Change(FileOperation.Mount, "/tmp/cg", "cgroup", "cgroup")),
        Fires("NA-1003", "cgroups refused", b => b.Change(FileOperation.Mount, "/tmp/cg", "cgroup", "cgroup2", error: 1)),
        Quiet("NA-1003", "tmpfs mounted", b => b.Change(FileOperation.Mount, "/tmp/x", "tmpfs", "tmpfs")),
        Quiet("NA-1003", "workload that mounts", b => { b.Learned().Syscalls.Add("mount"); b.Change(FileOperation.Mount, "/tmp/cg", "cgroup", "cgroup"); }),
        Fires("NA-1004", "disk mounted", b => b.Change(FileOperation.Mount, "/mnt", "/dev/sda1", "ext4")),
        Quiet("NA-1004", "volume of a pod", b => b.Change(FileOperation.Mount, "/var/lib/kubelet/plugins/x", "/dev/sdb", "ext4")),
        Fires("NA-1005", "docker", b => { b.Comm = "docker"; b.Unix("/host/run/docker.sock"); }),
        Quiet("NA-1005", "docker within docker", b => { b.Comm = "docker"; b.Unix("/var/run/docker.sock", peerCgroup: 77); }),
        Quiet("NA-1005", "agent", b => { b.Comm = "cadvisor"; b.Unix("/run/containerd/containerd.sock"); }),
        Fires("NA-1006", "agent", b => { b.Comm = "cadvisor"; b.Unix("/run/containerd/containerd.sock"); }),
        Quiet("NA-1006", "another socket", b => b.Unix("/run/postgresql/.s.PGSQL.5432")),
        Fires("NA-1007", "nsenter", b => b.Exec("/usr/bin/nsenter", ["nsenter", "-t", "1", "-m"], comm: "nsenter")),
        Fires("NA-1007", "mount namespace entered", b => b.Namespaces(NamespaceOperation.Setns, 0x20000)),
        Quiet("NA-1007", "network namespace entered", b => b.Namespaces(NamespaceOperation.Setns, 0x40000000)),
        Quiet("NA-1007", "runtime on its way in", b => { b.Flags = HeaderFlags.Entrant; b.Namespaces(NamespaceOperation.Setns, 0x20000); }),
        Fires("NA-1008", "disk opened", b => b.Open("/dev/sda1", 0)),
        Quiet("NA-1008", "nothing opened", b => b.Open("/dev/null", 2)),
        Quiet("NA-1008", "disk that was learned", b => { b.Learned().Opens("/dev/sda1"); b.Open("/dev/sda1"); }),
        Fires("NA-1009", "setting written", b => Learned(b).Open("/proc/sys/kernel/randomize_va_space", 1)),
        Quiet("NA-1009", "setting of the network written", b => Learned(b).Open("/proc/sys/net/ipv4/ip_forward", 1)),
        Fires("NA-1010", "crontab of the host", b => HostMount(b).Open("/host/etc/crontab", ForWriting)),
        Quiet("NA-1010", "own crontab", b => HostMount(b).Open("/etc/crontab", ForWriting)),
        Quiet("NA-1010", "plugin of the network", b => HostMount(b).Open("/host/etc/cni/net.d/10-x.conflist", ForWriting)),
        Quiet("NA-1010", "crontab of the host read", b => HostMount(b).Open("/host/etc/crontab")),
        Fires("NA-1011", "SYS_ADMIN", b => Learned(b).Capability("SYS_ADMIN")),
        Quiet("NA-1011", "CHOWN", b => Learned(b).Capability("CHOWN")),
        Fires("NA-1012", "root of the host", b => HostMount(b).Namespaces(NamespaceOperation.Chroot, path: "/host")),
        Quiet("NA-1012", "empty root", b => HostMount(b).Namespaces(NamespaceOperation.Chroot, path: "/run/sshd")),
        .. Written("NA-1101", "/etc/cron.d/x", "/etc/crypttab"),
        .. Written("NA-1102", "/etc/systemd/system/x.service", "/etc/systemd/resolved.conf"),
        .. Written("NA-1103", "/root/.bashrc", "/root/.bash_aliases.txt"),
        .. Written("NA-1104", "/root/.ssh/authorized_keys", "/root/.ssh/known_hosts"),
        .. Written("NA-1105", "/etc/ld.so.preload", "/etc/ld.so.cache"),
        .. Written("NA-1106", "/etc/pam.d/sshd", "/etc/pam.conf"),
        Fires("NA-1107", "SUID bit", b => b.Change(FileOperation.Chmod, "/tmp/b", mode: 0x89ed)),
        Quiet("NA-1107", "no SUID bit", b => b.Change(FileOperation.Chmod, "/tmp/b", mode: 0x85ed)),
        Quiet("NA-1107", "package installed", b => { b.Comm = "dpkg"; b.Change(FileOperation.Chmod, "/usr/bin/su.dpkg-new", mode: 0x89ed); }),
        Fires("NA-1108", "capabilities of a file", b => b.Change(FileOperation.SetXattr, "/tmp/b", name: "security.capability")),
        Quiet("NA-1108", "another attribute", b => b.Change(FileOperation.SetXattr, "/tmp/b", name: "user.x")),
        Quiet("NA-1108", "capabilities taken away", b => b.Change(FileOperation.RemoveXattr, "/tmp/b", name: "security.capability")),
        Fires("NA-1109", "user made", b => Learned(b).Exec("/usr/sbin/useradd", ["useradd", "-o", "-u", "0", "x"], comm: "useradd")),
        Quiet("NA-1109", "user made by a package", b => { b.Init.Comm = "dpkg"; Learned(b).Exec("/usr/sbin/useradd", comm: "useradd"); }),
        Fires("NA-1110", "line added to the users", b => Learned(b).Open("/etc/passwd", 0x441, comm: "sh")),
        Fires("NA-1110", "users replaced", b => Learned(b).Change(FileOperation.Rename, "/etc/passwd", "/etc/sedx")),
        Quiet("NA-1110", "users read", b => Learned(b).Open("/etc/passwd", comm: "sh")),
        .. Written("NA-1111", "/host/etc/kubernetes/manifests/x.yaml", "/etc/kubernetes/x.yaml"),
        .. Written("NA-1112", "/etc/sudoers.d/x", "/etc/sudo.conf"),
    ];

    private static RuleExample[] Written(string rule, string path, string other) =>
    [
        Fires(rule, "opened for writing", b => b.Open(path, ForWriting, comm: "sh")),
        Fires(rule, "replaced", b => b.Change(FileOperation.Rename, path, path + ".new")),
        Quiet(rule, "read", b => b.Open(path, comm: "sh")),
        Quiet(rule, "another file written", b => b.Open(other, ForWriting, comm: "sh")),
    ];

    private static Bench HostMount(Bench bench)
    {
        bench.Container.Identity = bench.Container.Identity with
        {
            Configuration = new ContainerConfiguration { Mounts = [new ContainerMount("/host", "/", "bind", ReadOnly: false)] },
        };
        return bench;
    }
}
