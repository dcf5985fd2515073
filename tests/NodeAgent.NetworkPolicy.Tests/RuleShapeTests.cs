// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using NodeAgent.Api.Json;
using NodeAgent.Api.Meta;
using NodeAgent.Api.Names;
using NodeAgent.Api.Networking;
using NodeAgent.Api.SoftwareComposition;
using static NodeAgent.NetworkPolicy.Tests.Neighborhoods;

namespace NodeAgent.NetworkPolicy.Tests;

/// <summary>What the rules are made of beyond single addresses and ports: ranges, blocks, resolvers, nodes, and the faults that other generators have there.</summary>
public sealed class RuleShapeTests
{
    [Theory]
    [InlineData(true, "UDP")]
    [InlineData(true, "TCP")]
    [InlineData(false, "UDP")]
    public void Dns_ResolverThatWasSeenOneWay_IsAllowedBothWays(bool isPod, string protocol)
    {
        NetworkNeighbor resolver = isPod ? Pods("dns.operator.openshift.io/daemonset-dns=default", "openshift-dns", (protocol, 53)) : Address("10.0.0.2", (protocol, 53));
        NetworkPolicyEgressRule rule = Assert.Single(Policy(egress: [resolver]).Egress!);
        Assert.Equal(["TCP-53", "UDP-53"], rule.Ports!.Select(p => $"{p.Protocol}-{p.Port}"));
        Assert.Equal(3, rule.To!.Count); // it, the cluster's and the node's
    }

    [Fact]
    public void Dns_LearnedClusterResolver_StandsOnce()
    {
        NetworkPolicyEgressRule rule = Assert.Single(Policy(egress: [Pods("k8s-app=kube-dns,pod-template-hash=7d", "kube-system", ("UDP", 53)), Address("169.254.20.10", ("UDP", 53))]).Egress!);
        Assert.Equal(["169.254.20.10/32", null], rule.To!.Select(p => p.IpBlock?.Cidr));
    }

    [Fact]
    public void Dns_LearnedClusterResolverWithOtherPorts_KeepsThem()
    {
        NetworkPolicySpec spec = Policy(egress: [Pods("k8s-app=kube-dns", "kube-system", ("TCP", 9153))]);
        Assert.Equal(["TCP-53 UDP-53", "TCP-53 TCP-9153 UDP-53"], spec.Egress!.Select(r => string.Join(' ', r.Ports!.Select(p => $"{p.Protocol}-{p.Port}").Order(StringComparer.Ordinal))));
    }

    [Fact]
    public void Dns_AskedOfUs_SaysNothingOfWhoResolves() =>
        Assert.Equal("TCP-53", Assert.Single(Ports(Assert.Single(Policy(ingress: [Address("10.0.0.2", ("TCP", 53))]).Ingress!).Ports)));

    [Theory]
    [InlineData("Cgroup")]
    [InlineData("SystemdUnit")]
    [InlineData("Container")]
    [InlineData("Host")]
    public void Dns_OutsideOfAnyCluster_HasNoResolverOfOne(string kind)
    {
        NetworkNeighborhood nn = Create();
        nn = nn with { Metadata = nn.Metadata with { Labels = new Dictionary<string, string> { [KubescapeLabels.Kind] = kind } } };
        Assert.Empty(NetworkPolicyGenerator.Generate(nn, [], TimeProvider.System).Spec!.Spec!.Egress!);
    }

    [Fact]
    public void Ports_ThatFollowEachOther_AreARangeFromThreeOn() =>
        Assert.Equal(["TCP-1", "TCP-2", "TCP-80-83", "UDP-81"], SeenPorts(("TCP", 80), ("TCP", 81), ("TCP", 82), ("TCP", 83), ("TCP", 1), ("TCP", 2), ("UDP", 81)));

    [Fact]
    public void Ports_OfAPassiveMode_AreTheRangeThatTheySpreadOver()
    {
        // FTP: the control port, and another data port each time.
        (string, int)[] seen = [("TCP", 21), ("TCP", 8080), .. Enumerable.Range(0, 20).Select(i => ("TCP", 30_000 + (i * 37)))];
        Assert.Equal(["TCP-21", "TCP-8080", "TCP-30000-30703"], SeenPorts(seen));
    }

    [Fact]
    public void Ports_FewOrFarApartOrPrivileged_AreNoRange()
    {
        Assert.Equal(15, SeenPorts([.. Enumerable.Range(0, 15).Select(i => ("TCP", 30_000 + (i * 37)))]).Length);
        Assert.Equal(11, SeenPorts([.. Enumerable.Range(0, 11).Select(i => ("TCP", 5_000 + (i * 5_000)))]).Length);
        Assert.Equal(40, SeenPorts([.. Enumerable.Range(0, 40).Select(i => ("TCP", 20 + (i * 20)))]).Length);
        Assert.Equal(20, SeenPorts([.. Enumerable.Range(0, 20).Select(i => (i % 2 == 0 ? "TCP" : "UDP", 30_000 + (i * 37)))]).Length);
    }

    [Fact]
    public void Blocks_WithoutConfiguration_AreNotWidened() =>
        Assert.Equal(200, Cidrs(PolicyOptions.Default, [.. Enumerable.Range(1, 200).Select(i => Address($"203.0.113.{i}", ("TCP", 443)))]).Length);

    [Fact]
    public void Blocks_ByConfiguration_AreTheSmallestThatHoldTheGroup()
    {
        var options = new PolicyOptions { AddressGroupThreshold = 3, FloorBits = 24, FloorBitsV6 = 64 };
        NetworkNeighbor[] neighbors =
        [
            .. Enumerable.Range(4, 4).Select(i => Address($"203.0.113.{i}", ("TCP", 443))),
            .. Enumerable.Range(1, 3).Select(i => Address($"198.51.100.{i}", ("TCP", 443))), // not more than the threshold
            .. Enumerable.Range(1, 4).Select(i => Address($"192.0.{i}.1", ("TCP", 443))), // wider than the floor
            .. Enumerable.Range(1, 4).Select(i => Address($"2001:db8::{i}", ("TCP", 443))),
            Address("203.0.113.77", ("TCP", 80)), // other ports: not of the group
        ];
        Assert.Equal(
            ["192.0.1.1/32", "192.0.2.1/32", "192.0.3.1/32", "192.0.4.1/32", "198.51.100.1/32", "198.51.100.2/32", "198.51.100.3/32", "2001:db8::/125", "203.0.113.4/30", "203.0.113.77/32"],
            Cidrs(options, neighbors).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Blocks_ByConfiguration_AreWhatReferencesName()
    {
        var options = new PolicyOptions { AddressGroupThreshold = 1 };
        GeneratedNetworkPolicy policy = NetworkPolicyGenerator.Generate(
            Create(egress: [Address("203.0.113.4", ("TCP", 443)) with { Dns = "a.example." }, Address("203.0.113.5", ("TCP", 443)) with { Dns = "b.example." }]), [], TimeProvider.System, options);
        Assert.Equal(
            [new PolicyRef { IpBlock = "203.0.113.4/31", OriginalIP = "203.0.113.4", Dns = "a.example." }, new PolicyRef { IpBlock = "203.0.113.4/31", OriginalIP = "203.0.113.5", Dns = "b.example." }],
            policy.PolicyRef!);
    }

    [Fact]
    public void Nodes_KubeletNodePortAndLoadBalancerSources_AreAllowedInByTheirAddresses()
    {
        // The kubelet of the own and of another node, a node that passes a NodePort on, a client that a load balancer shows, a pod on the host's network.
        string[] sources = ["192.168.1.10", "192.168.1.11", "2001:db8:1::11", "203.0.113.50"];
        NetworkPolicyIngressRule rule = Assert.Single(Policy(ingress: [.. sources.Select(source => Address(source, ("TCP", 8080)))]).Ingress!);
        Assert.Equal(["192.168.1.10/32", "192.168.1.11/32", "2001:db8:1::11/128", "203.0.113.50/32"], rule.From!.Select(p => p.IpBlock!.Cidr));
    }

    [Theory]
    [InlineData("""{}""")]
    [InlineData("""{"podSelector":{}}""")]
    [InlineData("""{"namespaceSelector":{}}""")]
    [InlineData("""{"podSelector":{},"namespaceSelector":{"matchLabels":{}}}""")]
    [InlineData("""{"podSelector":{"matchLabels":{},"matchExpressions":[]}}""")]
    [InlineData("""{"ipAddress":""}""")]
    [InlineData("""{"dnsNames":["a.example."]}""")]
    public void Neighbor_OfWhichNothingIsKnown_NeverAllowsAll(string json)
    {
        foreach (string ports in (string[])["", ""","ports":[]""", ""","ports":[{"protocol":"TCP","port":80}]"""])
        {
            string text = json[..^1] + (json.Length == 2 ? ports.TrimStart(',') : ports) + "}";
            NetworkNeighbor neighbor = Parse(text);
            NetworkPolicySpec spec = Policy([neighbor], [neighbor]);
            Assert.Empty(spec.Ingress!);
            Assert.True(IsResolver(Assert.Single(spec.Egress!)), text);
        }
    }

    [Fact]
    public void Neighbor_EmptySelectorThatAPersonWrote_IsEveryPod()
    {
        NetworkNeighborhood nn = Create(ingress: [new NetworkNeighbor { PodSelector = new LabelSelector(), Ports = [new() { Protocol = "TCP", Port = 80 }] }]);
        nn = nn with { Metadata = nn.Metadata with { Annotations = new Dictionary<string, string> { [KubescapeAnnotations.ManagedBy] = KubescapeAnnotations.ManagedByUser } } };
        Assert.NotNull(Assert.Single(NetworkPolicyGenerator.Generate(nn, [], TimeProvider.System).Spec!.Spec!.Ingress!).From![0].PodSelector);
    }

    [Fact]
    public void Blocks_HeldByAWiderOneWithTheirPorts_HaveNoWordOfTheirOwn()
    {
        var rules = Policy(egress: [Address("10.0.0.0/8", ("TCP", 1), ("TCP", 2)), Address("10.1.2.3", ("TCP", 1)), Address("10.1.0.0/16", ("TCP", 2), ("TCP", 7))]).Egress!.Where(r => !IsResolver(r));
        Assert.Equal(["TCP-1 TCP-2: 10.0.0.0/8", "TCP-7: 10.1.0.0/16"], rules.Select(r => $"{string.Join(' ', Ports(r.Ports))}: {r.To!.Single().IpBlock!.Cidr}"));
    }

    private static NetworkNeighbor Parse(string json) => JsonSerializer.Deserialize(json, ApiJsonContext.Default.NetworkNeighbor)!;

    private static NetworkPolicySpec Policy(NetworkNeighbor[]? ingress = null, NetworkNeighbor[]? egress = null) =>
        NetworkPolicyGenerator.Generate(Create(ingress, egress), [], TimeProvider.System).Spec!.Spec!;

    private static string[] SeenPorts(params (string, int)[] ports) => Ports(Policy(ingress: [Address("10.0.0.1", ports)]).Ingress!.Single().Ports);

    private static string[] Ports(IReadOnlyList<NetworkPolicyPort>? ports) => [.. ports!.Select(p => $"{p.Protocol}-{p.Port}{(p.EndPort is { } end ? $"-{end}" : "")}")];

    private static string[] Cidrs(PolicyOptions options, NetworkNeighbor[] neighbors) =>
        [.. NetworkPolicyGenerator.Generate(Create(ingress: neighbors), [], TimeProvider.System, options).Spec!.Spec!.Ingress!.SelectMany(r => r.From!).Select(p => p.IpBlock!.Cidr!)];
}
