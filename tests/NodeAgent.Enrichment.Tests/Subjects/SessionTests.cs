// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Events.Identity;
using NodeAgent.Events.Wire;

namespace NodeAgent.Enrichment.Tests.Subjects;

public sealed class SessionTests
{
    private static readonly string Path = "/docker/" + new string('a', 64);
    private readonly EnrichmentStage _stage = Stages.New();

    [Fact]
    public void Exec_FromOutsideAfterTheEntryPoint_IsASessionAndSoAreItsChildren()
    {
        ContainerInfo web = _stage.Cgroup(EventKind.CgroupMkdir, 1, 100, Path);
        Start(10, 50, 1, 1, 0); // the shim
        Start(20, 100, 10, 50, 100); // the entry point
        Start(21, 110, 20, 100, 100); // its child
        Start(30, 200, 10, 50, 100); // kubectl exec
        Start(31, 210, 30, 200, 100);

        Assert.Same(Find(20, 100), web.EntryPoint);
        Assert.Equal([false, false, false, true, true], [IsSession(10, 50), IsSession(20, 100), IsSession(21, 110), IsSession(30, 200), IsSession(31, 210)]);
    }

    [Fact]
    public void Exec_OfTheEntryPointItself_IsNoSession()
    {
        _stage.Cgroup(EventKind.CgroupMkdir, 1, 100, Path);
        Start(20, 100, 10, 50, 100);
        _stage.Exec(300, 20, 100, 10, 50, "/bin/other", ["other"], cgroup: 100);

        Assert.False(IsSession(20, 100));
    }

    [Fact]
    public void Snapshot_InAnyOrder_TellsTheEldestFromTheSessions()
    {
        _stage.Cgroup(EventKind.CgroupMkdir, 1, 100, Path);
        _stage.BeginTaskSnapshot(1000);
        _stage.Exec(1000, 5, 310, 30, 300, "/bin/ls", ["ls"], cgroup: 100, snapshot: true); // child of the session, before its parent
        _stage.Exec(1000, 30, 300, 10, 50, "/bin/sh", ["sh"], cgroup: 100, snapshot: true);
        _stage.Exec(1000, 40, 100, 10, 50, "/bin/entry", ["entry"], cgroup: 100, snapshot: true);
        _stage.Exec(1000, 41, 110, 40, 100, "/bin/worker", ["worker"], cgroup: 100, snapshot: true);
        _stage.EndTaskSnapshot(1001);

        Assert.Equal([true, true, false, false], [IsSession(5, 310), IsSession(30, 300), IsSession(40, 100), IsSession(41, 110)]);
    }

    [Fact]
    public void Host_HasNoEntryPoint()
    {
        Start(20, 100, 1, 1, 0);

        Assert.False(IsSession(20, 100));
        Assert.Null(_stage.Containers.Host.EntryPoint);
    }

    private void Start(uint pid, ulong start, uint parent, ulong parentStart, ulong cgroup) =>
        _stage.Exec(start, pid, start, parent, parentStart, "/bin/x", ["x"], cgroup: cgroup);

    private ProcessInfo Find(uint pid, ulong start) => _stage.Processes.Find(new ProcessKey(pid, start))!;

    private bool IsSession(uint pid, ulong start) => Find(pid, start).IsSession;
}
