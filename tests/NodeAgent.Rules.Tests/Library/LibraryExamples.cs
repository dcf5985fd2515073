// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Events.Identity;
using NodeAgent.Events.Net;
using NodeAgent.Events.Wire;
using NodeAgent.Rules.Expressions;
using NodeAgent.Rules.Tests.Fixtures;
using static NodeAgent.Rules.Tests.Library.RuleExample;

namespace NodeAgent.Rules.Tests.Library;

/// <summary>What each rule of the library fires at, and what looks like it and is nothing.</summary>
internal static class LibraryExamples
{
    private const string Token = "/run/secrets/kubernetes.io/serviceaccount/..2026_11_22/token";

    public static IReadOnlyList<RuleExample> All { get; } =
    [
        Fires("R0001", "program that is new", b => Learned(b).Exec("/usr/bin/nc")),
        Quiet("R0001", "program that was learned", b => { b.Learned().Executes("/usr/bin/nc"); b.Exec("/usr/bin/nc"); }),
        Fires("R0002", "file of the system that is new", b => Learned(b).Open("/etc/passwd")),
        Quiet("R0002", "file that was learned", b => { b.Learned().Opens("/etc/passwd"); b.Open("/etc/passwd"); }),
        Quiet("R0002", "file that is not there", b => Learned(b).Open("/etc/ld.so.preload", error: 2)),
        Quiet("R0002", "temporary file", b => Learned(b).Open("/tmp/x")),
        Fires("R0003", "system call that is new", b => Learned(b).Syscall("mount")),
        Quiet("R0003", "system call that was learned", b => { b.Learned().Syscalls.Add("mount"); b.Syscall("mount"); }),
        Fires("R0004", "capability that is new", b => Learned(b).Capability("SYS_ADMIN")),
        Quiet("R0004", "capability that was learned", b => { b.Learned().Capabilities.Add("SYS_ADMIN"); b.Capability("SYS_ADMIN"); }),
        Quiet("R0004", "capability that was refused", b => Learned(b).Capability("SYS_ADMIN", granted: false)),
        Fires("R0005", "name that is new", b => Learned(b).Dns(DnsMessages.Query("evil.example"))),
        Quiet("R0005", "name of the cluster", b => Learned(b).Dns(DnsMessages.Query("db.shop.svc.cluster.local"))),
        Fires("R0006", "token that was never read", b => Learned(b).Open(Token)),
        Quiet("R0006", "token of a workload that reads it", b => { b.Learned().Opens("/run/secrets/kubernetes.io/serviceaccount/..2025/token"); b.Open(Token); }),
        Quiet("R0006", "another token", b => Learned(b).Open("/srv/kubernetes.io/serviceaccount/token")),
        Fires("R0007", "kubectl", b => Learned(b).Exec("/tmp/kubectl", comm: "kubectl")),
        Fires("R0007", "API server", b => Learned(b).Tcp("10.96.0.1", 443)),
        Quiet("R0007", "API server that was learned", b => { b.Learned().Talks("10.96.0.1", 443, TransportProtocol.Tcp); b.Tcp("10.96.0.1", 443); }),
        Quiet("R0007", "another address", b => Learned(b).Tcp("10.96.0.2", 443)),
        Fires("R0008", "environment of another process", b => Learned(b).Open("/proc/17/environ")),
        Quiet("R0008", "another file of procfs", b => Learned(b).Open("/proc/17/status")),
        Fires("R0009", "program loaded into the kernel", b => b.Privilege(PrivilegeOperation.Bpf, 5)),
        Quiet("R0009", "map made", b => b.Privilege(PrivilegeOperation.Bpf, 0)),
        Quiet("R0009", "load of a workload that does so", b => { b.Learned().Syscalls.Add("bpf"); b.Privilege(PrivilegeOperation.Bpf, 5); }),
        Fires("R0010", "passwords", b => b.Open("/etc/shadow")),
        Quiet("R0010", "names of users", b => b.Open("/etc/passwd")),
        Fires("R0011", "peer that is new", b => Learned(b).Tcp("93.184.216.34", 443)),
        Fires("R0011", "port that is new", b => { b.Learned().Talks("93.184.216.34", 443, TransportProtocol.Tcp); b.Tcp("93.184.216.34", 8443); }),
        Quiet("R0011", "peer that was learned", b => { b.Learned().Talks("93.184.216.34", 443, TransportProtocol.Tcp); b.Tcp("93.184.216.34", 443); }),
        Fires("R0040", "arguments that are new", b => { MemoryProfile p = b.Learned().Executes("/bin/sh"); p.ArgumentLists.Add("/bin/sh sh -c date"); b.Exec("/bin/sh", ["sh", "-c", "id"]); }),
        Quiet("R0040", "arguments that were learned", b => { MemoryProfile p = b.Learned().Executes("/bin/sh"); p.ArgumentLists.Add("/bin/sh sh -c date"); b.Exec("/bin/sh", ["sh", "-c", "date"]); }),
        Quiet("R0040", "program that is new", b => Learned(b).Exec("/bin/sh", ["sh"])),
        Fires("R1000", "program in shared memory", b => b.Exec("/dev/shm/x")),
        Quiet("R1000", "name that begins like it", b => b.Exec("/dev/shmoo/x")),
        Fires("R1001", "program that was written later", b => b.Exec("/tmp/x", flags: ExecFlags.UpperLayer)),
        Quiet("R1001", "program of the image", b => b.Exec("/usr/bin/x")),
        Fires("R1002", "module from a file", b => b.Privilege(PrivilegeOperation.ModuleLoad, detail: "/tmp/rootkit.ko")),
        Fires("R1002", "module from memory, refused", b => b.Privilege(PrivilegeOperation.ModuleLoad, detail: "rootkit", error: 1)),
        Quiet("R1002", "module unloaded", b => b.Privilege(PrivilegeOperation.ModuleUnload, detail: "loop")),
        Fires("R1003", "ssh to another port", b => b.Tcp("93.184.216.34", 443, comm: "ssh", localPort: 40000)),
        Quiet("R1003", "ssh to its port", b => b.Tcp("93.184.216.34", 22, comm: "ssh", localPort: 40000)),
        Quiet("R1003", "another client", b => b.Tcp("93.184.216.34", 443, comm: "curl", localPort: 40000)),
        Quiet("R1003", "ssh that was learned", b => { b.Learned().Talks("93.184.216.34", 443, TransportProtocol.Tcp); b.Tcp("93.184.216.34", 443, comm: "ssh", localPort: 40000); }),
        Fires("R1004", "program in a volume", b => Mounted(b).Exec("/data/bin/x")),
        Quiet("R1004", "program beside the volume", b => Mounted(b).Exec("/data2/x")),
        Quiet("R1004", "program in a volume that was learned", b => { Mounted(b).Learned().Executes("/data/bin/x"); b.Exec("/data/bin/x"); }),
        Fires("R1005", "program in memory", b => b.Exec("memfd:x", flags: ExecFlags.Memfd)),
        Quiet("R1005", "program whose name holds memfd", b => b.Exec("/usr/bin/memfd-tool")),
        Fires("R1006", "namespaces of its own", b => b.Namespaces(NamespaceOperation.Unshare, 0x10000000)),
        Quiet("R1006", "runtime on its way in", b => { b.Flags = HeaderFlags.Entrant; b.Namespaces(NamespaceOperation.Unshare); }),
        Quiet("R1006", "workload that does so", b => { b.Learned().Syscalls.Add("unshare"); b.Namespaces(NamespaceOperation.Unshare); }),
        Quiet("R1006", "namespace entered", b => b.Namespaces(NamespaceOperation.Setns)),
        Fires("R1007", "RandomX", b => b.Privilege(PrivilegeOperation.Randomx)),
        Quiet("R1007", "memory made executable", b => b.Privilege(PrivilegeOperation.MmapExec)),
        Fires("R1008", "mining pool", b => b.Dns(DnsMessages.Query("xmr.nanopool.org"))),
        Quiet("R1008", "name below one", b => b.Dns(DnsMessages.Query("xmr.nanopool.org.example.com"))),
        Fires("R1009", "port of mining pools", b => b.Tcp("93.184.216.34", 3333)),
        Quiet("R1009", "another port", b => b.Tcp("93.184.216.34", 3334)),
        Quiet("R1009", "datagram to that port", b => b.Udp("93.184.216.34", 3333)),
        Quiet("R1009", "peer that was learned", b => { b.Learned().Talks("93.184.216.34", 3333, TransportProtocol.Tcp); b.Tcp("93.184.216.34", 3333); }),
        Fires("R1010", "link to the passwords", b => b.Link(FileOperation.Symlink, "/etc/shadow", "/tmp/x")),
        Quiet("R1010", "link to something else", b => b.Link(FileOperation.Symlink, "/etc/passwd", "/tmp/x")),
        Quiet("R1010", "process that the profile allows", b => { b.Learned().Policies.Add("R1010 tool"); b.Link(FileOperation.Symlink, "/etc/shadow", "/tmp/x"); }),
        Fires("R1011", "preloaded library", b => b.ExecWith("/bin/ls", "LD_PRELOAD=/tmp/x.so")),
        Fires("R1011", "list of preloaded libraries written", b => b.Open("/etc/ld.so.preload", flags: 0x241)),
        Quiet("R1011", "list of preloaded libraries read", b => b.Open("/etc/ld.so.preload", flags: 0x80000)),
        Quiet("R1011", "another variable", b => b.ExecWith("/bin/ls", "PATH=/bin")),
        Fires("R1012", "second name of the passwords", b => b.Link(FileOperation.Link, "/etc/shadow", "/tmp/x")),
        Quiet("R1012", "soft link", b => b.Link(FileOperation.Symlink, "/etc/shadow", "/tmp/x")),
        Fires("R1015", "memory of another process written", b => b.Privilege(PrivilegeOperation.Ptrace, 5, target: 17)),
        Quiet("R1015", "attached only", b => b.Privilege(PrivilegeOperation.Ptrace, 16, target: 17)),
        Fires("R1030", "io_uring of a workload that used none", b => Learned(b).Privilege(PrivilegeOperation.IoUringSubmit, 16)),
        Quiet("R1030", "process that the profile allows", b => { b.Learned().Policies.Add("R1030 tool"); b.Privilege(PrivilegeOperation.IoUringSubmit, 16); }),
        Fires("R2000", "exec into a pod", b => b.Engine.OnAdmission(Request("PodExecOptions", "exec"), b.Subject)),
        Quiet("R2000", "port forwarded", b => b.Engine.OnAdmission(Request("PodPortForwardOptions", "portforward"), b.Subject)),
        Fires("R2001", "port forwarded", b => b.Engine.OnAdmission(Request("PodPortForwardOptions", "portforward"), b.Subject)),
        Quiet("R2001", "exec into a pod", b => b.Engine.OnAdmission(Request("PodExecOptions", "exec"), b.Subject)),
        .. AttackExamples.All, .. EscapeExamples.All, .. BehaviourExamples.All,
    ];

    private static Bench Mounted(Bench bench)
    {
        bench.Container.Identity = bench.Container.Identity with
        {
            Configuration = new ContainerConfiguration { Mounts = [new ContainerMount("/data", "/var/lib/kubelet/x", "bind", ReadOnly: false)] },
        };
        return bench;
    }

    private static AdmissionEvent Request(string kind, string subresource) =>
        new(Bench.BootNs, kind, "web-1", "shop", "pods", subresource, "CONNECT", "jane", string.Empty, ["dev"]);
}

/// <param name="What">What happens.</param>
/// <param name="IsToFire">Whether the rule is to.</param>
internal sealed record RuleExample(string RuleId, string What, bool IsToFire, Action<Bench> Play)
{
    public static RuleExample Fires(string ruleId, string what, Action<Bench> play) => new(ruleId, what, true, play);

    public static RuleExample Quiet(string ruleId, string what, Action<Bench> play) => new(ruleId, what, false, play);

    public static Bench Learned(Bench bench)
    {
        bench.Learned();
        return bench;
    }
}
