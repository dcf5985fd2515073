// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Enrichment.Containers;
using NodeAgent.Events.Identity;
using NodeAgent.Events.Wire;
using NodeAgent.TestSupport;

namespace NodeAgent.Enrichment.Tests.Containers;

public sealed class ContainerTableTests
{
    private const ulong S = Stages.Second;
    private const string Id = "1f0a9b3c5d7e1f0a9b3c5d7e1f0a9b3c5d7e1f0a9b3c5d7e1f0a9b3c5d7e0001";
    private const string Inner = "2f0a9b3c5d7e1f0a9b3c5d7e1f0a9b3c5d7e1f0a9b3c5d7e1f0a9b3c5d7e0002";

    [Fact]
    public void Mkdir_Container_IsKnownFromItsStart()
    {
        EnrichmentStage stage = Stages.New();

        ContainerInfo info = stage.Cgroup(EventKind.CgroupMkdir, 5, 100, $"/docker/{Id}");

        Assert.True(info.SeenFromStart);
        Assert.Equal((100ul, $"/docker/{Id}", 5ul), (info.CgroupId, info.CgroupPath, info.FirstSeenNs));
        Assert.Equal((UnitKind.Container, "docker", Id, Id[..12]), (info.Identity.Kind, info.Identity.Runtime, info.Identity.ContainerId, info.Identity.ContainerName));
        Assert.Equal(new WorkloadIdentity("v1", "Container", "default", Id[..12]), info.Identity.Workload);
        Assert.Same(info, stage.Containers.Resolve(100, 0, 6));
        Assert.Equal(0, stage.Containers.Misses);
    }

    [Fact]
    public void Mkdir_BelowAContainer_BelongsToIt()
    {
        EnrichmentStage stage = Stages.New();
        ContainerInfo outer = stage.Cgroup(EventKind.CgroupMkdir, 5, 100, $"/docker/{Id}");

        Assert.Same(outer, stage.Cgroup(EventKind.CgroupMkdir, 6, 101, $"/docker/{Id}/system.slice"));
        ContainerInfo inner = stage.Cgroup(EventKind.CgroupMkdir, 7, 102, $"/docker/{Id}/kubepods/{Inner}");

        Assert.NotSame(outer, inner);
        Assert.Same(outer, inner.Parent);
        Assert.Null(outer.Parent);
    }

    [Fact]
    public void LoadExisting_Tree_GivesUnitsOfEveryKind()
    {
        var tree = new FakeCgroupTree();
        tree.Ids["/system.slice"] = 2;
        tree.Ids["/system.slice/ssh.service"] = 3;
        tree.Ids["/system.slice/ssh.service/sub"] = 4;
        tree.Ids["/Plain_one/x"] = 5;
        EnrichmentStage stage = Stages.New(tree);

        Assert.Equal(5, stage.LoadCgroups(10));

        ContainerInfo ssh = stage.Containers.Resolve(3, 0, 11);
        Assert.Same(ssh, stage.Containers.Resolve(4, 0, 11));
        Assert.False(ssh.SeenFromStart);
        Assert.Equal(new WorkloadIdentity("v1", "SystemdUnit", "default", "ssh.service"), ssh.Identity.Workload);
        ContainerIdentity plain = stage.Containers.Resolve(5, 0, 11).Identity;
        Assert.Equal(("Plain_one/x", new WorkloadIdentity("v1", "Cgroup", "default", "plain-one-x")), (plain.ContainerName, plain.Workload));
        ContainerInfo host = stage.Containers.Resolve(1, 0, 11);
        Assert.Same(stage.Containers.Host, host);
        Assert.Equal(new WorkloadIdentity("v1", "Host", "default", "node-1"), host.Identity.Workload);
        Assert.Same(ContainerInfo.Unknown, stage.Containers.Resolve(0, 0, 11));
    }

    [Fact]
    public void LoadExisting_Again_MarksWhatIsGone()
    {
        var tree = new FakeCgroupTree();
        tree.Ids["/web"] = 2;
        EnrichmentStage stage = Stages.New(tree);
        stage.LoadCgroups(10);
        ContainerInfo web = stage.Containers.Resolve(2, 0, 11);
        tree.Ids.TryRemove("/web", out _);

        stage.LoadCgroups(20);

        Assert.Equal(20ul, web.RemovedNs);
        Assert.Equal(0ul, stage.Containers.Host.RemovedNs);
    }

    [Fact]
    public void Mkdir_AfterTheWalkSawIt_StillProvesTheStart()
    {
        var tree = new FakeCgroupTree();
        tree.Ids["/web"] = 2;
        EnrichmentStage stage = Stages.New(tree);
        stage.LoadCgroups(10);
        ContainerInfo web = stage.Containers.Resolve(2, 0, 11);

        Assert.Same(web, stage.Cgroup(EventKind.CgroupMkdir, 9, 2, "/web"));
        Assert.True(web.SeenFromStart);
    }

    [Fact]
    public void Rmdir_WithinTheGrace_StaysResolvableAndThenGoes()
    {
        EnrichmentStage stage = Stages.New();
        ContainerInfo info = stage.Cgroup(EventKind.CgroupMkdir, S, 100, "/web");
        Assert.Same(info, stage.Cgroup(EventKind.CgroupRmdir, 2 * S, 100, "/web"));
        Assert.Equal(2 * S, info.RemovedNs);

        stage.OnTick(301 * S);
        Assert.Same(info, stage.Containers.Find(100));
        stage.OnTick(302 * S);
        Assert.Null(stage.Containers.Find(100));
    }

    [Fact]
    public void Mkdir_SamePathAgain_IsAnotherContainer()
    {
        EnrichmentStage stage = Stages.New();
        ContainerInfo first = stage.Cgroup(EventKind.CgroupMkdir, 1, 100, "/web");
        stage.Cgroup(EventKind.CgroupRmdir, 2, 100, "/web");
        ContainerInfo second = stage.Cgroup(EventKind.CgroupMkdir, 3, 101, "/web");

        Assert.NotSame(first, second);
        Assert.Same(first, stage.Containers.Resolve(100, 0, 4));
        Assert.Same(second, stage.Containers.Resolve(101, 0, 4));
    }

    [Fact]
    public void Attach_KnownProcess_MovesItToTheContainer()
    {
        EnrichmentStage stage = Stages.New();
        stage.Exec(1, 7, 5, 1, 1, "/bin/runc", ["runc"], cgroup: 1);
        ContainerInfo web = stage.Cgroup(EventKind.CgroupMkdir, 2, 100, "/web");

        Assert.Same(web, stage.Cgroup(EventKind.CgroupAttach, 3, 100, "/web", attachedPid: 7, attachedStart: 5));

        Assert.Same(web, stage.Processes.Find(new ProcessKey(7, 5))!.Container);
    }

    [Fact]
    public async Task Resolve_UnknownCgroup_GivesAPlaceholderThatIsCompleted()
    {
        var tree = new FakeCgroupTree();
        ContainerLookup lookup = Stages.Lookup(tree);
        using var stop = new CancellationTokenSource();
        EnrichmentStage stage = Stages.New(tree, lookup);
        tree.Ids[$"/docker/{Id}"] = 100;
        tree.Ids[$"/docker/{Id}/sub"] = 101;
        tree.Ids["/by-pid"] = 102;
        tree.Processes[77] = "/by-pid";

        ContainerInfo placeholder = stage.Containers.Resolve(100, 0, S);
        ContainerInfo sub = stage.Containers.Resolve(101, 0, S);
        ContainerInfo byPid = stage.Containers.Resolve(102, 77, S);
        Assert.Equal((UnitKind.Unknown, ""), (placeholder.Identity.Kind, placeholder.CgroupPath));
        Assert.Same(placeholder, stage.Containers.Resolve(100, 0, S));

        Task running = lookup.RunAsync(stop.Token);
        await Stages.TickUntil(stage, S, () => stage.Containers.MissesResolved == 3);
        await stop.CancelAsync();
        await running;

        Assert.Same(placeholder, stage.Containers.Resolve(100, 0, 2 * S));
        Assert.Equal((UnitKind.Container, $"/docker/{Id}"), (placeholder.Identity.Kind, placeholder.CgroupPath));
        Assert.Same(placeholder, stage.Containers.Resolve(101, 0, 2 * S));
        Assert.Same(placeholder, sub.Parent);
        Assert.Equal(UnitKind.Cgroup, byPid.Identity.Kind);
        Assert.Equal(3, stage.Containers.Misses);
    }

    [Fact]
    public async Task Metadata_ThatMakesAPlainCgroupAContainer_AdoptsWhatLiesBelow()
    {
        var tree = new FakeCgroupTree();
        ContainerLookup lookup = Stages.Lookup(tree, new ThrowingSource(), new NamingSource("/web"));
        using var stop = new CancellationTokenSource();
        EnrichmentStage stage = Stages.New(tree, lookup);
        ContainerInfo web = stage.Cgroup(EventKind.CgroupMkdir, S, 100, "/web");
        ContainerInfo below = stage.Cgroup(EventKind.CgroupMkdir, S, 101, "/web/sub");
        Assert.NotSame(web, below);

        Task running = lookup.RunAsync(stop.Token);
        await Stages.TickUntil(stage, 2 * S, () => web.Identity.Kind == UnitKind.Container);
        await stop.CancelAsync();
        await running;

        Assert.Equal("named", web.Identity.ContainerName);
        Assert.Same(web, stage.Containers.Resolve(101, 0, 3 * S));
        Assert.Same(web, stage.Cgroup(EventKind.CgroupMkdir, 4 * S, 102, "/web/later/deep"));
        Assert.True(lookup.SourceFailures > 0);
    }

    [Fact]
    public void Mkdir_Flood_StaysBoundedAndForgetsRemovedOnesFirst()
    {
        EnrichmentStage stage = Stages.New(containers: new ContainerTableOptions { MaxCgroups = 64 });
        ContainerInfo keeper = stage.Cgroup(EventKind.CgroupMkdir, 1, 100, "/keeper");
        for (uint i = 0; i < 5000; i++)
        {
            stage.Cgroup(EventKind.CgroupMkdir, 10 + i, 1000 + i, $"/flood-{i}");
            stage.Cgroup(EventKind.CgroupRmdir, 10 + i, 1000 + i, $"/flood-{i}");
        }

        Assert.InRange(stage.Containers.Count, 1, 64);
        Assert.Same(keeper, stage.Containers.Find(100));
        Assert.True(stage.Containers.Evictions(CgroupEvictionRank.Removed) > 4000);
        Assert.Equal(0, stage.Containers.Evictions(CgroupEvictionRank.Unit));
    }

    [Fact]
    public void Resolve_KnownCgroup_AllocatesNothing()
    {
        EnrichmentStage stage = Stages.New();
        stage.Cgroup(EventKind.CgroupMkdir, 1, 100, "/web");
        stage.Exec(2, 7, 5, 1, 1, "/bin/a", ["a"], cgroup: 100);
        var subject = new EventSubject();
        HeaderRecord header = Records.Header(EventKind.Open, 3, 7, 5, cgroup: 100);
        HeaderRecord other = Records.Header(EventKind.Open, 3, 7, 5, cgroup: 1);
        stage.Resolve(header, subject);
        stage.Resolve(other, subject);

        Assert.Equal(0, Allocations.Least(() =>
        {
            stage.Resolve(other, subject);
            stage.Resolve(header, subject);
        }));
        Assert.Equal(("/bin/a", "/web"), (subject.Process.ExePath, subject.Container.CgroupPath));
    }

    [Fact]
    public async Task Metadata_FromFilesFirst_IsReplacedWhenTheRuntimeAnswers()
    {
        var tree = new FakeCgroupTree();
        var runtime = new LateRuntime();
        ContainerLookup lookup = Stages.Lookup(tree, runtime, new NamingSource("/web"));
        using var stop = new CancellationTokenSource();
        EnrichmentStage stage = Stages.New(tree, lookup);
        ContainerInfo web = stage.Cgroup(EventKind.CgroupMkdir, S, 100, "/web");

        Task running = lookup.RunAsync(stop.Token);
        await Stages.TickUntil(stage, 2 * S, () => web.Identity.Source == IdentitySource.Files);
        Assert.Equal("named", web.Identity.ContainerName);
        runtime.Answers = true;
        await Stages.TickUntil(stage, 100 * S, () => web.Identity.Source == IdentitySource.Runtime);
        int questions = runtime.Questions;
        for (ulong now = 1000 * S; now < 2000 * S; now += 10 * S)
        {
            stage.OnTick(now);
        }

        await stop.CancelAsync();
        await running;
        Assert.Equal("known", web.Identity.ContainerName);
        Assert.Equal(questions, runtime.Questions); // the best answer is not asked for again
    }

    [Fact]
    public async Task Metadata_NobodyKnowsTheContainer_AsksAsLongAsItExists()
    {
        var tree = new FakeCgroupTree();
        var runtime = new LateRuntime();
        ContainerLookup lookup = Stages.Lookup(tree, runtime);
        using var stop = new CancellationTokenSource();
        EnrichmentStage stage = Stages.New(tree, lookup);
        stage.Cgroup(EventKind.CgroupMkdir, S, 100, $"/docker/{Id}");

        Task running = lookup.RunAsync(stop.Token);
        await Stages.TickUntil(stage, 2 * S, () => runtime.Questions == 1);
        for (int i = 2; i < 20; i++)
        {
            await Stages.TickUntil(stage, (ulong)i * 1000 * S, () => runtime.Questions >= i);
        }

        stage.Cgroup(EventKind.CgroupRmdir, 30_000 * S, 100, $"/docker/{Id}");
        stage.OnTick(31_000 * S);
        await Stages.TickUntil(stage, 32_000 * S, () => runtime.Questions >= 20);
        int last = runtime.Questions;
        stage.OnTick(40_000 * S);
        stage.OnTick(50_000 * S);
        await stop.CancelAsync();
        await running;
        Assert.Equal(last, runtime.Questions);
    }

    /// <summary>A runtime that is there, and knows nothing at first.</summary>
    private sealed class LateRuntime : IContainerMetadataSource
    {
        private volatile bool _answers;
        private int _questions;

        public bool Answers
        {
            set => _answers = value;
        }

        public int Questions => Volatile.Read(ref _questions);

        public IdentitySource Gives => IdentitySource.Runtime;

        public ValueTask<ContainerIdentity?> FindAsync(ContainerQuery query, CancellationToken cancellation)
        {
            Interlocked.Increment(ref _questions);
            return ValueTask.FromResult(_answers ? query.Known with { Kind = UnitKind.Container, ContainerName = "known" } : null);
        }
    }

    private sealed class NamingSource(string path) : IContainerMetadataSource
    {
        public IdentitySource Gives => IdentitySource.Files;

        public ValueTask<ContainerIdentity?> FindAsync(ContainerQuery query, CancellationToken cancellation) => ValueTask.FromResult(
            query.CgroupPath == path ? query.Known with { Kind = UnitKind.Container, ContainerName = "named" } : null);
    }

    private sealed class ThrowingSource : IContainerMetadataSource
    {
        public IdentitySource Gives => IdentitySource.Runtime;

        public ValueTask<ContainerIdentity?> FindAsync(ContainerQuery query, CancellationToken cancellation) =>
            throw new InvalidOperationException("a source that fails");
    }
}
