// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using NodeAgent.Api.Json;
using NodeAgent.Api.Meta;
using NodeAgent.Api.SoftwareComposition;
using NodeAgent.NetworkPolicy.Evaluation;

namespace NodeAgent.NetworkPolicy.Tests.Evaluation;

/// <summary>What the generator writes, judged by what policies mean.</summary>
public sealed class PolicyProofTests
{
    private static readonly string[] Addresses = ["10.0.0.1", "10.0.7.2", "8.8.8.8", "2001:db8::1", "2001:db8:1::1"];
    private static readonly string[] Spaces = ["web", "kube-system", "jobs"];
    private static readonly string[] Apps = ["a", "b", "c"];
    private static readonly string[] Protocols = ["TCP", "UDP", "SCTP"];

    private static readonly KnownServer[] Servers = [Neighborhoods.Server(("google", "dns.google", "8.8.8.0/24"), ("net", "n", "2001:db8::/32"))];

    private static ObservedFlow[] Resolver =>
    [
        .. from protocol in (string[])["TCP", "UDP"]
           from peer in (FlowEnd[])[KubeDns, new FlowEnd { Address = IPAddress.Parse("169.254.20.10") }]
           select new ObservedFlow(FlowDirection.Egress, Pod, peer, protocol, 53),
    ];

    private static FlowEnd KubeDns => new()
    {
        Namespace = "kube-system",
        NamespaceLabels = NameLabel("kube-system"),
        Labels = new Dictionary<string, string> { ["k8s-app"] = "kube-dns", ["pod-template-hash"] = "7d" },
    };

    private static readonly FlowEnd Pod = new()
    {
        Address = IPAddress.Parse("10.244.0.9"),
        Namespace = "web",
        NamespaceLabels = NameLabel("web"),
        Labels = new Dictionary<string, string> { ["app"] = "nginx", ["pod-template-hash"] = "5c" },
    };

    [Fact]
    public void Generate_AnyFlows_DeniesNoneOfThemAndHasNoRuleThatNoneNeeds() =>
        Prop.ForAll(Seeds.Any, seed =>
        {
            var random = new Random(seed);
            ObservedFlow[] flows = [.. Enumerable.Range(0, random.Next(1, 40)).Select(_ => Flow(random))];
            PolicySet set = Generated(flows, Servers);
            Assert.All(flows, flow => Assert.Equal(FlowVerdict.Allowed, set.Evaluate(flow)));
            Assert.All(Resolver, flow => Assert.Equal(FlowVerdict.Allowed, set.Evaluate(flow)));
            Assert.Empty(set.Unneeded());
            return true;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(1000));

    [Fact]
    public void Generate_AnyFlowsWithAnyOptions_DeniesNoneOfThemInWhateverOrderTheyCame() =>
        Prop.ForAll(Seeds.Any, seed =>
        {
            var random = new Random(seed);
            ObservedFlow[] flows = [.. Enumerable.Range(0, random.Next(1, 120)).Select(_ => random.Next(2) == 0 ? Flow(random) : Spread(random))];
            var options = new PolicyOptions { AddressGroupThreshold = random.Next(4), FloorBits = random.Next(8, 31), FloorBitsV6 = random.Next(32, 127), PortSpread = random.Next(20) };
            NetworkNeighborhood neighborhood = Neighborhood(flows);
            GeneratedNetworkPolicy policy = NetworkPolicyGenerator.Generate(neighborhood, Servers, new FixedTime(), options);
            PolicySet set = PolicySet.Compile([policy.Spec!]);
            Assert.All(flows, flow => Assert.Equal(FlowVerdict.Allowed, set.Evaluate(flow)));
            random.Shuffle(flows);
            Assert.Equal(Text(policy), Text(NetworkPolicyGenerator.Generate(Neighborhood(flows), Servers, new FixedTime(), options)));
            return true;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(1000));

    [Fact]
    public void Generate_AnyFlows_DeniesWhatIsLikeNoneOfThem() =>
        Prop.ForAll(Seeds.Any, seed =>
        {
            var random = new Random(seed);
            ObservedFlow[] flows = [.. Enumerable.Range(0, random.Next(0, 10)).Select(_ => Flow(random))];
            PolicySet set = Generated(flows, []);
            ObservedFlow other = Flow(random);
            bool seen = flows.Any(flow => Key(flow) == Key(other));
            Assert.Equal(seen ? FlowVerdict.Allowed : FlowVerdict.Denied, set.Evaluate(other));
            return true;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(1000));

    private static PolicySet Generated(ObservedFlow[] flows, KnownServer[] servers) =>
        PolicySet.Compile([NetworkPolicyGenerator.Generate(Neighborhood(flows), servers, TimeProvider.System).Spec!]);

    private static NetworkNeighborhood Neighborhood(ObservedFlow[] flows) => Neighborhoods.Create(
        [.. flows.Where(flow => flow.Direction == FlowDirection.Ingress).Select(Neighbor)],
        [.. flows.Where(flow => flow.Direction == FlowDirection.Egress).Select(Neighbor)]);

    private static string Text(GeneratedNetworkPolicy policy) => JsonSerializer.Serialize(policy, ApiJsonContext.Readable.GeneratedNetworkPolicy);

    // Many ports of few addresses near each other: what ranges and blocks are made of.
    private static ObservedFlow Spread(Random random)
    {
        IPAddress address = random.Next(2) == 0 ? new IPAddress([203, 0, (byte)random.Next(112, 115), (byte)random.Next(8)]) : IPAddress.Parse($"2001:db8:f::{random.Next(1, 9):x}");
        return new ObservedFlow((FlowDirection)random.Next(2), Pod, new FlowEnd { Address = address }, Protocols[random.Next(2)], random.Next(4) == 0 ? random.Next(1, 1030) : random.Next(30_000, 30_200));
    }

    // What a policy can tell apart: of a pod its namespace and app, of all others the address.
    private static (FlowDirection, string, string, int) Key(ObservedFlow flow) =>
        (flow.Direction, flow.Peer.Namespace is { } space ? $"{space}/{flow.Peer.Labels["app"]}" : flow.Peer.Address!.ToString(), flow.Protocol, flow.Port);

    private static ObservedFlow Flow(Random random)
    {
        string space = Spaces[random.Next(Spaces.Length)];
        FlowEnd peer = random.Next(2) == 0
            ? new FlowEnd { Address = IPAddress.Parse(Addresses[random.Next(Addresses.Length)]) }
            : new FlowEnd
            {
                Address = new IPAddress([10, 244, 1, (byte)random.Next(1, 255)]),
                Namespace = space,
                NamespaceLabels = NameLabel(space),
                Labels = new Dictionary<string, string> { ["app"] = Apps[random.Next(Apps.Length)], ["pod-template-hash"] = random.Next(9).ToString("x") },
            };
        return new ObservedFlow((FlowDirection)random.Next(2), Pod, peer, Protocols[random.Next(Protocols.Length)], random.Next(1, 5));
    }

    private static NetworkNeighbor Neighbor(ObservedFlow flow) => flow.Peer.Namespace is { } space
        ? new NetworkNeighbor
        {
            Type = "internal",
            PodSelector = new LabelSelector { MatchLabels = flow.Peer.Labels },
            NamespaceSelector = new LabelSelector { MatchLabels = flow.Peer.NamespaceLabels },
            Ports = [new NetworkPort { Protocol = flow.Protocol, Port = flow.Port }],
        }
        : Neighborhoods.Address(flow.Peer.Address!.ToString(), (flow.Protocol, flow.Port));

    private static Dictionary<string, string> NameLabel(string space) => new() { ["kubernetes.io/metadata.name"] = space };
}
