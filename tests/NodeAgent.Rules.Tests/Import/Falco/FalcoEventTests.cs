// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Events.Syscalls;
using NodeAgent.Events.Wire;
using NodeAgent.Rules.Import;
using NodeAgent.Rules.Tests.Fixtures;

namespace NodeAgent.Rules.Tests.Import.Falco;

/// <summary>A condition is split by the events that it asks for, and what our events cannot tell is said.</summary>
public sealed class FalcoEventTests
{
    [Fact]
    public void Condition_OfSeveralEvents_BecomesAnExpressionForEach()
    {
        RuleImport import = ImportBench.Condition("""
            (evt.type in (execve, execveat) and proc.name = nc)
             or (evt.type in (open, openat, openat2, creat, open_by_handle_at) and fd.name = /etc/shadow)
             or (evt.type in (symlink, symlinkat) and evt.arg.target = /etc/shadow and evt.arg.linkpath startswith /tmp)
             or (evt.type in (link, linkat) and evt.arg.oldpath = /etc/shadow)
             or (evt.type = finit_module)
             or (evt.type = bpf and evt.arg.cmd = BPF_PROG_LOAD)
            """);

        Assert.True(import.Refused == 0, string.Join('\n', import.Remarks));
        Assert.Equal(["exec", "open", "symlink", "hardlink", "kmod", "bpf"], import.Rules[0].Expressions!.RuleExpression!.Select(one => one.EventType));
        Assert.Empty(import.Remarks);
        using Bench bench = ImportBench.Engine(import);
        bench.Exec("/bin/nc", comm: "nc");
        bench.Open("/etc/shadow");
        bench.Link(FileOperation.Symlink, "/etc/shadow", "/tmp/x");
        bench.Link(FileOperation.Link, "/etc/shadow", "/tmp/y");
        bench.Privilege(PrivilegeOperation.ModuleLoad, detail: "/lib/x.ko");
        bench.Privilege(PrivilegeOperation.Bpf, argument: 5);
        Assert.Equal(6, bench.Taken().Count);

        bench.Exec("/bin/cat", comm: "cat");
        bench.Open("/etc/hosts");
        bench.Link(FileOperation.Symlink, "/etc/hosts", "/tmp/x");
        bench.Link(FileOperation.Link, "/etc/hosts", "/tmp/y");
        bench.Privilege(PrivilegeOperation.ModuleLoad, detail: "of memory");
        bench.Privilege(PrivilegeOperation.ModuleUnload, detail: "x");
        bench.Privilege(PrivilegeOperation.Bpf, argument: 0);
        Assert.Empty(bench.Taken());
    }

    [Fact]
    public void Condition_OfChanges_HoldsOnThem()
    {
        RuleImport import = ImportBench.Condition("""
            (evt.type in (rename, renameat, renameat2) and fs.path.source = /bin/ls and evt.arg.newpath startswith /tmp)
             or (evt.type in (unlink, unlinkat) and fs.path.name = /var/log/wtmp)
             or (evt.type in (chmod, fchmod, fchmodat, fchmodat2) and evt.arg.mode = 2541)
             or (evt.type = mount and evt.arg.type = cgroup)
             or (evt.type in (kill, tkill, tgkill) and evt.arg.sig = SIGKILL)
             or (evt.type = listen)
             or (evt.type = setuid and evt.arg.uid = 0)
            """);

        Assert.True(import.Refused == 0, string.Join('\n', import.Remarks));
        Assert.Contains(ImportBench.Of(import, ImportRemarkKind.MeansLess), message => message.Contains("another cgroup", StringComparison.Ordinal));
        Assert.Equal(
            ["credentials", "chmod", "mount", "rename", "signal", "socket", "unlink"],
            import.Rules[0].Expressions!.RuleExpression!.Select(one => one.EventType!).Order(StringComparer.Ordinal).OrderBy(name => name != "credentials"));
        using Bench bench = ImportBench.Engine(import);
        bench.Change(FileOperation.Rename, "/tmp/ls", "/bin/ls");
        bench.Change(FileOperation.Unlink, "/var/log/wtmp");
        bench.Change(FileOperation.Chmod, "/x", mode: 2541);
        bench.Change(FileOperation.Mount, "/mnt", "none", "cgroup");
        bench.Signal(9, "sleep");
        bench.Socket(SocketOperation.Listen, 80);
        bench.Credentials(1000, 0, Number("setuid"));
        Assert.Equal(7, bench.Taken().Count);

        bench.Change(FileOperation.Rename, "/tmp/ls", "/bin/cp");
        bench.Change(FileOperation.Unlink, "/var/log/btmp");
        bench.Change(FileOperation.Chmod, "/x", mode: 493);
        bench.Change(FileOperation.Mount, "/mnt", "none", "tmpfs");
        bench.Signal(15, "sleep");
        bench.Socket(SocketOperation.Bind, 80);
        bench.Credentials(1000, 0, Number("setgid"));
        Assert.Empty(bench.Taken());
    }

    [Fact]
    public void Condition_WithNumbersOfArguments_MeansThoseOfTheEvent()
    {
        RuleImport import = ImportBench.Condition("""
            (evt.type = openat and evt.arg[2] = /etc/shadow and evt.arg[3] contains O_RDONLY)
             or (evt.type = symlinkat and evt.arg[1] = /etc/shadow and evt.arg[3] startswith /tmp)
             or (evt.type = fchmodat and evt.arg[3] = 2541)
             or (evt.type = mount and evt.arg[3] = cgroup)
             or (evt.type = bpf and evt.arg[1] = BPF_PROG_LOAD)
             or (evt.type = execve and evt.arg[1] = /bin/nc)
            """);

        Assert.True(import.Refused == 0, string.Join('\n', import.Remarks));
        using Bench bench = ImportBench.Engine(import);
        bench.Open("/etc/shadow");
        bench.Link(FileOperation.Symlink, "/etc/shadow", "/tmp/x");
        bench.Change(FileOperation.Chmod, "/x", mode: 2541);
        bench.Change(FileOperation.Mount, "/mnt", "none", "cgroup");
        bench.Privilege(PrivilegeOperation.Bpf, argument: 5);
        bench.Exec("/bin/nc", comm: "nc");
        Assert.Equal(6, bench.Taken().Count);

        bench.Open("/etc/hosts");
        bench.Link(FileOperation.Symlink, "/etc/shadow", "/var/x");
        bench.Change(FileOperation.Chmod, "/x", mode: 493);
        bench.Change(FileOperation.Mount, "/mnt", "none", "tmpfs");
        bench.Privilege(PrivilegeOperation.Bpf, argument: 0);
        bench.Exec("/bin/cat", comm: "cat");
        Assert.Empty(bench.Taken());
    }

    [Theory]
    [InlineData("aGVsbG8=", true)]
    [InlineData("aGVsbG8", false)]
    [InlineData("!!!", false)]
    [InlineData("d29ybGQ=", false)]
    public void Condition_OnDecodedText_HoldsOfBase64(string argument, bool fires)
    {
        RuleImport import = ImportBench.Condition("evt.type in (execve, execveat) and b64(proc.args) = hello and not toupper(b64(proc.args)) != HELLO");
        Assert.True(import.Refused == 0, string.Join('\n', import.Remarks));
        using Bench bench = ImportBench.Engine(import);
        bench.Exec("/bin/x", ["/bin/x", argument]);

        Assert.Equal(fires ? 1 : 0, bench.Taken().Count);
    }

    [Fact]
    public void Condition_UnlikeDecodedText_HoldsOnlyOfBase64()
    {
        using Bench bench = ImportBench.Engine(ImportBench.Condition("evt.type in (execve, execveat) and b64(proc.args) != hello"));
        bench.Exec("/bin/x", ["/bin/x", "no base64!"]);
        Assert.Empty(bench.Taken());
        bench.Exec("/bin/x", ["/bin/x", "d29ybGQ="]);

        Assert.Single(bench.Taken());
    }

    [Fact]
    public void Condition_ThatOurEventsCannotTellApart_IsJudgedAlikeAndSaid()
    {
        RuleImport import = ImportBench.Condition("evt.type in (open, openat) and fd.name = /x");
        Assert.Equal(["openat2, creat, open_by_handle_at cannot be told from open, openat: judged alike"], ImportBench.Of(import, ImportRemarkKind.MeansMore));
        using Bench bench = ImportBench.Engine(import);
        bench.Open("/x");
        Assert.Single(bench.Taken());

        import = ImportBench.Condition("evt.type != openat and evt.is_open_read = true");
        Assert.Equal(["openat cannot be told from open, openat2, creat, open_by_handle_at: judged alike"], ImportBench.Of(import, ImportRemarkKind.MeansMore));
    }

    [Fact]
    public void Condition_WithAnEventThatIsNotHere_IsJudgedOnTheOthersAndSaid()
    {
        RuleImport import = ImportBench.Condition("evt.type in (execve, execveat, fanotify_mark, kexec_load) and proc.name = nc");
        Assert.Equal(["not judged where it needs event fanotify_mark", "not judged where it needs event kexec_load"], ImportBench.Of(import, ImportRemarkKind.MeansLess));
        Assert.Equal(["exec"], Assert.Single(import.Rules).Expressions!.RuleExpression!.Select(one => one.EventType));
    }

    [Theory]
    [InlineData("evt.type = fanotify_mark and proc.name = x", "event fanotify_mark")]
    [InlineData("evt.type in (execve) and proc.duration < 5", "field proc.duration")]
    [InlineData("evt.type in (execve) and not proc.is_exe_writable = true", "field proc.is_exe_writable")]
    [InlineData("evt.type in (execve) and evt.arg.flags contains EXE_WRITABLE", "field evt.arg.flags")]
    [InlineData("evt.type in (execve) and evt.arg[0] = x", "field evt.arg[0]")]
    [InlineData("evt.type in (execve) and user.name = alice", "nobody is taken for 'alice'")]
    [InlineData("evt.type in (execve) and user.loginuid != -1", "field user.loginuid")]
    [InlineData("evt.type in (execve) and proc.tty = 34816", "proc.tty = 34816")]
    [InlineData("evt.type in (execve) and evt.arg[2] = x", "field evt.arg[2]")]
    [InlineData("evt.type in (openat) and evt.arg[9] = x", "field evt.arg[9]")]
    [InlineData("evt.type in (openat) and evt.arg[name] = x", "field evt.arg[name]")]
    [InlineData("evt.type in (execve) and b64(proc.pid) = x", "operator b64() of proc.pid")]
    [InlineData("evt.type in (execve) and b64(proc.aname) = x", "operator b64() of proc.aname")]
    [InlineData("evt.type in (execve) and proc.exepath glob '/usr/@(a|b)'", "operator glob with @(")]
    [InlineData("evt.type in (execve) and proc.pid contains 4", "operator contains of proc.pid")]
    [InlineData("evt.type in (open, openat) and fd.ino = 4", "field fd.ino")]
    [InlineData("evt.type = connect and fd.sip.name = example.org", "field fd.sip.name")]
    [InlineData("evt.type = ptrace and evt.arg.request contains PTRACE_TRACEME", "event ptrace with PTRACE_TRACEME")]
    [InlineData("evt.type = ptrace and evt.dir = >", "evt.dir '>'")]
    [InlineData("evt.type = setuid and evt.dir = >", "evt.dir '>'")]
    [InlineData("evt.type in (execve) and proc.exepath regex '('", "does not compile")]
    [InlineData("evt.type in (execve) and proc.exepath regex '(?=x)'", "does not compile")]
    [InlineData("evt.type in (execve) and nothing_there", "there is no macro nothing_there")]
    [InlineData("evt.type in (execve) and proc.pid = many", "'many' is none")]
    [InlineData("evt.type = connect and fd.sip = many", "'many' is no address")]
    [InlineData("evt.type in (execve) and proc.name like x", "expected an operator after proc.name")]
    [InlineData("evt.type in (execve) and (proc.name = x", "expected ')'")]
    [InlineData("evt.type in (execve) proc.name = x", "expected 'and', 'or' or the end")]
    [InlineData("evt.type in (execve) and proc.name = \"x", "does not end")]
    [InlineData("evt.type in (execve) and proc.name = \"\\q\"", "unknown escape sequence")]
    [InlineData("evt.type = x", "event x")]
    public void Condition_ThatLacksSomething_IsNotTakenOverAndSaysWhat(string condition, string said)
    {
        RuleImport import = ImportBench.Condition(condition);
        Assert.Empty(import.Rules);
        Assert.Equal(1, import.Refused);
        Assert.Contains(ImportBench.Of(import, ImportRemarkKind.Refused), message => message.Contains(said, StringComparison.Ordinal));
    }

    [Fact]
    public void Condition_WhoseLackingPartIsDecidedOtherwise_IsTakenOver()
    {
        RuleImport import = ImportBench.Condition("evt.type in (execve, execveat) and ((evt.num = 0 and proc.vpid = 1) or proc.name = nc)");
        Assert.Empty(import.Remarks);
        Assert.Single(import.Rules);

        import = ImportBench.Condition("(evt.type in (execve, execveat) and proc.name = nc) or (evt.type = connect and fd.ino = 1)");
        Assert.Equal(["not judged where it needs field fd.ino"], ImportBench.Of(import, ImportRemarkKind.MeansLess));
        Assert.Single(import.Rules);
    }

    [Fact]
    public void Condition_WithoutAnEvent_IsJudgedOnAllThatThereAre()
    {
        RuleImport import = ImportBench.Condition("proc.name = nc");
        Assert.Contains(ImportBench.Of(import, ImportRemarkKind.MeansLess), message => message.StartsWith("it asks for no event type", StringComparison.Ordinal));
        Assert.Contains("open", import.Rules[0].Expressions!.RuleExpression!.Select(one => one.EventType));
        using Bench bench = ImportBench.Engine(import);
        bench.Open("/x", comm: "nc");
        Assert.Single(bench.Taken());
    }

    [Fact]
    public void Processes_ThatRanBeforeTheAgent_AreNotExecuted()
    {
        using Bench bench = ImportBench.Engine(ImportBench.Condition("evt.type in (execve, execveat) and proc.name = nc"));
        bench.Exec("/bin/nc", comm: "nc", kind: EventKind.Task);
        Assert.Empty(bench.Taken());
    }

    [Fact]
    public void Network_OfARuleOfSeveralEvents_SaysOnlyWhatConcernsIt()
    {
        RuleImport import = ImportBench.Condition("(evt.type = connect and (evt.rawres >= 0 or evt.res = EINPROGRESS)) or (evt.type = ptrace and evt.arg.request contains PTRACE_TRACEME)");
        Assert.Equal(
            ["EINPROGRESS: a connect is an event when its outcome is known", "event ptrace with PTRACE_TRACEME: only requests that change memory or registers are events"],
            ImportBench.Of(import, ImportRemarkKind.MeansLess));
        Assert.Equal(["network"], import.Rules[0].Expressions!.RuleExpression!.Select(one => one.EventType));
    }

    [Fact]
    public void UserNames_OtherThanRoot_AreNobodysAndThatIsSaid()
    {
        RuleImport import = ImportBench.Condition("evt.type in (execve, execveat) and not user.name = alice and user.name in (root, bob)");
        Assert.Equal(["user and group names are not known: nobody is taken for 'bob'"], ImportBench.Of(import, ImportRemarkKind.MeansLess));
        Assert.Equal(
            ["user and group names are not known: nobody is taken for 'alice'", "user and group names are not known: root is whoever has the id 0"],
            ImportBench.Of(import, ImportRemarkKind.MeansMore).Order(StringComparer.Ordinal));
        using Bench bench = ImportBench.Engine(import);
        bench.Exec("/bin/x");
        Assert.Single(bench.Taken());
    }

    [Fact]
    public void Scopes_OfARuleForContainers_AreThose()
    {
        RuleImport import = ImportBench.Condition("evt.type in (execve, execveat) and container.id != host and proc.name = nc");
        Assert.DoesNotContain("context:host", import.Rules[0].Tags!);
        import = ImportBench.Condition("evt.type in (execve, execveat) and not container.id != host and proc.name = nc");
        Assert.DoesNotContain("context:container", import.Rules[0].Tags!);
        Assert.Contains("context:host", import.Rules[0].Tags!);
        import = ImportBench.Condition("evt.type in (execve, execveat) and (container.id != host or proc.name = nc)");
        Assert.Contains("context:container", import.Rules[0].Tags!);
        Assert.Contains("context:host", import.Rules[0].Tags!);
    }

    private static uint Number(string call) => (uint)SyscallNames.NumberOf(SyscallNames.Native, call);
}
