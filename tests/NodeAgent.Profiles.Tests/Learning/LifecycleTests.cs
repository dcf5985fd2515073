// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Api.Names;
using NodeAgent.Api.SoftwareComposition;
using NodeAgent.Events.Identity;
using NodeAgent.Events.Wire;
using NodeAgent.Profiles.Learning;
using NodeAgent.Profiles.Matching;
using NodeAgent.Profiles.Output;

namespace NodeAgent.Profiles.Tests.Learning;

public sealed class LifecycleTests : IAsyncDisposable
{
    private readonly ProfileLearner _learner = EventSource.Learner();
    private readonly EventSource _source;

    public LifecycleTests() => _source = new EventSource(_learner);

    public ValueTask DisposeAsync() => _learner.DisposeAsync();

    [Fact]
    public async Task Profile_OfWatchedContainer_GoesFromInitializingToCompletedComplete()
    {
        ContainerInfo c = Started();
        _source.Tick();
        Assert.Equal("initializing", State(c).Status);
        Assert.False(_learner.Snapshots.TryRead(out _));
        _source.Tick(10);
        Assert.Equal("ready", State(c).Status);
        Assert.Null(State(c).Profile);
        ProfileSnapshot ready = await Next();
        Assert.Equal("ready", ready.Profile!.Metadata.Annotations![KubescapeAnnotations.Status]);
        _source.Open(c, "/b");
        _source.Tick(89);
        Assert.Equal("ready", State(c).Status);
        _source.Tick(1);
        Assert.Equal(("completed", "complete"), (State(c).Status, State(c).Completion));
        Assert.True(State(c).Profile!.WasOpened("/b"));
        _source.Open(c, "/later");
        Assert.False(State(c).Profile!.WasOpened("/later"));
    }

    [Fact]
    public void ContainerOlderThanAgent_EndsPartialForThatReason()
    {
        ContainerInfo c = _source.Container(fromStart: false);
        _source.Open(c, "/a");
        _source.Tick(100);
        Assert.Equal(("completed", "partial"), (State(c).Status, State(c).Completion));
    }

    [Theory]
    [InlineData(0, 0, "complete", null)]
    [InlineData(1, 0, "partial", "ended-early")]
    [InlineData(0, 9, "partial", "ended-early")]
    [InlineData(0, 15, "complete", null)]
    [InlineData(143, 0, "complete", null)]
    public async Task Container_EndsBeforeItsTime_IsPartialWhenItFailed(uint code, uint signal, string completion, string? reason)
    {
        ContainerInfo c = Started();
        _source.Tick(20);
        _source.Exit(c, code, signal);
        c.RemovedNs = _source.NowNs;
        _source.Tick(1);

        IReadOnlyDictionary<string, string> annotations;
        do
        {
            annotations = (await Next()).Profile!.Metadata.Annotations!;
        }
        while (annotations[KubescapeAnnotations.Status] != "completed");

        Assert.Equal((completion, reason), (annotations[KubescapeAnnotations.Completion], annotations.GetValueOrDefault(KubescapeAnnotations.PartialReason)));
    }

    [Fact]
    public void AnotherProcess_Fails_SaysNothingOfTheContainer()
    {
        ContainerInfo c = Started();
        c.EntryPoint = new ProcessInfo(new ProcessKey(7, 1));
        ContainerInfo other = _source.Container("other", 78);
        _source.Open(other, "/a");
        _source.Exit(other, 1);
        c.RemovedNs = _source.NowNs;
        _source.Tick(1);

        Assert.Equal("complete", State(_source.Container()).Completion);
    }

    [Theory]
    [InlineData(EventKind.Open, true)]
    [InlineData(EventKind.None, true)]
    [InlineData(EventKind.Fork, false)]
    [InlineData(EventKind.CgroupMkdir, false)]
    public void Loss_OfWhatProfilesHold_MakesPartial(EventKind kind, bool partial)
    {
        ContainerInfo c = Started();
        _source.Loss(c, kind);
        Assert.Equal(partial ? "partial" : "complete", State(c).Completion);
    }

    [Fact]
    public void Loss_OfTheMachine_MakesEveryLearningProfilePartial()
    {
        ContainerInfo one = Started("one", 1);
        ContainerInfo two = Started("two", 2);
        _source.Loss();
        Assert.Equal(("partial", "partial"), (State(one).Completion, State(two).Completion));
    }

    [Fact]
    public void Loss_OfAnotherContainer_ChangesNothing()
    {
        ContainerInfo one = Started("one", 1);
        _source.Loss(Started("two", 2));
        Assert.Equal("complete", State(one).Completion);
    }

    [Fact]
    public void Loss_ReportedAfterTheEnd_CountsWhenItBeganBefore()
    {
        ContainerInfo c = Started();
        ulong before = _source.NowNs + EventSource.Second;
        _source.Tick(100);
        _source.Loss(c, from: _source.NowNs + 1, to: _source.NowNs + 2);
        Assert.Equal("complete", State(c).Completion);
        _source.Loss(c, from: before, to: _source.NowNs + 2);
        Assert.Equal("partial", State(c).Completion);
        Assert.NotNull(State(c).Profile);
    }

    [Fact]
    public async Task ContainerExit_EndsLearningEarly()
    {
        ContainerInfo c = Started();
        _source.Tick(1);
        c.RemovedNs = _source.NowNs;
        _source.Tick(1);
        ProfileSnapshot snapshot = await Next();
        Assert.Equal("completed", snapshot.Profile!.Metadata.Annotations![KubescapeAnnotations.Status]);
        _source.Open(c, "/straggler");
        Assert.False(_learner.TryGetProfile(c, out _));
    }

    [Fact]
    public async Task Replicas_ShareOneProfileAsUnion()
    {
        ContainerInfo one = _source.Container(id: 1);
        ContainerInfo two = _source.Container(id: 2);
        _source.Open(one, "/one");
        _source.Open(two, "/two");
        Assert.Equal(State(one).Name, State(two).Name);
        one.RemovedNs = _source.NowNs;
        _source.Tick(50);
        Assert.Equal("ready", State(two).Status); // the other one still runs
        _source.Tick(50);
        await _learner.StopAsync(TestContext.Current.CancellationToken);
        Assert.Equal(["/one", "/two"], (await Next()).Profile!.Spec!.Opens!.Select(o => o.Path!));
    }

    [Fact]
    public void PartialProfile_WithNewContainer_LearnsOnceMoreUntilComplete()
    {
        ContainerInfo old = _source.Container(id: 1, fromStart: false);
        _source.Open(old, "/old");
        _source.Tick(100);
        old.RemovedNs = _source.NowNs;
        _source.Tick(1);
        ContainerInfo next = _source.Container(id: 2);
        _source.Open(next, "/next");
        Assert.Equal(("completed", "partial"), (State(next).Status, State(next).Completion));
        Assert.False(State(next).Profile!.WasOpened("/next")); // rules keep the old result meanwhile
        _source.Tick(100);
        Assert.Equal(("completed", "complete"), (State(next).Status, State(next).Completion));
        Assert.True(State(next).Profile!.WasOpened("/next") && State(next).Profile!.WasOpened("/old"));
    }

    [Fact]
    public async Task IdentityLearnedLater_MovesProfile()
    {
        ContainerInfo c = _source.Container();
        ContainerIdentity full = c.Identity;
        c.Identity = new ContainerIdentity { Kind = UnitKind.Container, ContainerId = "abc123" };
        _source.Open(c, "/early");
        _source.Tick(20);
        string provisional = State(c).Name;
        ProfileSnapshot first = await Next();
        Assert.StartsWith("container-abc123-abc123-", first.Name);
        c.Identity = full;
        _source.Open(c, "/late");
        Assert.StartsWith("replicaset-web-77b4fdf86c-nginx-", State(c).Name);
        _source.Tick(100);
        await _learner.StopAsync(TestContext.Current.CancellationToken);
        List<ProfileSnapshot> rest = [];
        while (_learner.Snapshots.TryRead(out ProfileSnapshot? snapshot))
        {
            rest.Add(snapshot);
        }

        Assert.Null(Assert.Single(rest, s => s.Name == provisional).Profile);
        Assert.Equal(["/early", "/late"], Assert.Single(rest, s => s.Name != provisional).Profile!.Spec!.Opens!.Select(o => o.Path!));
    }

    [Fact]
    public async Task MarkDirty_FromAnyThread_PublishesAgain()
    {
        ContainerInfo c = Started();
        _source.Tick(100);
        ProfileSnapshot first = await Next();
        _source.Tick(50);
        await Task.Run(() => _learner.MarkDirty(first.Key), TestContext.Current.CancellationToken);
        _learner.MarkDirty("default/unknown");
        _source.Tick(1);
        Assert.Equal(first.Name, (await Next()).Name);
        Assert.Equal("completed", State(c).Status);
    }

    [Fact]
    public async Task Workload_OfTwoContainers_IsUnited()
    {
        ContainerInfo one = Started("one", 1);
        ContainerInfo two = Started("two", 2);
        _source.Tick(100);
        await _learner.StopAsync(TestContext.Current.CancellationToken);
        var last = new List<ProfileSnapshot>();
        while (_learner.Snapshots.TryRead(out ProfileSnapshot? snapshot))
        {
            last.Add(snapshot);
        }

        (ApplicationProfile application, NetworkNeighborhood network) = Published.Workload(last);
        Assert.Equal("replicaset-web-77b4fdf86c", application.Metadata.Name);
        Assert.Equal(["one", "two"], application.Spec!.Containers!.Select(c => c.Name!));
        Assert.Equal(["one", "two"], network.Spec!.Containers!.Select(c => c.Name!));
        Assert.Equal("completed", application.Metadata.Annotations![KubescapeAnnotations.Status]);
        Assert.Equal("77b4fdf86c", network.Metadata.Labels![KubescapeLabels.TemplateHash]);
        Assert.Equal(["app"], network.Spec.MatchLabels!.Keys);
        Assert.NotEqual(State(one).Name, State(two).Name);
    }

    [Fact]
    public async Task Metadata_OfContainerProfile_IsKubescapes()
    {
        Started();
        _source.Tick(100);
        var metadata = (await Next()).Profile!.Metadata;
        const string id = "apiVersion-apps/v1/namespace-default/kind-ReplicaSet/name-web-77b4fdf86c/containerName-nginx";
        Assert.Equal(id, metadata.Annotations![KubescapeAnnotations.InstanceId]);
        Assert.Equal("wlid://cluster-c/namespace-default/replicaset-web-77b4fdf86c", metadata.Annotations[KubescapeAnnotations.Wlid]);
        Assert.Equal("containers", metadata.Annotations[KubescapeAnnotations.ContainerType]);
        Assert.Equal("1", metadata.Annotations[KubescapeAnnotations.ResourceSize]);
        Assert.Equal(("apps", "v1", "ReplicaSet", "nginx"), (
            metadata.Labels![KubescapeLabels.ApiGroup], metadata.Labels[KubescapeLabels.ApiVersion],
            metadata.Labels[KubescapeLabels.Kind], metadata.Labels[KubescapeLabels.ContainerName]));
        Assert.True(InstanceId.TryParse(id, out InstanceId? parsed) && Slug.TryContainer(parsed, out string slug) && slug == metadata.Name);
    }

    [Fact]
    public void UnknownContainer_IsNotLearned()
    {
        _source.Open(ContainerInfo.Unknown, "/a");
        Assert.False(_learner.TryGetProfile(ContainerInfo.Unknown, out _));
    }

    [Fact]
    public async Task TooManyProfiles_EvictTheIdleOne()
    {
        ProfileOptions options = EventSource.Options();
        options.MaxProfiles = 2;
        await using ProfileLearner learner = EventSource.Learner(options);
        var source = new EventSource(learner);
        ContainerInfo[] all = [source.Container("a", 1), source.Container("b", 2), source.Container("c", 3)];
        Array.ForEach(all, c => source.Open(c, "/x"));
        Assert.False(learner.TryGetProfile(all[2], out _)); // both others run
        all[0].RemovedNs = source.NowNs;
        source.Tick(1);
        source.Open(all[2], "/x");
        Assert.True(learner.TryGetProfile(all[2], out _));
    }

    private ContainerInfo Started(string name = "nginx", ulong id = 77)
    {
        ContainerInfo container = _source.Container(name, id);
        _source.Open(container, "/a");
        return container;
    }

    private ProfileState State(ContainerInfo container) =>
        _learner.TryGetProfile(container, out ProfileState? state) ? state : throw new InvalidOperationException("no profile");

    private async Task<ProfileSnapshot> Next() => await _learner.Snapshots.ReadAsync(TestContext.Current.CancellationToken);
}
