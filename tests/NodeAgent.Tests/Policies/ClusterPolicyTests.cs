// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging.Abstractions;
using NodeAgent.Api.Meta;
using NodeAgent.Api.Networking;
using NodeAgent.Cluster;
using NodeAgent.Enrichment.Peers;
using NodeAgent.Events;
using NodeAgent.Events.Identity;
using NodeAgent.Events.Net;
using NodeAgent.Events.Wire;
using NodeAgent.Kubernetes.Models;
using NodeAgent.NetworkPolicy;
using NodeAgent.Profiles.Assembly;
using NodeAgent.Profiles.Learning;
using NodeAgent.Profiles.Output;
using NodeAgent.Tests.Pipeline;
using NodeAgent.TestSupport.Wire;

namespace NodeAgent.Tests.Policies;

/// <summary>From the events of a pod, with what the cluster tells of its peers, to the policy: faults of the reference 2, 3, 18 and 23 (network policies).</summary>
public sealed class ClusterPolicyTests
{
    private const ulong Second = 1_000_000_000;
    private readonly PeerTable _peers = new(new PeerTableOptions());
    private readonly EventSubject _subject = new();

    [Fact]
    public async Task Fault18_ServicePort_IsThePortThatItsEndpointSlicesTell()
    {
        AddApi();
        Assert.Equal(["pods app=api TCP-8080"], await EgressAsync(("10.96.0.7", 80)));
    }

    [Fact]
    public async Task NodePort_OfAnyNode_IsTheServicesPodsAtTheirPort()
    {
        AddApi();
        AddNodes();
        Assert.Equal(["pods app=api TCP-8080"], await EgressAsync(("192.168.1.11", 30080)));
    }

    [Fact]
    public async Task LoadBalancerAddress_IsTheServicesPodsAtTheirPort()
    {
        AddApi();
        Assert.Equal(["pods app=api TCP-8080"], await EgressAsync(("203.0.113.80", 80)));
    }

    [Fact]
    public async Task ServiceThatSelectsNoPods_IsItsAddressAndThoseOfItsEndpoints()
    {
        // Whoever enforces the policy behind the translation never sees the service's address.
        var service = new V1Service
        {
            Metadata = new V1ObjectMeta { Uid = "k", Namespace = "default", Name = "kubernetes" },
            Spec = new V1ServiceSpec { ClusterIp = "10.96.0.1", Ports = [new V1ServicePort { Name = "https", Protocol = "TCP", Port = 443, TargetPort = new IntOrString(6443) }] },
        };
        var slice = new V1EndpointSlice
        {
            Metadata = new V1ObjectMeta { Uid = "ke", Namespace = "default", Name = "kubernetes", Labels = new Dictionary<string, string> { [V1EndpointSlice.ServiceNameLabel] = "kubernetes" } },
            AddressType = "IPv4",
            Endpoints = [new V1Endpoint { Addresses = ["192.168.1.10"] }, new V1Endpoint { Addresses = ["192.168.1.12"] }],
            Ports = [new V1EndpointPort { Name = "https", Protocol = "TCP", Port = 6443 }],
        };
        _peers.Put(ServiceFacts.Of(service, [slice]), ServiceFacts.Addresses(service), Second);

        Assert.Equal(
            ["block 10.96.0.1/32 TCP-443", "block 192.168.1.10/32 TCP-6443", "block 192.168.1.12/32 TCP-6443"],
            (await EgressAsync(("10.96.0.1", 443))).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Nodes_ThatComeIn_AreTheirAddresses()
    {
        // The own kubelet's probe, a NodePort that another node passed on with its own address, a client of a load balancer, a pod on a host's network.
        AddNodes();
        Assert.Equal(
            ["block 192.168.1.10/32 TCP-8080", "block 192.168.1.11/32 TCP-8080", "block 2001:db8:1::11/128 TCP-8080", "block 203.0.113.50/32 TCP-8080"],
            await IngressAsync("192.168.1.10", "192.168.1.11", "2001:db8:1::11", "203.0.113.50"));
    }

    [Fact]
    public async Task Fault2And3_IPv6Peers_AreSingleAddresses() => Assert.Equal(["block 2001:db8:9::1/128 TCP-443"], await EgressAsync(("2001:db8:9::1", 443)));

    [Fact]
    public async Task Fault23_PodOnTheHostsNetwork_HasAProfileOfItsOwn() => Assert.Equal(["block 203.0.113.9/32 TCP-443"], await EgressAsync(hostNetwork: true, ("203.0.113.9", 443)));

    [Fact]
    public async Task Pods_ThatCallAndAreCalled_AreTheirLabels()
    {
        _peers.Put(new PeerObject { Kind = PeerKind.Pod, Uid = "p", Namespace = "jobs", Name = "batch-1", Labels = new Dictionary<string, string> { ["app"] = "batch" } }, [Addresses.Of("10.244.1.5")], Second);
        Assert.Equal(["pods jobs/app=batch TCP-9000"], await EgressAsync(("10.244.1.5", 9000)));
        Assert.Equal(["pods jobs/app=batch TCP-8080"], await IngressAsync("10.244.1.5"));
    }

    private Task<string[]> EgressAsync(params (string Address, ushort Port)[] called) => EgressAsync(hostNetwork: false, called);

    private async Task<string[]> EgressAsync(bool hostNetwork, params (string Address, ushort Port)[] called)
    {
        NetworkPolicySpec spec = await PolicyAsync(hostNetwork, called.Select(one => (one.Address, (ushort)40_000, one.Port, EventKind.TcpConnect, FlowDirection.Outbound)));
        return [.. spec.Egress!.Skip(1).SelectMany(rule => Lines(rule.To!, rule.Ports!))]; // the first is the resolver's
    }

    private async Task<string[]> IngressAsync(params string[] callers)
    {
        NetworkPolicySpec spec = await PolicyAsync(false, callers.Select(caller => (caller, (ushort)8080, (ushort)40_000, EventKind.TcpAccept, FlowDirection.Inbound)));
        return [.. spec.Ingress!.SelectMany(rule => Lines(rule.From!, rule.Ports!))];
    }

    private static IEnumerable<string> Lines(IReadOnlyList<NetworkPolicyPeer> peers, IReadOnlyList<NetworkPolicyPort> ports) =>
        peers.Select(peer => peer.IpBlock is { } block
            ? $"block {block.Cidr} {string.Join(' ', ports.Select(port => $"{port.Protocol}-{port.Port}"))}"
            : $"pods {(peer.NamespaceSelector is { } space ? space.MatchLabels!.Single().Value + "/" : "")}{string.Join(',', peer.PodSelector!.MatchLabels!.Select(label => $"{label.Key}={label.Value}"))} {string.Join(' ', ports.Select(port => $"{port.Protocol}-{port.Port}"))}");

    private async Task<NetworkPolicySpec> PolicyAsync(bool hostNetwork, IEnumerable<(string Remote, ushort LocalPort, ushort RemotePort, EventKind Kind, FlowDirection Direction)> events)
    {
        var options = new ProfileOptions { LearningPeriod = TimeSpan.FromSeconds(100), InitialDelay = TimeSpan.Zero, ClusterName = "c", HostName = "node-a" };
        await using var learner = new ProfileLearner(options, new NoNames(), TimeProvider.System, NullLogger<ProfileLearner>.Instance, peers: new ClusterPeers(_peers));
        _subject.Container = new ContainerInfo(7, "/kubepods/web")
        {
            SeenFromStart = true,
            FirstSeenNs = 10 * Second,
            Identity = new ContainerIdentity
            {
                Kind = UnitKind.Container,
                ContainerId = "c",
                ContainerName = "main",
                PodName = "web-0",
                PodNamespace = "shop",
                PodUid = "u",
                HostNetwork = hostNetwork,
                Source = IdentitySource.ApiServer,
                PodLabels = new Dictionary<string, string> { ["app"] = "web" },
                Workload = new WorkloadIdentity("apps/v1", "Deployment", "shop", "web"),
            },
        };
        learner.OnTick(10 * Second);
        foreach (var (remote, localPort, remotePort, kind, direction) in events)
        {
            TcpRecord record = RecordBuilder.Tcp(kind, localPort, System.Net.IPAddress.Parse(remote).GetAddressBytes(), remotePort, direction, pid: 1, timeNs: 11 * Second);
            learner.OnTcp(new TcpEvent(in record), _subject);
        }

        learner.OnTick(200 * Second);
        await learner.StopAsync(TestContext.Current.CancellationToken);
        ProfileSnapshot? last = null;
        while (learner.Snapshots.TryRead(out ProfileSnapshot? snapshot))
        {
            last = snapshot;
        }

        Assert.Equal("shop", last!.Namespace);
        return NetworkPolicyGenerator.Generate(WorkloadBuilder.Build(last.Workload, [last.Profile!]).Network, [], TimeProvider.System).Spec!.Spec!;
    }

    // The service's port is 80, its target a name: only the slices know the number. And each node passes 30080 on.
    private void AddApi()
    {
        var service = new V1Service
        {
            Metadata = new V1ObjectMeta { Uid = "s", Namespace = "shop", Name = "api" },
            Spec = new V1ServiceSpec
            {
                ClusterIp = "10.96.0.7",
                Selector = new Dictionary<string, string> { ["app"] = "api" },
                Ports = [new V1ServicePort { Name = "http", Protocol = "TCP", Port = 80, NodePort = 30080, TargetPort = new IntOrString("web") }],
            },
            Status = new V1ServiceStatus { LoadBalancer = new V1LoadBalancerStatus { Ingress = [new V1LoadBalancerIngress { Ip = "203.0.113.80" }] } },
        };
        var slice = new V1EndpointSlice
        {
            Metadata = new V1ObjectMeta { Uid = "e", Namespace = "shop", Name = "api-x", Labels = new Dictionary<string, string> { [V1EndpointSlice.ServiceNameLabel] = "api" } },
            Ports = [new V1EndpointPort { Name = "http", Protocol = "TCP", Port = 8080 }],
        };
        _peers.Put(ServiceFacts.Of(service, [slice]), ServiceFacts.Addresses(service), Second);
    }

    private void AddNodes()
    {
        _peers.Put(new PeerObject { Kind = PeerKind.Node, Uid = "a", Name = "node-a", IsHost = true, KubeletPort = 10250 }, [Addresses.Of("192.168.1.10")], Second);
        _peers.Put(new PeerObject { Kind = PeerKind.Node, Uid = "b", Name = "node-b", KubeletPort = 10250 }, [Addresses.Of("192.168.1.11"), Addresses.Of("2001:db8:1::11")], Second);
    }
}
