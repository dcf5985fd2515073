// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using NodeAgent.Api.Json;
using NodeAgent.Api.Meta;
using NodeAgent.Api.Names;
using NodeAgent.Api.Networking;
using NodeAgent.Api.SoftwareComposition;
using static NodeAgent.NetworkPolicy.Tests.Neighborhoods;

namespace NodeAgent.NetworkPolicy.Tests;

public sealed class NetworkPolicyGeneratorTests
{
    [Theory]
    [InlineData("ready", true)]
    [InlineData("completed", true)]
    [InlineData("initializing", false)]
    [InlineData("incomplete", false)]
    [InlineData("", false)]
    public void Generate_Status_DecidesAvailability(string status, bool available)
    {
        NetworkNeighborhood nn = Create(status: status);
        Assert.Equal(available, NetworkPolicyGenerator.IsAvailable(nn));
        if (!available)
        {
            var error = Assert.Throws<PolicyUnavailableException>(() => Generate(nn));
            Assert.Contains("web/deployment-nginx is not ready", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Generate_ManagedByUser_IsAvailableInAnyStatus()
    {
        NetworkNeighborhood nn = Create(status: "initializing");
        nn = nn with { Metadata = nn.Metadata with { Annotations = new Dictionary<string, string> { [KubescapeAnnotations.ManagedBy] = "User" } } };
        Assert.NotNull(Generate(nn).Spec);
    }

    [Fact]
    public void Generate_NoKindLabel_SaysSo()
    {
        NetworkNeighborhood nn = Create();
        nn = nn with { Metadata = nn.Metadata with { Labels = new Dictionary<string, string>() } };
        Assert.Contains(KubescapeLabels.Kind, Assert.Throws<PolicyUnavailableException>(() => Generate(nn)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Generate_NoTraffic_DeniesAllOfBothDirections()
    {
        GeneratedNetworkPolicy policy = Generate(Create());
        Assert.Equal(["Ingress", "Egress"], policy.Spec!.Spec!.PolicyTypes);
        Assert.Empty(policy.Spec.Spec.Ingress!);
        Assert.Equal(["""{"ports":[{"protocol":"TCP","port":53},{"protocol":"UDP","port":53}],"to":[{"ipBlock":{"cidr":"169.254.20.10/32"}},{"podSelector":{"matchLabels":{"k8s-app":"kube-dns"}},"namespaceSelector":{"matchLabels":{"kubernetes.io/metadata.name":"kube-system"}}}]}"""],
            policy.Spec.Spec.Egress!.Select(Text));
        Assert.Equal("deployment-nginx", policy.Spec.Metadata.Name);
        Assert.Equal("kubescape", policy.Spec.Metadata.Annotations!["generated-by"]);
        Assert.Equal("2026-01-02T03:04:05Z", policy.Metadata.CreationTimestamp);
        Assert.DoesNotContain(KubescapeLabels.TemplateHash, policy.Metadata.Labels!.Keys);
        Assert.Equal(["app"], policy.Spec.Spec.PodSelector!.MatchLabels!.Keys);
    }

    [Fact]
    public void Generate_NoNameLabel_UsesObjectName()
    {
        NetworkNeighborhood nn = Create();
        nn = nn with { Metadata = nn.Metadata with { Labels = new Dictionary<string, string> { [KubescapeLabels.Kind] = "Job" } } };
        Assert.Equal("job-deployment-nginx", Generate(nn).Spec!.Metadata.Name);
    }

    [Theory]
    [InlineData("93.184.216.34", "93.184.216.34/32")]
    [InlineData("2606:2800:220:1::1", "2606:2800:220:1::1/128")] // upstream writes /32
    [InlineData("2606:2800:0220:0001:0:0:0:1", "2606:2800:220:1::1/128")]
    [InlineData("::ffff:10.0.0.1", "10.0.0.1/32")]
    [InlineData("10.1.2.3/8", "10.0.0.0/8")]
    public void Generate_Address_BecomesItsBlock(string address, string cidr)
    {
        NetworkPolicyEgressRule rule = Assert.Single(Egress(Address(address, ("TCP", 443))));
        Assert.Equal(cidr, Assert.Single(rule.To!).IpBlock!.Cidr);
        Assert.Equal([("TCP", 443)], rule.Ports!.Select(p => (p.Protocol!, p.Port!.Value.Number)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("1.2.3")]
    [InlineData("0x7f.1")]
    [InlineData("fe80::1%eth0")]
    [InlineData("10.0.0.0/33")]
    [InlineData("example.com")]
    [InlineData("10.0.0.0/-1")]
    public void Generate_NeighborWithoutUsablePeer_AllowsNothing(string address)
    {
        Assert.Empty(Egress(Address(address, ("TCP", 443))));
        Assert.Empty(Egress(new NetworkNeighbor { Type = "external", DnsNames = ["example.com."], Ports = [new() { Protocol = "TCP", Port = 1 }] }));
        Assert.Empty(Egress(new NetworkNeighbor()));
    }

    [Theory]
    [InlineData("ICMP", 1)]
    [InlineData("TCP", 0)]
    [InlineData("TCP", 70000)]
    public void Generate_OnlyUnusablePorts_AllowsNothing(string protocol, int port) =>
        Assert.Empty(Egress(Address("10.0.0.1", (protocol, port))));

    [Fact]
    public void Generate_PluralAddressesAndStar_AreHonoured()
    {
        var neighbor = new NetworkNeighbor { IpAddresses = ["10.0.0.2", "10.0.0.1", "*"], Ports = [new() { Protocol = "udp", Port = 5353 }] };
        NetworkPolicyEgressRule rule = Assert.Single(Egress(neighbor));
        Assert.Equal(["0.0.0.0/0", "::/0"], rule.To!.Select(p => p.IpBlock!.Cidr!)); // they hold the others
        Assert.Equal("UDP", rule.Ports![0].Protocol);
    }

    [Fact]
    public void Generate_PeersWithTheSamePorts_ShareARuleAndStandInNoOther()
    {
        var rules = Egress(
            Address("9.9.9.9", ("TCP", 443), ("TCP", 80)), Address("1.1.1.1", ("TCP", 443)), Address("1.1.1.1", ("UDP", 443), ("TCP", 443)), Address("8.8.8.8", ("TCP", 80), ("TCP", 443)));
        Assert.Equal(
            ["TCP-80 TCP-443: 8.8.8.8/32 9.9.9.9/32", "TCP-443 UDP-443: 1.1.1.1/32"],
            rules.Select(r => $"{string.Join(' ', r.Ports!.Select(p => $"{p.Protocol}-{p.Port}"))}: {string.Join(' ', r.To!.Select(p => p.IpBlock!.Cidr))}"));
    }

    [Fact]
    public void Generate_SelectorsAndAddresses_AreMergedByPeerAndByPortsAddressesFirst()
    {
        var rules = Egress(
            Pods("app=b,helm.sh/chart=x", "shop", ("UDP", 9), ("udp", 9)), Pods("app=a", null, ("TCP", 1)), Pods("app=a", null, ("TCP", 2)),
            Pods("app=a", null, ("TCP", 2)), Address("1.1.1.1", ("TCP", 1), ("TCP", 2)));
        Assert.Equal(
            [
                """{"ports":[{"protocol":"TCP","port":1},{"protocol":"TCP","port":2}],"to":[{"ipBlock":{"cidr":"1.1.1.1/32"}},{"podSelector":{"matchLabels":{"app":"a"}}}]}""",
                """{"ports":[{"protocol":"UDP","port":9}],"to":[{"podSelector":{"matchLabels":{"app":"b"}},"namespaceSelector":{"matchLabels":{"kubernetes.io/metadata.name":"shop"}}}]}""",
            ],
            rules.Select(Text));
    }

    [Fact]
    public void Generate_SelectorOfOnlyIgnoredLabels_IsNotWidenedToEveryPod()
    {
        NetworkPolicyEgressRule rule = Assert.Single(Egress(Pods("pod-template-hash=1", null, ("TCP", 1))));
        Assert.Equal("1", rule.To![0].PodSelector!.MatchLabels!["pod-template-hash"]);
    }

    [Fact]
    public void Generate_NamespaceSelectorAlone_IsAPeer()
    {
        var neighbor = new NetworkNeighbor { NamespaceSelector = Selector("team=a"), Ports = [new() { Protocol = "TCP", Port = 5 }] };
        NetworkPolicyPeer peer = Assert.Single(Assert.Single(Egress(neighbor)).To!);
        Assert.Null(peer.PodSelector);
        Assert.Equal("a", peer.NamespaceSelector!.MatchLabels!["team"]);
    }

    [Fact]
    public void Generate_KnownServers_ReplaceAddressByEveryContainingBlock()
    {
        NetworkNeighbor neighbor = Address("140.82.121.4", ("TCP", 443)) with { Dns = "github.com.", DnsNames = ["github.com.", "api.github.com."] };
        KnownServer[] servers =
        [
            Server(("workflows", "github.com", "140.82.112.0/20"), ("wide", "github.com", "140.0.0.0/8"), ("other", "x", "10.0.0.0/8")),
            Server(("broken", "x", "140.82.0.0/99"), ("v6", "x", "::/0")),
        ];
        GeneratedNetworkPolicy policy = NetworkPolicyGenerator.Generate(Create(egress: [neighbor]), servers, new FixedTime());
        Assert.Equal(["140.0.0.0/8"], WithoutResolver(policy)[0].To!.Select(p => p.IpBlock!.Cidr!)); // it holds the other one
        Assert.Equal(4, policy.PolicyRef!.Count);
        Assert.Contains(new PolicyRef { Name = "workflows", OriginalIP = "140.82.121.4", IpBlock = "140.82.112.0/20", Server = "github.com", Dns = "api.github.com." }, policy.PolicyRef);
    }

    [Fact]
    public void Generate_UnknownAddressWithName_LeavesAReference()
    {
        NetworkNeighbor neighbor = Address("1.1.1.1", ("TCP", 443)) with { Dns = "one.one." };
        GeneratedNetworkPolicy policy = Generate(Create(egress: [neighbor], ingress: [neighbor]));
        Assert.Equal([new PolicyRef { OriginalIP = "1.1.1.1", IpBlock = "1.1.1.1/32", Dns = "one.one." }], policy.PolicyRef!);
    }

    [Fact]
    public void Generate_AllContainerLists_Count()
    {
        NetworkNeighborhood nn = Create();
        NetworkNeighborhoodContainer Container(string address) => new() { Ingress = [Address(address, ("TCP", 1))] };
        nn = nn with { Spec = nn.Spec! with { Containers = [Container("1.0.0.1")], InitContainers = [Container("1.0.0.2")], EphemeralContainers = [Container("1.0.0.3")] } };
        Assert.Equal(3, Assert.Single(Generate(nn).Spec!.Spec!.Ingress!).From!.Count);
    }

    [Fact]
    public void Generate_ReferenceExample_GivesReferencePolicy()
    {
        NetworkNeighbor github = Address("140.82.121.4", ("TCP", 443)) with { Dns = "github.com." };
        GeneratedNetworkPolicy policy = NetworkPolicyGenerator.Generate(
            Create(egress: [Pods("k8s-app=kube-dns", "kube-system", ("UDP", 53)), github]),
            [Server(("github-workflows", "github.com", "140.82.112.0/20"))], new FixedTime());
        Assert.Equal(
            """
            {"podSelector":{"matchLabels":{"app":"nginx"}},"policyTypes":["Ingress","Egress"],"ingress":[],"egress":[{"ports":[{"protocol":"TCP","port":53},{"protocol":"UDP","port":53}],"to":[{"ipBlock":{"cidr":"169.254.20.10/32"}},{"podSelector":{"matchLabels":{"k8s-app":"kube-dns"}},"namespaceSelector":{"matchLabels":{"kubernetes.io/metadata.name":"kube-system"}}}]},{"ports":[{"protocol":"TCP","port":443}],"to":[{"ipBlock":{"cidr":"140.82.112.0/20"}}]}]}
            """,
            JsonSerializer.Serialize(policy.Spec!.Spec!, ApiJsonContext.Readable.NetworkPolicySpec));
    }

    private static List<NetworkPolicyEgressRule> Egress(params NetworkNeighbor[] neighbors) => WithoutResolver(Generate(Create(egress: neighbors)));

    private static List<NetworkPolicyEgressRule> WithoutResolver(GeneratedNetworkPolicy policy) => [.. policy.Spec!.Spec!.Egress!.Where(rule => !IsResolver(rule))];

    private static string Text(NetworkPolicyEgressRule rule) => JsonSerializer.Serialize(rule, ApiJsonContext.Readable.NetworkPolicyEgressRule);

    private static GeneratedNetworkPolicy Generate(NetworkNeighborhood nn) => NetworkPolicyGenerator.Generate(nn, [], new FixedTime());
}
