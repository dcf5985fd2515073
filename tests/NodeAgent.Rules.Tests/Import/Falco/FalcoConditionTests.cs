// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Rules.Import;
using NodeAgent.Rules.Tests.Fixtures;

namespace NodeAgent.Rules.Tests.Import.Falco;

/// <summary>Each operator and field of Falco's conditions, judged by the engine: what must fire fires, what must not is quiet.</summary>
public sealed class FalcoConditionTests
{
    // The process: sh below nginx below runc, in a container; it executes /usr/bin/curl with arguments, in /var/tmp.
    [Theory]
    [InlineData("proc.name = curl", true)]
    [InlineData("proc.name == \"curl\"", true)]
    [InlineData("proc.name != curl", false)]
    [InlineData("proc.name!=wget", true)]
    [InlineData("not proc.name = wget", true)]
    [InlineData("not(proc.name = curl)", false)]
    [InlineData("not not proc.name = curl", true)]
    [InlineData("proc.name in (wget, curl)", true)]
    [InlineData("proc.name in (wget)", false)]
    [InlineData("proc.name in ()", false)]
    [InlineData("proc.name intersects (wget, curl)", true)]
    [InlineData("proc.name = wget or proc.name = nc and proc.name = curl", false)]
    [InlineData("(proc.name = wget or proc.name = curl) and proc.name exists", true)]
    [InlineData("proc.cmdline = \"curl -o /tmp/x https://example.org/A\"", true)]
    [InlineData("proc.cmdline contains \"-o /tmp\"", true)]
    [InlineData("proc.cmdline icontains \"EXAMPLE.org/a\"", true)]
    [InlineData("proc.cmdline contains \"EXAMPLE\"", false)]
    [InlineData("proc.cmdline bcontains 2d6f", true)]
    [InlineData("proc.args startswith -o", true)]
    [InlineData("proc.args endswith /A", true)]
    [InlineData("proc.args startswith curl", false)]
    [InlineData("proc.exeline startswith \"/usr/bin/curl -o\"", true)]
    [InlineData("proc.exe = /usr/bin/curl and proc.exepath = /usr/bin/curl", true)]
    [InlineData("proc.exepath glob /usr/*/cu?l", true)]
    [InlineData("proc.exepath glob '/usr/*/cu[a-m]l'", false)]
    [InlineData("proc.exepath glob '/usr/bin/[!a-b]*'", true)]
    [InlineData("proc.exepath iglob /USR/bin/*", true)]
    [InlineData("proc.exepath glob /usr", false)]
    [InlineData("proc.exepath regex '/usr/(bin|sbin)/[a-z]+'", true)]
    [InlineData("proc.exepath regex '/usr/bin'", false)]
    [InlineData("proc.exepath pmatch (/opt, /usr/bin)", true)]
    [InlineData("proc.exepath pmatch (/usr/bi)", false)]
    [InlineData("proc.exepath pmatch (/usr/*/curl)", true)]
    [InlineData("proc.exepath pmatch (/usr/b*)", true)]
    [InlineData("proc.exepath pmatch (/*r)", true)]
    [InlineData("proc.exepath pmatch (/usr/*/)", true)]
    [InlineData("proc.exepath startswith anyof (/opt, /usr/)", true)]
    [InlineData("proc.cmdline contains allof (curl, nothing)", false)]
    [InlineData("proc.name != allof (wget, nc) and proc.name = anyof (wget, curl)", true)]
    [InlineData("tolower(proc.name) = curl and toupper(proc.name) = CURL", true)]
    [InlineData("basename(proc.exepath) = curl", true)]
    [InlineData("len(proc.name) = 4 and len(proc.name) > 3", true)]
    [InlineData("basename(proc.exepath) = val(proc.name)", true)]
    [InlineData("proc.name = val(proc.pname)", false)]
    [InlineData("proc.cmdnargs >= 3 and proc.cmdnargs in (2, 3) and proc.cmdlenargs = 29", true)]
    [InlineData("proc.cwd = /var/tmp/", true)]
    [InlineData("proc.pname = nginx and proc.aname[1] = nginx and proc.aname[0] = curl", true)]
    [InlineData("proc.aname[2] = runc and proc.aexepath[2] endswith runc", true)]
    [InlineData("proc.aname[3] != systemd", false)]
    [InlineData("not proc.aname[3] exists and proc.aname[2] exists", true)]
    [InlineData("proc.aname = runc and proc.aname in (x, nginx)", true)]
    [InlineData("proc.aname = sh", false)]
    [InlineData("proc.pexe = nginx and proc.pexepath = /usr/sbin/nginx and proc.pcmdline = \"nginx -g daemon off;\"", true)]
    [InlineData("proc.acmdline contains \"daemon off\"", true)]
    [InlineData("proc.ppid = 100 and proc.pid = 4711 and proc.apid[1] = 100", true)]
    [InlineData("proc.tty != 0", false)]
    [InlineData("proc.tty = 0", true)]
    [InlineData("user.uid = 0 and user.name = root and group.gid = 0", true)]
    [InlineData("user.uid > 0x10", false)]
    [InlineData("container.id != host", true)]
    [InlineData("container.id = host", false)]
    [InlineData("container.id = 0123456789ab", true)]
    [InlineData("container.name = web", true)]
    [InlineData("container.image.repository = nginx", false)]
    [InlineData("not container.image.repository in (nginx)", true)]
    [InlineData("container.image.repository exists", false)]
    [InlineData("container.privileged = true", false)]
    [InlineData("k8s.ns.name = kube-system", false)]
    [InlineData("k8s.ns.name != kube-system", false)]
    [InlineData("proc.is_exe_upper_layer = true", true)]
    [InlineData("proc.is_exe_from_memfd=true", false)]
    [InlineData("thread.cap_effective contains CAP_NET_RAW", true)]
    [InlineData("thread.cap_effective icontains sys_module", false)]
    [InlineData("proc.name != \"<NA>\"", true)]
    [InlineData("proc.pname = \"<NA>\"", false)]
    [InlineData("evt.dir = < and evt.num >= 0 and not evt.num = 0", true)]
    [InlineData("syscall.type = execve", true)]
    [InlineData("fd.name startswith /", false)]
    [InlineData("not fd.name startswith /", true)]
    [InlineData("evt.is_open_write = true", false)]
    [InlineData("evt.is_open_write = false", true)]
    [InlineData("evt.res = SUCCESS and evt.failed = false and evt.rawres >= 0", true)]
    public void Condition_OnAnExec_FiresWhenItHolds(string condition, bool fires)
    {
        RuleImport import = ImportBench.Condition("evt.type in (execve, execveat) and proc.name exists and (" + condition + ")");
        if (import.Rules.Count == 0)
        {
            // What can never hold is not written.
            Assert.False(fires, string.Join('\n', import.Remarks));
            Assert.Equal(["no event fulfils its condition"], ImportBench.Of(import, ImportRemarkKind.Refused));
            return;
        }

        using Bench bench = ImportBench.Engine(import);
        bench.Shell.Capabilities = 1 << 13;
        bench.Exec("/usr/bin/curl", ["/usr/bin/curl", "-o", "/tmp/x", "https://example.org/A"], "/var/tmp", Events.Wire.ExecFlags.UpperLayer, "curl");
        Assert.Equal(fires ? ["falco-tested"] : [], bench.TakenRules());
        bench.Open("/etc/passwd");
        bench.Tcp("93.184.216.34", 443);
        Assert.Empty(bench.Taken());
    }

    [Theory]
    [InlineData("evt.is_open_read = true", 0u, true)]
    [InlineData("evt.is_open_read = true", 1u, false)]
    [InlineData("evt.is_open_write = true", 2u, true)]
    [InlineData("evt.is_open_write != true", 0u, true)]
    [InlineData("evt.arg.flags contains O_TRUNC", 0x201u, true)]
    [InlineData("evt.arg.flags contains O_TRUNC", 1u, false)]
    [InlineData("fd.name = /etc/app/key.pem and fd.directory = /etc/app and fd.filename = key.pem", 0u, true)]
    [InlineData("fd.directory in (/etc)", 0u, false)]
    [InlineData("fd.typechar = 'f' and fd.type = file and fd.num >= 0", 0u, true)]
    [InlineData("fd.typechar = d", 0x10000u, true)]
    [InlineData("fd.num = -1", 0u, false)]
    [InlineData("fd.sip = 1.2.3.4", 0u, false)]
    [InlineData("not fd.sport = 22", 0u, true)]
    [InlineData("evt.arg.name startswith /etc", 0u, true)]
    public void Condition_OnAnOpen_FiresWhenItHolds(string condition, uint flags, bool fires)
    {
        RuleImport import = ImportBench.Condition($"evt.type in (open, openat, openat2, creat, open_by_handle_at) and proc.name exists and ({condition})");
        if (import.Rules.Count == 0)
        {
            Assert.False(fires);
            return;
        }

        using Bench bench = ImportBench.Engine(import);
        bench.Open("/etc/app/key.pem", flags);
        Assert.Equal(fires ? ["falco-tested"] : [], bench.TakenRules());
    }

    [Theory]
    [InlineData("evt.res = ENOENT", 2u, true)]
    [InlineData("evt.res != ENOENT", 2u, false)]
    [InlineData("evt.res in (EACCES, EPERM)", 13u, true)]
    [InlineData("evt.res startswith E", 13u, true)]
    [InlineData("evt.rawres < 0 and fd.num = -1 and evt.failed = true", 1u, true)]
    [InlineData("evt.rawres = -13", 13u, true)]
    [InlineData("evt.rawres >= 0", 13u, false)]
    public void Condition_OnARefusedOpen_ReadsTheResult(string condition, uint error, bool fires)
    {
        using Bench bench = ImportBench.Engine(ImportBench.Condition($"evt.type in (open, openat, openat2, creat, open_by_handle_at) and ({condition})"));
        bench.Open("/etc/shadow", error: error);
        Assert.Equal(fires ? ["falco-tested"] : [], bench.TakenRules());
    }

    [Theory]
    [InlineData("evt.type = connect and fd.sip = 93.184.216.34 and fd.sport = 443 and fd.rport = 443 and fd.l4proto = tcp", true)]
    [InlineData("evt.type = connect and fd.sip in (\"10.0.0.0/8\", \"93.184.0.0/16\")", true)]
    [InlineData("evt.type = connect and fd.snet in (\"10.0.0.0/8\")", false)]
    [InlineData("evt.type = connect and not fd.snet in (\"10.0.0.0/8\")", true)]
    [InlineData("evt.type = connect and fd.ip != \"0.0.0.0\"", false)]
    [InlineData("evt.type = connect and fd.net != \"127.0.0.0/8\" and fd.ip = 93.184.216.34", true)]
    [InlineData("evt.type = connect and fd.port in (443, 8443)", true)]
    [InlineData("evt.type = connect and fd.port != 443", false)]
    [InlineData("evt.type = connect and (fd.typechar = 4 or fd.typechar = 6) and fd.sockfamily = ip", true)]
    [InlineData("evt.type = connect and fd.type = ipv6", false)]
    [InlineData("evt.type = connect and fd.typechar = u", false)]
    [InlineData("evt.type = connect and fd.name endswith '->93.184.216.34:443'", true)]
    [InlineData("evt.type in (accept, accept4)", false)]
    [InlineData("evt.type in (sendto, sendmsg) and fd.name_changed = true", false)]
    [InlineData("evt.type = connect and fd.sip.name = kubernetes.default.svc.cluster.local", false)]
    public void Condition_OnAConnect_FiresWhenItHolds(string condition, bool fires)
    {
        using Bench bench = ImportBench.Engine(ImportBench.Condition(condition));
        bench.Tcp("93.184.216.34", 443);
        Assert.Equal(fires ? ["falco-tested"] : [], bench.TakenRules());
    }

    [Fact]
    public void Condition_OfServersAndDatagrams_LooksAtTheRightEnd()
    {
        RuleImport import = ImportBench.Falco("""
            - rule: Server
              desc: d
              condition: evt.type in (accept, accept4) and fd.sport = 22 and fd.cip = 10.1.2.3 and fd.lport = 22
              output: o
              priority: INFO
            - rule: Datagram
              desc: d
              condition: evt.type in (sendto, sendmsg) and fd.l4proto != tcp and fd.connected = false and fd.sport = 53
              output: o
              priority: INFO
            """);
        using Bench bench = ImportBench.Engine(import);
        bench.Tcp("10.1.2.3", 50000, Events.Wire.EventKind.TcpAccept, Events.Wire.FlowDirection.Inbound, localPort: 22);
        Assert.Equal(["falco-server"], bench.TakenRules());
        bench.Udp("10.1.2.3", 53);
        Assert.Equal(["falco-datagram"], bench.TakenRules());
        bench.Udp("10.1.2.3", 53, Events.Wire.FlowDirection.Inbound);
        bench.Tcp("10.1.2.3", 53);
        Assert.Empty(bench.Taken());
    }
}
