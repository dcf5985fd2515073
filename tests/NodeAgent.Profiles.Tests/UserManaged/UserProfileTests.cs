// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Api.Meta;
using NodeAgent.Api.Names;
using NodeAgent.Api.SoftwareComposition;
using NodeAgent.Events.Identity;
using NodeAgent.Events.Net;
using NodeAgent.Events.Wire;
using NodeAgent.Profiles.Learning;
using NodeAgent.Profiles.Matching;
using NodeAgent.Profiles.Output;
using NodeAgent.Profiles.UserManaged;

namespace NodeAgent.Profiles.Tests.UserManaged;

public sealed class UserProfileTests : IAsyncDisposable
{
    private readonly ProfileLearner _learner = EventSource.Learner();
    private readonly EventSource _source;

    public UserProfileTests() => _source = new EventSource(_learner);

    public ValueTask DisposeAsync() => _learner.DisposeAsync();

    [Fact]
    public async Task UserDefined_ProfileOfThatName_JudgesFromTheFirstEventAndNothingIsLearned()
    {
        _learner.Use(Authored(Profile("web-profile", new ContainerProfileSpec { Execs = [new ExecCalls { Path = "/bin/a" }] })));
        _source.Tick(1);
        ContainerInfo container = Labelled("web-profile");
        _source.Exec(container, "/bin/other");

        ProfileState state = State(container);
        Assert.Equal(("completed", "complete"), (state.Status, state.Completion));
        Assert.True(state.Profile!.WasExecuted("/bin/a"));
        Assert.False(state.Profile!.WasExecuted("/bin/other"));
        _source.Tick(200);
        await _learner.StopAsync(TestContext.Current.CancellationToken);
        Assert.False(_learner.Snapshots.TryRead(out ProfileSnapshot? _));
        Assert.True(_learner.Drifts.TryRead(out var drift));
        Assert.Equal("/bin/other", Assert.Single(drift.Drift!.Spec!.Execs!).Path);
    }

    [Fact]
    public async Task UserDefined_ProfileOfTheContainersOwnName_GoesFirst()
    {
        _learner.Use(Authored(
            Profile("web-profile", new ContainerProfileSpec { Execs = [new ExecCalls { Path = "/bin/general" }] }),
            Profile("web-profile-nginx", new ContainerProfileSpec { Execs = [new ExecCalls { Path = "/bin/own" }] })));
        _source.Tick(1);
        ContainerInfo container = Labelled("web-profile");
        _source.Exec(container, "/bin/a");

        Assert.True(State(container).Profile!.WasExecuted("/bin/own"));
        Assert.False(State(container).Profile!.WasExecuted("/bin/general"));
    }

    [Fact]
    public async Task UserDefined_Grouped_TheContainersPartCounts()
    {
        _learner.Use(Authored(Profile("web-profile", new ContainerProfileSpec
        {
            Containers = [Part("side", "/bin/side"), Part("nginx", "/bin/nginx")],
            InitContainers = [Part("nginx", "/bin/init")],
        })));
        _source.Tick(1);
        ContainerInfo container = Labelled("web-profile");
        _source.Exec(container, "/bin/a");

        CompletedProfile profile = State(container).Profile!;
        Assert.Equal((true, false, false), (profile.WasExecuted("/bin/nginx"), profile.WasExecuted("/bin/side"), profile.WasExecuted("/bin/init")));
    }

    [Fact]
    public async Task UserDefined_NoSuchProfile_IsIncompleteUntilItComes()
    {
        ContainerInfo container = Labelled("web-profile");
        _source.Exec(container, "/bin/a");
        _source.Tick(1);
        Assert.Equal(("incomplete", null), (State(container).Status, State(container).Profile));

        _learner.Use(Authored(Profile("web-profile", new ContainerProfileSpec { Execs = [new ExecCalls { Path = "/bin/a" }] })));
        _source.Tick(1);
        Assert.Equal("completed", State(container).Status);

        _learner.Use(UserProfiles.None);
        _source.Tick(1);
        Assert.Equal(("incomplete", null), (State(container).Status, State(container).Profile));
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
        _learner.Use(Overlay("replicaset-web-77b4fdf86c", "side", new ExecCalls { Path = "/bin/sh" }));
        ContainerInfo container = _source.Container();
        _source.Exec(container, "/bin/a");
        _source.Tick(101);

        Assert.False(State(container).Profile!.WasExecuted("/bin/sh"));
    }

    [Fact]
    public async Task Overlay_OfBothKinds_AllowsWhatBothSayBesideWhatWasLearned()
    {
        var metadata = new ObjectMeta
        {
            Name = UserProfiles.OverlayPrefix + "replicaset-web-77b4fdf86c",
            Namespace = "default",
            Annotations = new Dictionary<string, string> { [KubescapeAnnotations.ManagedBy] = KubescapeAnnotations.ManagedByUser },
        };
        NetworkNeighbor Neighbor(string address, int port) =>
            new() { Identifier = "theirs", IpAddress = address, Ports = [new NetworkPort { Name = $"TCP-{port}", Protocol = "TCP", Port = port }] };
        _learner.Use(new UserProfiles(
            [],
            [new ApplicationProfile { Metadata = metadata, Spec = new ApplicationProfileSpec { Containers = [new ApplicationProfileContainer { Name = "nginx", Execs = [new ExecCalls { Path = "/bin/sh" }] }] } }],
            [new NetworkNeighborhood { Metadata = metadata, Spec = new NetworkNeighborhoodSpec { Containers = [new NetworkNeighborhoodContainer { Name = "nginx", Egress = [Neighbor("198.51.100.0/24", 443)] }] } }]));
        ContainerInfo container = _source.Container();
        _source.Exec(container, "/bin/a");
        _source.Tcp(container, FlowDirection.Outbound, "203.0.113.9", 40000, 443);
        _source.Tick(101);

        CompletedProfile profile = State(container).Profile!;
        Assert.True(profile.WasExecuted("/bin/a") && profile.WasExecuted("/bin/sh"));
        Assert.Equal(
            [true, true, false, false],
            [Calls(profile, "203.0.113.9", 443), Calls(profile, "198.51.100.7", 443), Calls(profile, "198.51.100.7", 80), Calls(profile, "192.0.2.1", 443)]);
    }

    [Fact]
    public async Task Overlay_WhileItLearns_IsNoProfileYet()
    {
        _learner.Use(Overlay("replicaset-web-77b4fdf86c", "nginx", new ExecCalls { Path = "/bin/sh" }));
        ContainerInfo container = _source.Container();
        _source.Exec(container, "/bin/a");
        _source.Tick(20);
        Assert.Null(State(container).Profile);

        _source.Tick(90);
        Assert.True(State(container).Profile!.WasExecuted("/bin/sh"));
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

    private static bool Calls(CompletedProfile profile, string address, ushort port) =>
        NetAddress.TryParse(address, out NetAddress parsed) && profile.IsAddressInEgress(parsed, port, TransportProtocol.Tcp);

    private static UserProfiles Authored(params ContainerProfile[] profiles) => new(profiles, [], []);

    private static ContainerProfile Profile(string name, ContainerProfileSpec spec) =>
        new() { Metadata = new ObjectMeta { Name = name, Namespace = "default" }, Spec = spec };

    private static ContainerProfileContainer Part(string name, string exec) => new() { Name = name, Execs = [new ExecCalls { Path = exec }] };

    private ContainerInfo Labelled(string profile)
    {
        ContainerInfo container = _source.Container();
        container.Identity = container.Identity with
        {
            PodLabels = new Dictionary<string, string> { ["app"] = "nginx", [KubescapeLabels.UserDefinedProfile] = profile },
        };
        return container;
    }

    private ProfileState State(ContainerInfo container)
    {
        Assert.True(_learner.TryGetProfile(container, out ProfileState? state));
        return state;
    }
}
