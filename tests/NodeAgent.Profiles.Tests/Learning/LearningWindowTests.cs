// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Api.SoftwareComposition;
using NodeAgent.Events.Identity;
using NodeAgent.Events.Wire;
using NodeAgent.Profiles.Learning;
using NodeAgent.Profiles.Matching;
using NodeAgent.Profiles.Output;

namespace NodeAgent.Profiles.Tests.Learning;

public sealed class LearningWindowTests
{
    [Fact]
    public async Task Status_ByEventTimeOnly_GoesFromInitializingToCompleted()
    {
        await using ProfileLearner learner = EventSource.Learner();
        var source = new EventSource(learner);
        ContainerInfo container = source.Container();
        source.Exec(container, "/bin/a");
        source.Tick(9.9);
        Assert.Equal(("initializing", "complete"), State(learner, container));
        source.Tick(0.3);
        Assert.Equal(("ready", "complete"), State(learner, container));
        source.Tick(89.5);
        Assert.Equal(("ready", "complete"), State(learner, container));
        Assert.Null(Get(learner, container).Profile);
        source.Tick(0.5);
        Assert.Equal(("completed", "complete"), State(learner, container));
        Assert.True(Get(learner, container).Profile!.WasExecuted("/bin/a"));

        source.Exec(container, "/bin/later");
        source.Tick(50);
        Assert.False(Get(learner, container).Profile!.WasExecuted("/bin/later"));
    }

    [Fact]
    public async Task Learning_WithoutAnythingNew_EndsWhenItIsSaturated()
    {
        await using ProfileLearner learner = SaturatedAfter(20);
        var source = new EventSource(learner);
        ContainerInfo container = source.Container();
        source.Exec(container, "/bin/a");
        source.Tick(15);
        source.Exec(container, "/bin/b");
        source.Tick(10);
        source.Exec(container, "/bin/b"); // known: no news
        source.Tick(9);
        Assert.Equal(("ready", "complete"), State(learner, container));
        source.Tick(1.2);
        Assert.Equal(("completed", "complete"), State(learner, container));
        Assert.True(Get(learner, container).Profile!.WasExecuted("/bin/b"));
    }

    [Fact]
    public async Task Saturation_ShorterThanTheInitialDelay_WaitsForIt()
    {
        await using ProfileLearner learner = SaturatedAfter(1);
        var source = new EventSource(learner);
        ContainerInfo container = source.Container();
        source.Exec(container, "/bin/a");
        source.Tick(9);
        Assert.Equal(("initializing", "complete"), State(learner, container));
    }

    [Theory]
    [InlineData("30s", 31, "completed")]
    [InlineData("30s", 29, "ready")]
    [InlineData("1h", 120, "ready")]
    [InlineData("soon", 101, "completed")]
    [InlineData("0s", 99, "ready")]
    public async Task MaxSniffingTime_OnThePod_ReplacesTheLearningPeriod(string label, double after, string status)
    {
        await using ProfileLearner learner = EventSource.Learner();
        var source = new EventSource(learner);
        ContainerInfo container = source.Container();
        container.Identity = container.Identity with { PodLabels = new Dictionary<string, string> { ["kubescape.io/max-sniffing-time"] = label } };
        source.Exec(container, "/bin/a");
        source.Tick(11);
        source.Tick(after - 11);
        Assert.Equal((status, "complete"), State(learner, container));
    }

    [Fact]
    public async Task TryGetProfile_BeforeAnyEvent_DoesNotEndTheLearning()
    {
        await using ProfileLearner learner = EventSource.Learner();
        var source = new EventSource(learner);
        ContainerInfo container = source.Container();
        var undated = new ContainerInfo(5, "/system.slice/x.service");

        learner.TryGetProfile(container, out _);
        learner.TryGetProfile(undated, out _);
        source.Exec(container, "/bin/a");
        source.Exec(undated, "/bin/a");
        source.Tick(1);

        Assert.Equal("initializing", Get(learner, container).Status);
        Assert.Equal("initializing", Get(learner, undated).Status);
    }

    [Fact]
    public async Task Container_SeenLate_IsPartial()
    {
        await using ProfileLearner learner = EventSource.Learner();
        var source = new EventSource(learner);
        source.Exec(source.Container(fromStart: false), "/bin/a");
        source.Tick(101);

        ContainerProfile profile = await Published.OnlyAsync(learner);
        Assert.Equal(("completed", "partial", "started-late"), (profile.Status(), profile.Completion(), profile.Reason()));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Loss_InTheWindow_MakesPartialTheContainerOrAll(bool machine)
    {
        await using ProfileLearner learner = EventSource.Learner();
        var source = new EventSource(learner);
        ContainerInfo hit = source.Container("hit", 1);
        ContainerInfo other = source.Container("other", 2);
        source.Exec(hit, "/bin/a");
        source.Exec(other, "/bin/a");
        source.Loss(machine ? null : hit);
        source.Tick(101);

        Assert.Equal(("completed", "partial"), State(learner, hit));
        Assert.Equal(("completed", machine ? "partial" : "complete"), State(learner, other));
        Assert.Contains(await Published.RestAsync(learner), s => s.Profile!.Reason() == "events-lost");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Loss_BeforeTheFirstEventOfALivingContainer_MakesItPartial(bool machine)
    {
        await using ProfileLearner learner = EventSource.Learner();
        var source = new EventSource(learner);
        ContainerInfo container = source.Container();
        source.Tick(1);
        source.Loss(machine ? null : container);
        source.Tick(1);
        source.Exec(container, "/bin/a");
        ContainerInfo fresh = source.Container("fresh", 3);
        source.Exec(fresh, "/bin/a");

        Assert.Equal(("initializing", "partial"), State(learner, container));
        Assert.Equal(("initializing", "complete"), State(learner, fresh));
    }

    [Fact]
    public async Task Loss_AfterTheWindowOrOfForks_ChangesNothing()
    {
        await using ProfileLearner learner = EventSource.Learner();
        var source = new EventSource(learner);
        ContainerInfo container = source.Container();
        source.Exec(container, "/bin/a");
        source.Loss(kind: EventKind.Fork);
        source.Tick(101);
        source.Tick(10);
        source.Loss(container);
        source.Loss();
        Assert.Equal(("completed", "complete"), State(learner, container));

        source.Loss(container, from: source.NowNs - (60 * EventSource.Second)); // told late, but it began in the window
        Assert.Equal(("completed", "partial"), State(learner, container));
    }

    [Fact]
    public async Task Exit_OfTheContainer_CompletesItsProfile()
    {
        await using ProfileLearner learner = EventSource.Learner();
        var source = new EventSource(learner);
        ContainerInfo container = source.Container();
        source.Exec(container, "/bin/a");
        source.Tick(3);
        container.RemovedNs = source.NowNs;
        source.Tick(1);
        source.Exec(container, "/bin/straggler");
        source.Tick(1);

        Assert.False(learner.TryGetProfile(container, out _));
        ContainerProfile profile = await Published.OnlyAsync(learner);
        Assert.Equal(("completed", "complete"), (profile.Status(), profile.Completion()));
        Assert.Equal("/bin/a", Assert.Single(profile.Spec!.Execs!).Path);
    }

    [Fact]
    public async Task Restart_OfAPartialWorkload_LearnsAgainAndBecomesComplete()
    {
        await using ProfileLearner learner = EventSource.Learner();
        var source = new EventSource(learner);
        ContainerInfo first = source.Container(fromStart: false);
        source.Exec(first, "/bin/a");
        source.Tick(101);
        first.RemovedNs = source.NowNs;
        source.Tick(1);
        ContainerInfo second = source.Container(id: 78);
        source.Exec(second, "/bin/b");
        Assert.Equal(("completed", "partial"), State(learner, second)); // the old result stands meanwhile
        source.Tick(101);
        Assert.Equal(("completed", "complete"), State(learner, second));
        CompletedProfile profile = Get(learner, second).Profile!;
        Assert.True(profile.WasExecuted("/bin/a") && profile.WasExecuted("/bin/b"));
    }

    [Fact]
    public async Task Identity_ThatBecomesKnown_MovesTheProfile()
    {
        await using ProfileLearner learner = EventSource.Learner();
        var source = new EventSource(learner);
        ContainerInfo container = source.Container();
        ContainerIdentity known = container.Identity;
        container.Identity = new ContainerIdentity { Kind = UnitKind.Cgroup };
        source.Exec(container, "/bin/a");
        source.Tick(11);
        ProfileSnapshot before = await Published.NextAsync(learner);
        container.Identity = known;
        source.Exec(container, "/bin/b");
        source.Tick(5);

        List<ProfileSnapshot> after = await Published.RestAsync(learner);
        Assert.StartsWith("cgroup-", before.Name, StringComparison.Ordinal);
        Assert.Null(Assert.Single(after, s => s.Key == before.Key).Profile);
        ContainerProfile moved = Assert.Single(after, s => s.Key != before.Key).Profile!;
        Assert.Equal(["/bin/a", "/bin/b"], moved.Spec!.Execs!.Select(e => e.Path!));
    }

    [Fact]
    public async Task MarkDirty_OfAPublishedProfile_PublishesItAgainUnchanged()
    {
        await using ProfileLearner learner = EventSource.Learner();
        var source = new EventSource(learner);
        source.Exec(source.Container(), "/bin/a");
        source.Tick(11);
        ProfileSnapshot first = await Published.NextAsync(learner);
        source.Tick(1);
        learner.MarkDirty("no/such");
        learner.MarkDirty(first.Key);
        source.Tick(1);
        ProfileSnapshot again = await Published.NextAsync(learner);

        Assert.Equal(first.Key, again.Key);
        Assert.Empty(await Published.RestAsync(learner));
    }

    private static ProfileState Get(ProfileLearner learner, ContainerInfo container)
    {
        Assert.True(learner.TryGetProfile(container, out ProfileState? state));
        return state;
    }

    private static ProfileLearner SaturatedAfter(double seconds)
    {
        ProfileOptions options = EventSource.Options();
        options.Saturation = TimeSpan.FromSeconds(seconds);
        return EventSource.Learner(options);
    }

    private static (string Status, string Completion) State(ProfileLearner learner, ContainerInfo container)
    {
        ProfileState state = Get(learner, container);
        return (state.Status, state.Completion);
    }
}
