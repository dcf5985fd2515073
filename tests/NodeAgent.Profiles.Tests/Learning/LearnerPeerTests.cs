// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.CodeAnalysis;
using NodeAgent.Api.Names;
using NodeAgent.Api.SoftwareComposition;
using NodeAgent.Events;
using NodeAgent.Events.Identity;
using NodeAgent.Events.Net;
using NodeAgent.Events.Wire;
using NodeAgent.Profiles.Learning;
using NodeAgent.Profiles.Matching;
using NodeAgent.TestSupport;

namespace NodeAgent.Profiles.Tests.Learning;

/// <summary>Peers that are pods: learned by their labels, whatever their addresses.</summary>
public sealed class LearnerPeerTests : IDisposable
{
    private static readonly PeerSelector Database = Pods("default", "app", "db");
    private readonly string _directory = Directory.CreateTempSubdirectory("na-peers-").FullName;
    private readonly FakePeers _peers = new();

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task Tcp_TwoPodsOfOneWorkload_AreOneNeighbour()
    {
        _peers.ByAddress["10.1.0.1"] = (Database, 0);
        _peers.ByAddress["10.1.0.2"] = (Pods("default", "app", "db"), 0);
        ContainerProfileSpec spec = (await LearnAsync((source, c) =>
        {
            source.Tcp(c, FlowDirection.Outbound, "10.1.0.1", 1000, 5432);
            source.Tcp(c, FlowDirection.Outbound, "10.1.0.2", 1000, 5432);
        })).Spec!;

        NetworkNeighbor neighbor = Assert.Single(spec.Egress!);
        Assert.Equal(("internal", null, null), (neighbor.Type, neighbor.IpAddress, neighbor.NamespaceSelector));
        Assert.Equal([KeyValuePair.Create("app", "db")], neighbor.PodSelector!.MatchLabels!);
        Assert.Equal(("TCP-5432", 5432), (neighbor.Ports!.Single().Name, neighbor.Ports!.Single().Port));
        Assert.Equal(NeighborIdentifier.Compute("internal", null, null, null, neighbor.PodSelector), neighbor.Identifier);
    }

    [Fact]
    public async Task Tcp_ServiceInAnotherNamespace_HasTheNamespaceAndThePortBehindIt()
    {
        _peers.ByAddress["10.96.0.5"] = (Pods("shop", "app", "web"), 8080);
        ContainerProfileSpec spec = (await LearnAsync((source, c) => source.Tcp(c, FlowDirection.Outbound, "10.96.0.5", 1000, 80))).Spec!;

        NetworkNeighbor neighbor = Assert.Single(spec.Egress!);
        Assert.Equal([KeyValuePair.Create("kubernetes.io/metadata.name", "shop")], neighbor.NamespaceSelector!.MatchLabels!);
        Assert.Equal(8080, neighbor.Ports!.Single().Port);
        var completed = new CompletedProfile(spec, "default");
        Assert.True(completed.IsPeerInEgress(Pods("shop", "app", "web", "tier", "front"), 8080, TransportProtocol.Tcp));
        Assert.False(completed.IsPeerInEgress(Pods("shop", "app", "web"), 80, TransportProtocol.Tcp));
        Assert.False(completed.IsPeerInEgress(Pods("shop", "app", "web"), 8080, TransportProtocol.Udp));
        Assert.False(completed.IsPeerInEgress(Pods("default", "app", "web"), 8080, TransportProtocol.Tcp));
        Assert.False(completed.IsPeerInEgress(Pods("shop", "app", "other"), 8080, TransportProtocol.Tcp));
    }

    [Fact]
    public async Task Tcp_ServiceThatSelectsNoPods_IsItsAddressAndThoseBehindIt()
    {
        _peers.Behind["10.96.0.1"] = [new PeerAddress(Of("192.0.2.1"), 6443), new PeerAddress(Of("192.0.2.2"), 6443)];
        ContainerProfileSpec spec = (await LearnAsync((source, c) =>
        {
            source.Tcp(c, FlowDirection.Outbound, "10.96.0.1", 1000, 443);
            _peers.Behind["10.96.0.1"] = [new PeerAddress(Of("192.0.2.3"), 6443)];
            source.Tcp(c, FlowDirection.Outbound, "10.96.0.1", 1000, 443);
            source.Tcp(c, FlowDirection.Inbound, "10.96.0.1", 443, 1000, kind: EventKind.TcpAccept);
        })).Spec!;

        Assert.Equal(
            ["10.96.0.1 443", "192.0.2.1 6443", "192.0.2.2 6443", "192.0.2.3 6443"],
            spec.Egress!.Select(n => $"{n.IpAddress} {n.Ports!.Single().Port}").Order(StringComparer.Ordinal));
        Assert.Equal(["10.96.0.1"], spec.Ingress!.Select(n => n.IpAddress!));
    }

    [Fact]
    public async Task Tcp_AddressGivenToAnother_IsLearnedAsTheOther()
    {
        _peers.ByAddress["10.1.0.1"] = (Database, 0);
        ContainerProfileSpec spec = (await LearnAsync((source, c) =>
        {
            source.Tcp(c, FlowDirection.Outbound, "10.1.0.1", 1000, 5432);
            _peers.ByAddress["10.1.0.1"] = (Pods("default", "app", "cache"), 0);
            source.Tcp(c, FlowDirection.Outbound, "10.1.0.1", 1000, 5432);
            _peers.ByAddress.Remove("10.1.0.1");
            source.Tcp(c, FlowDirection.Outbound, "10.1.0.1", 1000, 5432);
        })).Spec!;

        Assert.Equal(["cache", "db", null], spec.Egress!.Select(n => n.PodSelector?.MatchLabels!["app"]).OrderBy(n => n is null).ThenBy(n => n, StringComparer.Ordinal));
        Assert.Equal("10.1.0.1", spec.Egress!.Single(n => n.PodSelector is null).IpAddress);
    }

    [Fact]
    public async Task Ingress_Pods_AreAskedWithoutTheirPort()
    {
        _peers.ByAddress["10.1.0.9"] = (Pods("default", "app", "front"), 0);
        ContainerProfileSpec spec = (await LearnAsync((source, c) => source.Tcp(c, FlowDirection.Inbound, "10.1.0.9", 8080, 51234))).Spec!;

        Assert.Equal((ushort)0, _peers.LastPort);
        NetworkNeighbor neighbor = Assert.Single(spec.Ingress!);
        Assert.Equal(8080, neighbor.Ports!.Single().Port);
        Assert.Empty(spec.Egress!);
    }

    [Fact]
    public async Task Udp_AnswerOfAService_IsNoIngress()
    {
        _peers.ByAddress["10.96.0.10"] = (Pods("kube-system", "k8s-app", "kube-dns"), 53);
        ContainerProfileSpec spec = (await LearnAsync((source, c) =>
        {
            source.Udp(c, FlowDirection.Outbound, "10.96.0.10", 40000, 53);
            source.Udp(c, FlowDirection.Inbound, "10.96.0.10", 40000, 53);
        })).Spec!;

        Assert.Empty(spec.Ingress!);
        Assert.Single(spec.Egress!);
    }

    [Fact]
    public async Task Restart_Peers_AreInTheCheckpointWithOwnerAndWorkload()
    {
        _peers.ByAddress["10.1.0.1"] = (Database, 0);
        await using (ProfileLearner first = EventSource.Learner(EventSource.Options(_directory), peers: _peers))
        {
            var source = new EventSource(first);
            source.Tcp(Owned(source.Container()), FlowDirection.Outbound, "10.1.0.1", 1, 5432);
            source.Tick(20);
        }

        await using ProfileLearner second = EventSource.Learner(EventSource.Options(_directory), peers: _peers);
        var later = new EventSource(second);
        later.Tick();
        later.Tick(130);
        ContainerProfile profile = await Published.OnlyAsync(second);

        Assert.Equal("db", profile.Spec!.Egress!.Single().PodSelector!.MatchLabels!["app"]);
        AssertOwned(profile);
    }

    [Fact]
    public async Task Labels_Owned_AreTheTopWorkloadsAndTheNameIsTheOwners() =>
        AssertOwned(await LearnAsync((source, c) => source.Exec(Owned(c), "/bin/sh", "sh")));

    [Fact]
    public async Task Tcp_KnownPods_AllocateNothing()
    {
        await using ProfileLearner learner = EventSource.Learner(peers: new OnePeer(Database));
        var source = new EventSource(learner);
        ContainerInfo container = source.Container();
        source.Tcp(container, FlowDirection.Outbound, "10.1.0.1", 1000, 5432);
        TcpRecord record = new() { Header = new HeaderRecord { Kind = EventKind.TcpConnect, TimeNs = source.NowNs, Pid = 1 }, Family = 2, RemotePort = 5432, Direction = FlowDirection.Outbound };
        var subject = new EventSubject { Container = container };

        Assert.Equal(0, Allocations.Least(() => learner.OnTcp(new TcpEvent(in record), subject)));
    }

    [Fact]
    public void PeerSet_OverItsBound_DropsAndCounts()
    {
        var peers = new PeerSet(2);
        for (int i = 0; i < 5; i++)
        {
            peers.Add(new LearnedPeer(Pods("default", "app", $"a{i}"), 80, TransportProtocol.Tcp, true));
        }

        Assert.Equal((2, 3), (peers.Count, peers.Dropped));
    }

    private static ContainerInfo Owned(ContainerInfo container)
    {
        container.Identity = container.Identity with
        {
            Owner = new WorkloadIdentity("apps/v1", "ReplicaSet", "default", "web-77b4fdf86c"),
            Workload = new WorkloadIdentity("apps/v1", "Deployment", "default", "web"),
            ContainerKind = PodContainerKind.InitContainer,
        };
        return container;
    }

    private static void AssertOwned(ContainerProfile profile)
    {
        Assert.Equal("apiVersion-apps/v1/namespace-default/kind-ReplicaSet/name-web-77b4fdf86c/initContainerName-nginx", profile.Metadata.Annotations![KubescapeAnnotations.InstanceId]);
        Assert.Equal("wlid://cluster-c/namespace-default/deployment-web", profile.Metadata.Annotations[KubescapeAnnotations.Wlid]);
        Assert.Equal(("Deployment", "web"), (profile.Metadata.Labels![KubescapeLabels.Kind], profile.Metadata.Labels[KubescapeLabels.Name]));
        Assert.StartsWith("replicaset-web-77b4fdf86c-nginx-", profile.Metadata.Name, StringComparison.Ordinal);
    }

    private static PeerSelector Pods(string ns, params string[] labels) =>
        new(ns, labels.Chunk(2).Select(pair => KeyValuePair.Create(pair[0], pair[1])));

    private async Task<ContainerProfile> LearnAsync(Action<EventSource, ContainerInfo> play)
    {
        await using ProfileLearner learner = EventSource.Learner(peers: _peers);
        var source = new EventSource(learner);
        ContainerInfo container = source.Container();
        play(source, container);
        source.Tick();
        source.Tick(101);
        return await Published.OnlyAsync(learner);
    }

    private static NetAddress Of(string text) => NetAddress.TryParse(text, out NetAddress address) ? address : throw new FormatException(text);

    private sealed class OnePeer(PeerSelector pods) : IPeerLookup
    {
        public bool MayBeToldLater(NetAddress address, ulong timeNs) => false;

        public bool TryFind(NetAddress address, ushort port, TransportProtocol protocol, ulong timeNs, [NotNullWhen(true)] out PeerSelector? peer, out ushort targetPort)
        {
            (peer, targetPort) = (pods, 0);
            return true;
        }
    }

    private sealed class FakePeers : IPeerLookup
    {
        public Dictionary<string, (PeerSelector Pods, ushort Target)> ByAddress { get; } = [];

        public Dictionary<string, PeerAddress[]> Behind { get; } = [];

        public ushort? LastPort { get; private set; }

        public IReadOnlyList<PeerAddress> AddressesBehind(NetAddress address, ushort port, TransportProtocol protocol, ulong timeNs) =>
            Behind.GetValueOrDefault(address.ToString(), []);

        public bool MayBeToldLater(NetAddress address, ulong timeNs) => false;

        public bool TryFind(NetAddress address, ushort port, TransportProtocol protocol, ulong timeNs, [NotNullWhen(true)] out PeerSelector? peer, out ushort targetPort)
        {
            LastPort = port;
            bool found = ByAddress.TryGetValue(address.ToString(), out (PeerSelector Pods, ushort Target) known);
            (peer, targetPort) = (found ? known.Pods : null, known.Target);
            return found;
        }
    }
}
