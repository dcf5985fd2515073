// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Events;
using NodeAgent.Events.Identity;
using NodeAgent.Events.Wire;

namespace NodeAgent.Enrichment.Tests.Subjects;

public sealed class SubjectResolverTests
{
    private readonly EnrichmentStage _stage = Stages.New();
    private readonly EventSubject _subject = new();
    private readonly ContainerInfo _web;
    private readonly ContainerInfo _db;

    public SubjectResolverTests()
    {
        _web = _stage.Cgroup(EventKind.CgroupMkdir, 1, 100, "/web");
        _db = _stage.Cgroup(EventKind.CgroupMkdir, 1, 200, "/db");
        _stage.Exec(2, 7, 5, 1, 1, "/bin/a", ["a"], cgroup: 100);
    }

    [Fact]
    public void Resolve_OwnEvent_GivesTheHeadersContainerAndKeepsItForTheProcess()
    {
        _stage.Resolve(Records.Header(EventKind.Open, 3, 7, 5, cgroup: 200), _subject);

        Assert.Same(_db, _subject.Container);
        Assert.Same(_db, _subject.Process.Container);
    }

    [Fact]
    public void Resolve_SoftirqEvent_LeavesTheProcessWhereItIs()
    {
        _stage.Resolve(Records.Header(EventKind.TcpClose, 3, 7, 5, cgroup: 200, uid: 99, flags: HeaderFlags.Softirq), _subject);

        Assert.Same(_db, _subject.Container);
        Assert.Same(_web, _subject.Process.Container);
        Assert.Equal(0u, _subject.Process.Uid);
    }

    [Fact]
    public void Resolve_NoCgroup_GivesTheProcessesContainer()
    {
        _stage.Resolve(Records.Header(EventKind.TcpClose, 3, 7, 5), _subject);

        Assert.Same(_web, _subject.Container);
    }

    [Fact]
    public void Resolve_CgroupEvent_MakesNoPlaceholderAndMovesNobody()
    {
        _stage.Resolve(Records.Header(EventKind.CgroupMkdir, 3, 7, 5, cgroup: 300), _subject);

        Assert.Same(ContainerInfo.Unknown, _subject.Container);
        Assert.Null(_stage.Containers.Find(300));
        Assert.Same(_web, _subject.Process.Container);
    }

    [Fact]
    public void Resolve_AfterTheCgroupGotAnotherUnit_GivesTheNewOne()
    {
        _stage.Resolve(Records.Header(EventKind.Open, 3, 7, 5, cgroup: 100), _subject);
        _stage.Cgroup(EventKind.CgroupRmdir, 4, 100, "/web");
        ContainerInfo again = _stage.Cgroup(EventKind.CgroupMkdir, 5, 100, "/other");

        _stage.Resolve(Records.Header(EventKind.Open, 6, 7, 5, cgroup: 100), _subject);

        Assert.Same(again, _subject.Container);
        Assert.NotSame(_web, again);
    }

    [Fact]
    public void Fork_ChildInAnotherCgroup_StartsThere()
    {
        _stage.Fork(3, 7, 5, 8, 6, cgroup: 100, childCgroup: 200);

        Assert.Same(_db, _stage.Processes.Find(new ProcessKey(8, 6))!.Container);
    }

    [Theory]
    [InlineData(EventKind.None, true, true)]
    [InlineData(EventKind.Fork, false, true)]
    [InlineData(EventKind.CgroupRmdir, true, false)]
    [InlineData(EventKind.Open, false, false)]
    public void OnLoss_Kind_SaysWhatMustBeReadAnew(EventKind kind, bool walk, bool snapshot)
    {
        _stage.OnLoss(new LossEvent(LossCause.Ring, kind, 0, null, 1, 0, 1));

        Assert.Equal((walk, snapshot), (_stage.NeedsCgroupWalk, _stage.NeedsTaskSnapshot));
        _stage.LoadCgroups(9);
        _stage.BeginTaskSnapshot(9);
        Assert.False(_stage.NeedsCgroupWalk || _stage.NeedsTaskSnapshot);
    }
}
