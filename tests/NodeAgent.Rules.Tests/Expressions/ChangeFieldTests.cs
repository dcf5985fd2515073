// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Events.Wire;
using NodeAgent.Rules.Expressions;
using NodeAgent.Rules.Tests.Fixtures;

namespace NodeAgent.Rules.Tests.Expressions;

/// <summary>What rules see of events that change files, processes and connections.</summary>
public sealed class ChangeFieldTests
{
    private static readonly Dictionary<string, (string Expression, Action<Bench> Play)> Rows = new()
    {
        ["rename"] = ("event.oldPath + ' ' + event.newPath + ' ' + event.path + ' ' + file.name", b => b.Change(FileOperation.Rename, "/a/new", "/a/old")),
        ["unlink"] = ("event.path + ' ' + string(event.failed)", b => b.Change(FileOperation.Unlink, "/a/x")),
        ["chmod"] = ("event.path + ' ' + string(event.mode)", b => b.Change(FileOperation.Chmod, "/a/x", mode: 2541)),
        ["chown"] = ("string(event.newUid) + ' ' + string(event.newGid)", b => b.Change(FileOperation.Chown, "/a/x", uid: 4_000_000_000)),
        ["truncate"] = ("string(event.size)", b => b.Change(FileOperation.Truncate, "/a/x", size: 7)),
        ["mkdir"] = ("event.path", b => b.Change(FileOperation.Mkdir, "/a")),
        ["rmdir"] = ("event.path", b => b.Change(FileOperation.Rmdir, "/a")),
        ["mknod"] = ("string(event.mode / 4096)", b => b.Change(FileOperation.Create, "/a/x", mode: 0x6000)),
        ["xattr"] = ("event.operation + ' ' + event.name", b => b.Change(FileOperation.RemoveXattr, "/a", name: "user.x")),
        ["mount"] = ("event.source + ' ' + event.fsType + ' ' + event.path + ' ' + string(event.errno)", b => b.Change(FileOperation.Mount, "/mnt", "/dev/sda", "ext4", error: 1)),
        ["umount"] = ("event.path", b => b.Change(FileOperation.Umount, "/mnt")),
        ["namespace"] = ("event.operation + ' ' + event.path", b => b.Namespaces(NamespaceOperation.PivotRoot, path: "/new")),
        ["credentials"] = ("string(event.oldUid) + ' ' + string(event.newUid) + ' ' + string(event.oldEuid) + ' ' + string(event.newEuid) + ' ' + event.gainedCaps.join(',') + ' ' + event.syscallName", b => b.Credentials(5, 6, uint.MaxValue, 1, 3)),
        ["signal"] = ("string(event.signal) + ' ' + event.targetComm + ' ' + string(event.targetPid) + ' ' + string(event.targetSameContainer)", b => b.Signal(9, "sixteen_letters_")),
        ["socket"] = ("event.operation + ' ' + string(event.srcPort) + ' ' + string(event.family) + ' ' + string(event.socketType) + ' ' + event.proto", b => b.Socket(SocketOperation.Listen, 80)),
        ["unix"] = ("event.path + ' ' + string(event.targetSameContainer)", b => b.Unix("@x", peerCgroup: 77)),
        ["close"] = ("string(event.bytesSent) + ' ' + string(event.bytesReceived) + ' ' + string(event.duration) + ' ' + event.dstAddr", b => b.Close("10.1.2.3", 80, 5, 6, 2_000_000_000)),
        ["memory"] = ("event.operation + ' ' + string(event.protection) + ' ' + event.path + ' ' + string(file.deleted)", b => b.Memory(PrivilegeOperation.MprotectExec, 7 | (ulong)OpenRecordFlags.Deleted << 32, "/x")),
        ["processvm"] = ("event.operation + ' ' + string(event.targetPid)", b => b.Privilege(PrivilegeOperation.ProcessVmRead, 3, target: 44)),
        ["memfd"] = ("event.name + ' ' + string(event.option)", b => b.Privilege(PrivilegeOperation.MemfdCreate, 1, "payload")),
        ["userfaultfd"] = ("string(event.option)", b => b.Privilege(PrivilegeOperation.Userfaultfd, 2048)),
        ["perf"] = ("string(event.option)", b => b.Privilege(PrivilegeOperation.PerfEventOpen, 1)),
        ["keyctl"] = ("string(event.option)", b => b.Privilege(PrivilegeOperation.Keyctl, 11)),
        ["prctl"] = ("string(event.option) + ' ' + event.name", b => b.Privilege(PrivilegeOperation.Prctl, 15, "kworker")),
        ["seccomp"] = ("string(event.option)", b => b.Privilege(PrivilegeOperation.Seccomp, 0x80000000)),
        ["kexec"] = ("string(event.option)", b => b.Privilege(PrivilegeOperation.Kexec)),
        ["reboot"] = ("string(event.option) + ' ' + string(event.failed)", b => b.Privilege(PrivilegeOperation.Reboot, 1, error: 1)),
    };

    public static TheoryData<string, string> Expected => new()
    {
        { "rename", "/a/old /a/new /a/new new" },
        { "unlink", "/a/x false" },
        { "chmod", "/a/x 2541" },
        { "chown", "4000000000 -1" },
        { "truncate", "7" },
        { "mkdir", "/a" },
        { "rmdir", "/a" },
        { "mknod", "6" },
        { "xattr", "remove user.x" },
        { "mount", "/dev/sda ext4 /mnt 1" },
        { "umount", "/mnt" },
        { "namespace", "pivot_root /new" },
        { "credentials", "5 6 5 6 DAC_OVERRIDE " },
        { "signal", "9 sixteen_letters_ 321 false" },
        { "socket", "listen 80 2 1 TCP" },
        { "unix", "@x true" },
        { "close", "5 6 2s 10.1.2.3" },
        { "memory", "mprotect 7 /x true" },
        { "processvm", "read 44" },
        { "memfd", "payload 1" },
        { "userfaultfd", "2048" },
        { "perf", "1" },
        { "keyctl", "11" },
        { "prctl", "15 kworker" },
        { "seccomp", "2147483648" },
        { "kexec", "0" },
        { "reboot", "1 true" },
    };

    [Theory]
    [MemberData(nameof(Expected))]
    public void Event_OfItsType_HasItsFields(string type, string expected)
    {
        (string expression, Action<Bench> play) = Rows[type];
        using var bench = new Bench(rules: [TestRules.Of("T1", [(type, "true")], expression, "'x'"), TestRules.Of("T2", [("exec", "event.signal + event.size + event.newUid + event.bytesSent + event.protection == 0")], "event.operation + event.source", "'x'")]);
        Assert.Empty(bench.Engine.Current.Issues);
        play(bench);
        Assert.Equal(expected, Assert.Single(bench.Taken()).Spec.Alerts[0].Message);

        // What the event before had is gone.
        bench.Exec("/bin/x");
        Assert.Equal(string.Empty, Assert.Single(bench.Taken()).Spec.Alerts[0].Message);
    }

    [Fact]
    public void Types_ThatChangeSomething_EachHaveARow() =>
        Assert.Equal(RuleEventTypes.All.SkipWhile(type => type != "rename"), Rows.Keys);

    [Fact]
    public void Change_ThatWasRefused_IsNoEventButOfMounts()
    {
        using var bench = new Bench(rules: [TestRules.Of("T1", [("unlink", "true"), ("mount", "true")], "eventType", "eventType")]);
        bench.Change(FileOperation.Unlink, "/a", error: 1);
        bench.Change(FileOperation.Mount, "/a", error: 1);

        Assert.Equal("mount", Assert.Single(bench.Taken()).Spec.Alerts[0].Message);
    }

    [Fact]
    public void Seen_AfterRate_CountsNothingItself()
    {
        using var bench = new Bench(rules: [TestRules.Of("T1", [("unlink", "rate(event.path, duration('1m')) < 0"), ("rmdir", "seen(event.path, duration('1m')) == 2 && seen(event.path, duration('1m')) == 2")], "'x'", "event.path")]);
        bench.Change(FileOperation.Unlink, "/a");
        bench.Change(FileOperation.Rmdir, "/a");
        Assert.Empty(bench.Taken());
        bench.Change(FileOperation.Unlink, "/a");
        bench.Change(FileOperation.Rmdir, "/b");
        Assert.Empty(bench.Taken());
        bench.Change(FileOperation.Rmdir, "/a");
        Assert.Single(bench.Taken());
        bench.NowNs += 120_000_000_000;
        bench.Engine.OnTick(bench.NowNs);
        bench.Change(FileOperation.Rmdir, "/a");
        Assert.Empty(bench.Taken());
    }

    [Fact]
    public void Counting_RuleContentWithWhatIsToldOnce_AsksForNoMore()
    {
        using var each = new Bench(rules: [TestRules.Of("T1", "network", "rate('x', duration('1m')) > 1")]);
        using var once = new Bench(rules: [TestRules.Of("T1", [("network", "rate('x', duration('1m')) > 1")], state: """{"everyOccurrence": false}""")]);

        Assert.NotEmpty(each.Engine.Rules[0].EveryOccurrenceOf);
        Assert.Empty(once.Engine.Rules[0].EveryOccurrenceOf);
    }
}
