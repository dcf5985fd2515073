// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Api.Drift;
using NodeAgent.Api.Names;
using NodeAgent.Api.SoftwareComposition;
using NodeAgent.Events.Identity;
using NodeAgent.Events.Wire;
using NodeAgent.Profiles.Drift;
using NodeAgent.Profiles.Learning;
using NodeAgent.Profiles.Tests.UserManaged;
using NodeAgent.Profiles.UserManaged;

namespace NodeAgent.Profiles.Tests.Drift;

public sealed class DriftTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("na-drift-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Completed_DoesWhatTheProfileHolds_DriftsNot()
    {
        await using ProfileLearner learner = EventSource.Learner();
        var source = new EventSource(learner);
        ContainerInfo container = source.Container();
        Behave(source, container);
        source.Tick(101);
        Behave(source, container);
        await FinishAsync(learner, source);

        Assert.Empty(Drifts(learner));
    }

    [Fact]
    public async Task Completed_DoesMore_DriftHoldsExactlyThat()
    {
        await using ProfileLearner learner = EventSource.Learner();
        var source = new EventSource(learner);
        ContainerInfo container = source.Container();
        Behave(source, container);
        source.Tick(101);
        Behave(source, container);
        source.Exec(container, "/bin/a", "/bin/a", "--other");
        source.Exec(container, "/bin/sh", "/bin/sh", "-c", "id");
        source.Open(container, "/etc/hosts", 1);
        source.Open(container, "/etc/shadow");
        source.Capability(container, 21);
        source.DnsAnswer(container, "evil.example.com");
        source.Tcp(container, FlowDirection.Outbound, "203.0.113.9", 40000, 443);
        source.Tcp(container, FlowDirection.Outbound, "198.51.100.1", 40000, 8443);
        source.Tcp(container, FlowDirection.Inbound, "203.0.113.10", 22, 40000, kind: EventKind.TcpAccept);
        source.Payload(container, FlowDirection.Inbound, "10.0.0.2", 80, 40000, "POST /admin HTTP/1.1\r\nHost: web\r\n\r\n");
        source.Syscall(container, 165);
        await FinishAsync(learner, source);

        ProfileDrift drift = Assert.Single(Drifts(learner)).Drift!;
        ContainerProfileSpec spec = drift.Spec!;
        Assert.Equal(["/bin/a --other", "/bin/sh -c id"], spec.Execs!.Select(exec => string.Join(' ', exec.Args!)));
        Assert.Equal(["/etc/hosts O_WRONLY", "/etc/shadow O_RDONLY"], spec.Opens!.Select(open => $"{open.Path} {string.Join(',', open.Flags!)}"));
        Assert.Equal(["SYS_ADMIN"], spec.Capabilities);
        Assert.Equal([":80/admin POST"], spec.Endpoints!.Select(endpoint => $"{endpoint.Endpoint} {string.Join(',', endpoint.Methods!)}"));
        Assert.Equal(["203.0.113.10 TCP-22"], spec.Ingress!.Select(Text));
        Assert.Equal(["198.51.100.1 TCP-8443", "203.0.113.9 TCP-443", "evil.example.com. "], spec.Egress!.Select(Text));
        Assert.Null(spec.Syscalls);
        Assert.Equal("10", drift.Metadata.Annotations![KubescapeAnnotations.ResourceSize]);
        Assert.Equal("replicaset-web-77b4fdf86c", drift.Metadata.Annotations![KubescapeAnnotations.WorkloadSlug]);
    }

    [Fact]
    public async Task WhileLearning_EverythingIsTheProfile_NothingDrifts()
    {
        await using ProfileLearner learner = EventSource.Learner();
        var source = new EventSource(learner);
        ContainerInfo container = source.Container();
        Behave(source, container);
        source.Tick(50);
        source.Exec(container, "/bin/sh", "/bin/sh");
        source.Tick(51);
        await FinishAsync(learner, source);

        Assert.Empty(Drifts(learner));
    }

    [Fact]
    public async Task Generalised_WhatItsPatternsCover_DriftsNot()
    {
        await using ProfileLearner learner = EventSource.Learner();
        var source = new EventSource(learner);
        ContainerInfo container = source.Container();
        for (int i = 0; i < 60; i++)
        {
            source.Open(container, $"/data/file{i}");
        }

        source.Tick(101);
        source.Open(container, "/data/another");
        source.Open(container, "/data/sub/another");
        await FinishAsync(learner, source);

        Assert.Equal(["/data/sub/another"], Drifts(learner).Single().Drift!.Spec!.Opens!.Select(open => open.Path!));
    }

    [Fact]
    public async Task Accepted_ByAnOverlay_ProfileHoldsItAndTheDriftIsGone()
    {
        await using ProfileLearner learner = EventSource.Learner();
        var source = new EventSource(learner);
        ContainerInfo container = source.Container();
        Behave(source, container);
        source.Tick(101);
        source.Exec(container, "/bin/sh", "/bin/sh");
        source.Tick(1);
        Assert.True(await learner.Drifts.WaitToReadAsync(TestContext.Current.CancellationToken));
        Assert.NotNull(Drifts(learner).Single().Drift);

        learner.Use(UserProfileTests.Overlay("replicaset-web-77b4fdf86c", "nginx", new ExecCalls { Path = "/bin/sh" }));
        source.Tick(1);

        Assert.True(learner.TryGetProfile(container, out var state));
        Assert.True(state.Profile!.WasExecuted("/bin/sh"));
        Assert.True(state.Profile!.WasExecuted("/bin/a"));
        Assert.True(await learner.Drifts.WaitToReadAsync(TestContext.Current.CancellationToken));
        Assert.Null(Drifts(learner).Single().Drift);

        learner.Use(UserProfiles.None);
        source.Tick(1);
        Assert.True(learner.TryGetProfile(container, out state));
        Assert.False(state.Profile!.WasExecuted("/bin/sh"));
        Assert.True(await learner.Drifts.WaitToReadAsync(TestContext.Current.CancellationToken));
        Assert.NotNull(Drifts(learner).Single().Drift);
    }

    [Fact]
    public async Task Restarted_DriftIsKept()
    {
        ContainerInfo container;
        ulong now;
        await using (ProfileLearner learner = EventSource.Learner(EventSource.Options(_folder.FullName)))
        {
            var source = new EventSource(learner);
            container = source.Container();
            Behave(source, container);
            source.Tick(101);
            source.Exec(container, "/bin/sh", "/bin/sh");
            now = source.NowNs;
            await FinishAsync(learner, source);
        }

        await using ProfileLearner next = EventSource.Learner(EventSource.Options(_folder.FullName));
        var later = new EventSource(next) { NowNs = now };
        later.Exec(container, "/bin/id", "/bin/id");
        await FinishAsync(next, later);

        Assert.Equal(["/bin/id", "/bin/sh"], Drifts(next).Single().Drift!.Spec!.Execs!.Select(exec => exec.Path!));
    }

    [Fact]
    public async Task Flood_OfNewThings_IsBounded()
    {
        await using ProfileLearner learner = EventSource.Learner();
        var source = new EventSource(learner);
        ContainerInfo container = source.Container();
        Behave(source, container);
        source.Tick(101);
        for (int i = 0; i < 20_000; i++)
        {
            source.Open(container, $"/tmp/{i % 200}/{i}");
        }

        await FinishAsync(learner, source);

        Assert.InRange(Drifts(learner).Single().Drift!.Spec!.Opens!.Count, 1, ProfileBounds.OfDrift.MaxOpens);
    }

    private static void Behave(EventSource source, ContainerInfo container)
    {
        source.Exec(container, "/bin/a", "/bin/a");
        source.Open(container, "/etc/hosts");
        source.Capability(container, 10);
        source.DnsAnswer(container, "www.example.com");
        source.Tcp(container, FlowDirection.Outbound, "198.51.100.1", 40000, 443);
        source.Udp(container, FlowDirection.Outbound, "10.0.0.53", 40000, 53);
        source.Payload(container, FlowDirection.Inbound, "10.0.0.2", 80, 40000, "GET / HTTP/1.1\r\nHost: web\r\n\r\n");
        source.Syscall(container, 1);
    }

    private static async Task FinishAsync(ProfileLearner learner, EventSource source)
    {
        source.Tick(1);
        await learner.StopAsync(TestContext.Current.CancellationToken);
    }

    private static List<DriftSnapshot> Drifts(ProfileLearner learner)
    {
        var drifts = new List<DriftSnapshot>();
        while (learner.Drifts.TryRead(out DriftSnapshot? drift))
        {
            drifts.Add(drift);
        }

        return drifts;
    }

    private static string Text(NetworkNeighbor neighbor) =>
        $"{neighbor.IpAddress ?? neighbor.Dns} {string.Join(',', (neighbor.Ports ?? []).Select(port => port.Name))}";
}
