// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Events;
using NodeAgent.Events.Identity;
using NodeAgent.Events.Wire;

namespace NodeAgent.Enrichment.Tests.Processes;

/// <summary>A process that leaves its container stays attributable to it.</summary>
public sealed class OriginalContainerTests
{
    private const ulong WebCgroup = 100;
    private const ulong DbCgroup = 200;
    private const ulong HostCgroup = 300;
    private const ulong NestedCgroup = 400;
    private static readonly string WebPath = "/docker/" + new string('a', 64);
    private readonly EnrichmentStage _stage = Stages.New();
    private readonly ContainerInfo _web;
    private readonly ContainerInfo _db;
    private readonly ContainerInfo _host;

    public OriginalContainerTests()
    {
        _web = _stage.Cgroup(EventKind.CgroupMkdir, 1, WebCgroup, WebPath);
        _db = _stage.Cgroup(EventKind.CgroupMkdir, 1, DbCgroup, "/docker/" + new string('b', 64));
        _host = _stage.Cgroup(EventKind.CgroupMkdir, 1, HostCgroup, "/system.slice/runtime.service");
        Assert.Equal((UnitKind.Container, UnitKind.Container), (_web.Identity.Kind, _db.Identity.Kind));
        _stage.Exec(2, 7, 5, 1, 1, "/bin/a", ["a"], cgroup: WebCgroup);
    }

    private ProcessInfo Seven => Process(7, 5);

    [Fact]
    public void Attach_ToAnotherCgroup_KeepsTheOriginal()
    {
        _stage.Cgroup(EventKind.CgroupAttach, 3, HostCgroup, "/system.slice/runtime.service", 7, 5);
        Assert.Equal((_host, _web, true), (Seven.Container, Seven.OriginalContainer, Seven.HasLeftItsContainer));
    }

    [Fact]
    public void Exec_AfterLeaving_StaysTheFirstContainers()
    {
        _stage.Cgroup(EventKind.CgroupAttach, 3, DbCgroup, "/docker/" + new string('b', 64), 7, 5);
        _stage.Exec(4, 7, 5, 1, 1, "/bin/b", ["b"], cgroup: DbCgroup);
        Assert.Equal((_db, _web, true), (Seven.Container, Seven.OriginalContainer, Seven.HasLeftItsContainer));
    }

    [Fact]
    public void Fork_AfterLeaving_ChildrenAndTheirExecsAreTheFirstContainersToo()
    {
        _stage.Cgroup(EventKind.CgroupAttach, 3, HostCgroup, "/system.slice/runtime.service", 7, 5);
        _stage.Fork(4, 7, 5, 8, 6, cgroup: HostCgroup, childCgroup: HostCgroup);
        _stage.Exec(5, 8, 6, 7, 5, "/bin/sh", ["sh"], cgroup: HostCgroup);
        Assert.Equal((_host, _web, true), (Process(8, 6).Container, Process(8, 6).OriginalContainer, Process(8, 6).HasLeftItsContainer));
    }

    [Fact]
    public void Exec_RuntimesProcessInAContainer_IsTheContainers()
    {
        _stage.Exec(3, 9, 5, 1, 1, "/usr/sbin/runc", ["runc", "init"], cgroup: HostCgroup);
        Assert.Equal(_host, Process(9, 5).OriginalContainer);
        _stage.Cgroup(EventKind.CgroupAttach, 4, DbCgroup, "/docker/" + new string('b', 64), 9, 5);
        Assert.False(Process(9, 5).HasLeftItsContainer);
        _stage.Exec(5, 9, 5, 1, 1, "/bin/db", ["db"], cgroup: DbCgroup);
        Assert.Equal((_db, _db, false), (Process(9, 5).Container, Process(9, 5).OriginalContainer, Process(9, 5).HasLeftItsContainer));
    }

    [Fact]
    public void Exec_InANestedContainer_BelongsThere()
    {
        ContainerInfo nested = _stage.Cgroup(EventKind.CgroupMkdir, 3, NestedCgroup, $"{WebPath}/docker/{new string('c', 64)}");
        Assert.Same(_web, nested.Parent);
        _stage.Cgroup(EventKind.CgroupAttach, 4, NestedCgroup, nested.CgroupPath, 7, 5);
        Assert.False(Seven.HasLeftItsContainer);
        _stage.Exec(5, 7, 5, 1, 1, "/bin/inner", ["inner"], cgroup: NestedCgroup);
        Assert.Equal((nested, nested), (Seven.Container, Seven.OriginalContainer));
        _stage.Cgroup(EventKind.CgroupAttach, 6, WebCgroup, WebPath, 7, 5);
        Assert.True(Seven.HasLeftItsContainer);
    }

    [Fact]
    public void Exec_Snapshot_TakesWhereItIsFound()
    {
        _stage.Exec(3, 20, 5, 1, 1, "/bin/old", ["old"], cgroup: DbCgroup, snapshot: true);
        Assert.Equal(_db, Process(20, 5).OriginalContainer);
    }

    [Fact]
    public void Fork_ReusedPid_InheritsNothingOfTheOlderProcess()
    {
        _stage.Exit(3, 7, 5);
        _stage.Exec(4, 1, 1, 0, 0, "/sbin/init", ["init"], cgroup: HostCgroup);
        _stage.Fork(5, 1, 1, 7, 50, cgroup: HostCgroup, childCgroup: HostCgroup);
        Assert.Equal((_host, "/sbin/init"), (Process(7, 50).OriginalContainer, Process(7, 50).ExePath));
        Assert.Equal((_web, "/bin/a"), (Seven.OriginalContainer, Seven.ExePath));
    }

    [Fact]
    public void Exec_HowItWasAskedFor_IsOnRecordAndInherited()
    {
        _stage.Exec(3, 7, 5, 1, 1, "/bin/sh", ["sh", "/run.sh"], cgroup: WebCgroup, script: "/run.sh", environment: ["LD_PRELOAD=/x", "BASH_ENV=/y"]);
        _stage.Fork(4, 7, 5, 8, 6, cgroup: WebCgroup, childCgroup: WebCgroup);
        foreach (ProcessInfo process in new[] { Seven, Process(8, 6) })
        {
            Assert.Equal("/run.sh", process.Script);
            Assert.Equal(["LD_PRELOAD=/x", "BASH_ENV=/y"], process.Environment);
            Assert.Equal((StdinType.Pipe, 4711ul, 11u, 136u << 20), (process.StdinType, process.StdinInode, process.Session, process.Tty));
        }

        _stage.Exec(5, 7, 5, 1, 1, "/bin/plain", ["plain"], cgroup: WebCgroup);
        Assert.Equal((string.Empty, 0), (Seven.Script, Seven.Environment.Count));
    }

    [Fact]
    public void Credentials_Changed_AreTheProcessesFromThenOn()
    {
        var record = new CredentialsRecord
        {
            Header = Records.Header(EventKind.Credentials, 3, 7, 5, WebCgroup),
            NewUid = 33,
            NewGid = 34,
            NewEffectiveUid = 35,
        };
        var subject = new EventSubject();
        _stage.Resolve(record.Header, subject);
        _stage.OnCredentials(new CredentialsEvent(in record), subject);
        Assert.Equal((33u, 34u, 35u), (Seven.Uid, Seven.Gid, Seven.EffectiveUid));
    }

    private ProcessInfo Process(uint pid, ulong start) => _stage.Processes.Find(new ProcessKey(pid, start))!;
}
