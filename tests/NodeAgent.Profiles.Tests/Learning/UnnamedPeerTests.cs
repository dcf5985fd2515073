// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.CodeAnalysis;
using NodeAgent.Api.SoftwareComposition;
using NodeAgent.Events.Identity;
using NodeAgent.Events.Net;
using NodeAgent.Events.Wire;
using NodeAgent.Profiles.Learning;

namespace NodeAgent.Profiles.Tests.Learning;

/// <summary>Peers that are met before it is told whose their address is.</summary>
public sealed class UnnamedPeerTests
{
    private const string Address = "10.1.0.1";
    private readonly TimedPeers _peers = new();
    private ContainerInfo? _container;

    [Fact]
    public async Task Tcp_PodToldLater_IsLearnedByItsLabelsAlone()
    {
        ContainerProfileSpec spec = await LearnAsync(source =>
        {
            Meet(source);
            source.Tick(5);
            _peers.Add(Address, "db", source.NowNs - (6 * EventSource.Second));
        });

        NetworkNeighbor neighbor = Assert.Single(spec.Egress!);
        Assert.Equal(("db", null), (neighbor.PodSelector?.MatchLabels!["app"], neighbor.IpAddress));
        Assert.Equal(5432, neighbor.Ports!.Single().Port);
    }

    [Fact]
    public async Task Tcp_AddressGivenToAnotherBeforeAnybodyIsTold_KeepsWhoItWasThen()
    {
        ContainerProfileSpec spec = await LearnAsync(source =>
        {
            ulong met = source.NowNs;
            Meet(source);
            source.Tick(5);
            _peers.Add(Address, "old", met - 1, met + EventSource.Second);
            _peers.Add(Address, "new", met + EventSource.Second);
        });

        Assert.Equal("old", Assert.Single(spec.Egress!).PodSelector?.MatchLabels!["app"]);
    }

    [Fact]
    public async Task Tcp_MetWhileTheAddressChangedHands_IsLearnedAsBoth()
    {
        ContainerProfileSpec spec = await LearnAsync(source =>
        {
            ulong met = source.NowNs;
            Meet(source);
            source.NowNs += 4 * EventSource.Second;
            Meet(source);
            _peers.Add(Address, "old", met - 1, met + EventSource.Second);
            _peers.Add(Address, "new", met + EventSource.Second);
        });

        Assert.Equal(["new", "old"], spec.Egress!.Select(n => n.PodSelector?.MatchLabels!["app"]).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Tcp_NamedForAPartOfTheTime_IsLearnedByAddressToo()
    {
        ContainerProfileSpec spec = await LearnAsync(source =>
        {
            ulong met = source.NowNs;
            Meet(source);
            source.NowNs += 4 * EventSource.Second;
            Meet(source);
            _peers.Add(Address, "new", met + EventSource.Second);
        });

        Assert.Equal([Address, null], spec.Egress!.Select(n => n.IpAddress).OrderBy(text => text is null));
        Assert.Equal("new", spec.Egress!.Single(n => n.IpAddress is null).PodSelector?.MatchLabels!["app"]);
    }

    [Fact]
    public async Task Tcp_SomebodyElseHasTheAddressSince_IsLearnedByAddress()
    {
        ContainerProfileSpec spec = await LearnAsync(source =>
        {
            Meet(source);
            source.Tick(5);
            _peers.Add(Address, "new", source.NowNs);
        });

        Assert.Equal((Address, null), (Assert.Single(spec.Egress!).IpAddress, spec.Egress![0].PodSelector));
    }

    [Fact]
    public async Task Udp_AnswerOfOneThatIsNotYetNamed_IsNoIngress()
    {
        ContainerProfileSpec spec = await LearnAsync((source, container) =>
        {
            source.Udp(container, FlowDirection.Outbound, Address, 40000, 53);
            source.Udp(container, FlowDirection.Inbound, Address, 40000, 53);
        });

        Assert.Empty(spec.Ingress!);
        Assert.Equal(Address, Assert.Single(spec.Egress!).IpAddress);
    }

    [Fact]
    public async Task Container_NamedWhileItsPeerIsNot_TakesThePeerAlong()
    {
        ContainerProfileSpec spec = await LearnAsync((source, container) =>
        {
            source.Tcp(container, FlowDirection.Outbound, Address, 1000, 5432);
            container.Identity = container.Identity with { Workload = new WorkloadIdentity("apps/v1", "Deployment", "default", "web"), Owner = new WorkloadIdentity("apps/v1", "ReplicaSet", "default", "web-1") };
            source.Exec(container, "/bin/true", "true");
            source.Tick(3);
            _peers.Add(Address, "db", source.NowNs - (4 * EventSource.Second));
        });

        Assert.Equal("db", Assert.Single(spec.Egress!).PodSelector?.MatchLabels!["app"]);
    }

    private Task<ContainerProfileSpec> LearnAsync(Action<EventSource> play)
    {
        return LearnAsync((source, container) =>
        {
            _container = container;
            play(source);
        });
    }

    private void Meet(EventSource source) => source.Tcp(_container!, FlowDirection.Outbound, Address, 1000, 5432);

    private async Task<ContainerProfileSpec> LearnAsync(Action<EventSource, ContainerInfo> play)
    {
        await using ProfileLearner learner = EventSource.Learner(peers: _peers);
        var source = new EventSource(learner);
        source.Tick();
        play(source, source.Container());
        source.Tick();
        source.Tick(30);
        source.Tick(101);
        return (await Published.OnlyAsync(learner)).Spec!;
    }

    /// <summary>Who had an address from when to when, as far as it was told yet.</summary>
    private sealed class TimedPeers : IPeerLookup
    {
        private readonly List<(string Address, PeerSelector Pods, ulong FromNs, ulong ToNs)> _told = [];

        public void Add(string address, string app, ulong fromNs, ulong toNs = ulong.MaxValue) =>
            _told.Add((address, new PeerSelector("default", [KeyValuePair.Create("app", app)]), fromNs, toNs));

        public bool TryFind(NetAddress address, ushort port, TransportProtocol protocol, ulong timeNs, [NotNullWhen(true)] out PeerSelector? peer, out ushort targetPort)
        {
            targetPort = 0;
            peer = _told.Find(one => one.Address == address.ToString() && timeNs >= one.FromNs && timeNs < one.ToNs).Pods;
            return peer is not null;
        }

        public bool MayBeToldLater(NetAddress address, ulong timeNs) => true;
    }
}
