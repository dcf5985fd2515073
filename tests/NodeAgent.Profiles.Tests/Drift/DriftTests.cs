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

public sealed class DriftTests : IAsyncDisposable
{
    private readonly KeptLearner _kept = new();
    private readonly ProfileLearner _learner;
    private readonly EventSource _source;

    public DriftTests() => (_learner, _source) = (_kept.Learner, _kept.Source);

    public ValueTask DisposeAsync() => _kept.DisposeAsync();

    [Fact]
    public async Task Completed_DoesWhatTheProfileHolds_DriftsNot()
    {
        ContainerInfo container = _source.Container();
        Behave(container);
        _source.Tick(101);
        Behave(container);
        await FinishAsync();

        Assert.Empty(Drifts());
    }

    [Fact]
    public async Task Completed_DoesMore_DriftHoldsExactlyThat()
    {
        ContainerInfo container = _source.Container();
        Behave(container);
        _source.Tick(101);
        Behave(container);
        _source.Exec(container, "/bin/a", "/bin/a", "--other");
        _source.Exec(container, "/bin/sh", "/bin/sh", "-c", "id");
        _source.Open(container, "/etc/hosts", 1);
        _source.Open(container, "/etc/shadow");
        _source.Capability(container, 21);
        _source.DnsAnswer(container, "evil.example.com");
        _source.Tcp(container, FlowDirection.Outbound, "203.0.113.9", 40000, 443);
        _source.Tcp(container, FlowDirection.Outbound, "198.51.100.1", 40000, 8443);
        _source.Tcp(container, FlowDirection.Inbound, "203.0.113.10", 22, 40000, kind: EventKind.TcpAccept);
        _source.Payload(container, FlowDirection.Inbound, "10.0.0.2", 80, 40000, "POST /admin HTTP/1.1\r\nHost: web\r\n\r\n");
        _source.Syscall(container, 165);
        await FinishAsync();

        ProfileDrift drift = Assert.Single(Drifts()).Drift!;
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
        ContainerInfo container = _source.Container();
        Behave(container);
        _source.Tick(50);
        _source.Exec(container, "/bin/sh", "/bin/sh");
        _source.Tick(51);
        await FinishAsync();

        Assert.Empty(Drifts());
    }

    [Fact]
    public async Task Generalised_WhatItsPatternsCover_DriftsNot()
    {
        ContainerInfo container = _source.Container();
        for (int i = 0; i < 60; i++)
        {
            _source.Open(container, $"/data/file{i}");
        }

        _source.Tick(101);
        _source.Open(container, "/data/another");
        _source.Open(container, "/data/sub/another");
        await FinishAsync();

        Assert.Equal(["/data/sub/another"], Drifts().Single().Drift!.Spec!.Opens!.Select(open => open.Path!));
    }

    [Fact]
    public async Task Accepted_ByAnOverlay_ProfileHoldsItAndTheDriftIsGone()
    {
        ContainerInfo container = _source.Container();
        Behave(container);
        _source.Tick(101);
        _source.Exec(container, "/bin/sh", "/bin/sh");
        _source.Tick(1);
        Assert.True(await _learner.Drifts.WaitToReadAsync(TestContext.Current.CancellationToken));
        Assert.NotNull(Drifts().Single().Drift);

        _learner.Use(UserProfileTests.Overlay("replicaset-web-77b4fdf86c", "nginx", new ExecCalls { Path = "/bin/sh" }));
        _source.Tick(1);

        Assert.True(_learner.TryGetProfile(container, out var state));
        Assert.True(state.Profile!.WasExecuted("/bin/sh"));
        Assert.True(state.Profile!.WasExecuted("/bin/a"));
        Assert.True(await _learner.Drifts.WaitToReadAsync(TestContext.Current.CancellationToken));
        Assert.Null(Drifts().Single().Drift);

        _learner.Use(UserProfiles.None);
        _source.Tick(1);
        Assert.True(_learner.TryGetProfile(container, out state));
        Assert.False(state.Profile!.WasExecuted("/bin/sh"));
        Assert.True(await _learner.Drifts.WaitToReadAsync(TestContext.Current.CancellationToken));
        Assert.NotNull(Drifts().Single().Drift);
    }

    [Fact]
    public async Task Restarted_DriftIsKept()
    {
        ContainerInfo container = _source.Container();
        Behave(container);
        _source.Tick(101);
        _source.Exec(container, "/bin/sh", "/bin/sh");
        ulong now = _source.NowNs;
        await FinishAsync();

        await using ProfileLearner next = _kept.Next();
        var later = new EventSource(next) { NowNs = now };
        later.Exec(container, "/bin/id", "/bin/id");
        later.Tick(1);
        await next.StopAsync(TestContext.Current.CancellationToken);

        Assert.Equal(["/bin/id", "/bin/sh"], Drifts(next).Single().Drift!.Spec!.Execs!.Select(exec => exec.Path!));
    }

    [Fact]
    public async Task Flood_OfNewThings_IsBounded()
    {
        ContainerInfo container = _source.Container();
        Behave(container);
        _source.Tick(101);
        for (int i = 0; i < 20_000; i++)
        {
            _source.Open(container, $"/tmp/{i % 200}/{i}");
        }

        await FinishAsync();

        Assert.InRange(Drifts().Single().Drift!.Spec!.Opens!.Count, 1, ProfileBounds.OfDrift.MaxOpens);
    }

    private void Behave(ContainerInfo container)
    {
        _source.Exec(container, "/bin/a", "/bin/a");
        _source.Open(container, "/etc/hosts");
        _source.Capability(container, 10);
        _source.DnsAnswer(container, "www.example.com");
        _source.Tcp(container, FlowDirection.Outbound, "198.51.100.1", 40000, 443);
        _source.Udp(container, FlowDirection.Outbound, "10.0.0.53", 40000, 53);
        _source.Payload(container, FlowDirection.Inbound, "10.0.0.2", 80, 40000, "GET / HTTP/1.1\r\nHost: web\r\n\r\n");
        _source.Syscall(container, 1);
    }

    private async Task FinishAsync()
    {
        _source.Tick(1);
        await _learner.StopAsync(TestContext.Current.CancellationToken);
    }

    private List<DriftSnapshot> Drifts() => Drifts(_learner);

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
