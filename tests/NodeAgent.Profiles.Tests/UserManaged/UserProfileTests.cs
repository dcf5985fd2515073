// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Api.Meta;
using NodeAgent.Api.Names;
using NodeAgent.Api.SoftwareComposition;
using NodeAgent.Events.Identity;
using NodeAgent.Profiles.Learning;
using NodeAgent.Profiles.Matching;
using NodeAgent.Profiles.Output;
using NodeAgent.Profiles.UserManaged;

namespace NodeAgent.Profiles.Tests.UserManaged;

public sealed class UserProfileTests
{
    [Fact]
    public async Task UserDefined_ProfileOfThatName_JudgesFromTheFirstEventAndNothingIsLearned()
    {
        await using ProfileLearner learner = EventSource.Learner();
        learner.Use(Authored(Profile("web-profile", new ContainerProfileSpec { Execs = [new ExecCalls { Path = "/bin/a" }] })));
        var source = new EventSource(learner);
        source.Tick(1);
        ContainerInfo container = Labelled(source, "web-profile");
        source.Exec(container, "/bin/other");

        ProfileState state = State(learner, container);
        Assert.Equal(("completed", "complete"), (state.Status, state.Completion));
        Assert.True(state.Profile!.WasExecuted("/bin/a"));
        Assert.False(state.Profile!.WasExecuted("/bin/other"));
        source.Tick(200);
        await learner.StopAsync(TestContext.Current.CancellationToken);
        Assert.False(learner.Snapshots.TryRead(out ProfileSnapshot? _));
        Assert.True(learner.Drifts.TryRead(out var drift));
        Assert.Equal("/bin/other", Assert.Single(drift.Drift!.Spec!.Execs!).Path);
    }

    [Fact]
    public async Task UserDefined_ProfileOfTheContainersOwnName_GoesFirst()
    {
        await using ProfileLearner learner = EventSource.Learner();
        learner.Use(Authored(
            Profile("web-profile", new ContainerProfileSpec { Execs = [new ExecCalls { Path = "/bin/general" }] }),
            Profile("web-profile-nginx", new ContainerProfileSpec { Execs = [new ExecCalls { Path = "/bin/own" }] })));
        var source = new EventSource(learner);
        source.Tick(1);
        ContainerInfo container = Labelled(source, "web-profile");
        source.Exec(container, "/bin/a");

        Assert.True(State(learner, container).Profile!.WasExecuted("/bin/own"));
        Assert.False(State(learner, container).Profile!.WasExecuted("/bin/general"));
    }

    [Fact]
    public async Task UserDefined_Grouped_TheContainersPartCounts()
    {
        await using ProfileLearner learner = EventSource.Learner();
        learner.Use(Authored(Profile("web-profile", new ContainerProfileSpec
        {
            Containers = [Part("side", "/bin/side"), Part("nginx", "/bin/nginx")],
            InitContainers = [Part("nginx", "/bin/init")],
        })));
        var source = new EventSource(learner);
        source.Tick(1);
        ContainerInfo container = Labelled(source, "web-profile");
        source.Exec(container, "/bin/a");

        CompletedProfile profile = State(learner, container).Profile!;
        Assert.Equal((true, false, false), (profile.WasExecuted("/bin/nginx"), profile.WasExecuted("/bin/side"), profile.WasExecuted("/bin/init")));
    }

    [Fact]
    public async Task UserDefined_NoSuchProfile_IsIncompleteUntilItComes()
    {
        await using ProfileLearner learner = EventSource.Learner();
        var source = new EventSource(learner);
        ContainerInfo container = Labelled(source, "web-profile");
        source.Exec(container, "/bin/a");
        source.Tick(1);
        Assert.Equal(("incomplete", null), (State(learner, container).Status, State(learner, container).Profile));

        learner.Use(Authored(Profile("web-profile", new ContainerProfileSpec { Execs = [new ExecCalls { Path = "/bin/a" }] })));
        source.Tick(1);
        Assert.Equal("completed", State(learner, container).Status);

        learner.Use(UserProfiles.None);
        source.Tick(1);
        Assert.Equal(("incomplete", null), (State(learner, container).Status, State(learner, container).Profile));
    }

    [Fact]
    public void Authored_WithAStatus_WasLearnedAndIsNone()
    {
        ContainerProfile learned = Profile("web-profile", new ContainerProfileSpec());
        learned = learned with { Metadata = learned.Metadata with { Annotations = new Dictionary<string, string> { [KubescapeAnnotations.Status] = "completed" } } };

        Assert.False(UserProfiles.IsAuthored(learned));
        Assert.Null(Authored(learned).Authored("default", "web-profile", ContainerType.Container, "nginx"));
    }

    [Fact]
    public void Overlay_NotManagedByAUser_IsNone()
    {
        Assert.False(UserProfiles.IsOverlay("ug-x", new Dictionary<string, string>()));
        Assert.False(UserProfiles.IsOverlay("x", new Dictionary<string, string> { [KubescapeAnnotations.ManagedBy] = "User" }));
        Assert.False(UserProfiles.IsOverlay(null, null));
        Assert.True(UserProfiles.IsOverlay("ug-x", new Dictionary<string, string> { [KubescapeAnnotations.ManagedBy] = "User" }));
    }

    [Fact]
    public async Task Overlay_OfAnotherContainerOrNamespace_ChangesNothing()
    {
        await using ProfileLearner learner = EventSource.Learner();
        learner.Use(Overlay("replicaset-web-77b4fdf86c", "side", new ExecCalls { Path = "/bin/sh" }));
        var source = new EventSource(learner);
        ContainerInfo container = source.Container();
        source.Exec(container, "/bin/a");
        source.Tick(101);

        Assert.False(State(learner, container).Profile!.WasExecuted("/bin/sh"));
    }

    [Fact]
    public async Task Overlay_WhileItLearns_IsNoProfileYet()
    {
        await using ProfileLearner learner = EventSource.Learner();
        learner.Use(Overlay("replicaset-web-77b4fdf86c", "nginx", new ExecCalls { Path = "/bin/sh" }));
        var source = new EventSource(learner);
        ContainerInfo container = source.Container();
        source.Exec(container, "/bin/a");
        source.Tick(20);
        Assert.Null(State(learner, container).Profile);

        source.Tick(90);
        Assert.True(State(learner, container).Profile!.WasExecuted("/bin/sh"));
    }

    internal static UserProfiles Overlay(string workload, string container, params ExecCalls[] execs) => new(
        [],
        [
            new ApplicationProfile
            {
                Metadata = new ObjectMeta
                {
                    Name = UserProfiles.OverlayPrefix + workload,
                    Namespace = "default",
                    Annotations = new Dictionary<string, string> { [KubescapeAnnotations.ManagedBy] = KubescapeAnnotations.ManagedByUser },
                },
                Spec = new ApplicationProfileSpec { Containers = [new ApplicationProfileContainer { Name = container, Execs = execs }] },
            },
        ],
        []);

    private static UserProfiles Authored(params ContainerProfile[] profiles) => new(profiles, [], []);

    private static ContainerProfile Profile(string name, ContainerProfileSpec spec) =>
        new() { Metadata = new ObjectMeta { Name = name, Namespace = "default" }, Spec = spec };

    private static ContainerProfileContainer Part(string name, string exec) => new() { Name = name, Execs = [new ExecCalls { Path = exec }] };

    private static ContainerInfo Labelled(EventSource source, string profile)
    {
        ContainerInfo container = source.Container();
        container.Identity = container.Identity with
        {
            PodLabels = new Dictionary<string, string> { ["app"] = "nginx", [KubescapeLabels.UserDefinedProfile] = profile },
        };
        return container;
    }

    private static ProfileState State(ProfileLearner learner, ContainerInfo container)
    {
        Assert.True(learner.TryGetProfile(container, out ProfileState? state));
        return state;
    }
}
