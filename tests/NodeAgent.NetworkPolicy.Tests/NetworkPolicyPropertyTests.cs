// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using NodeAgent.Api.Json;
using NodeAgent.Api.Meta;
using NodeAgent.Api.Networking;
using NodeAgent.Api.SoftwareComposition;

namespace NodeAgent.NetworkPolicy.Tests;

public sealed class NetworkPolicyPropertyTests
{
    private static readonly string[] Addresses = ["10.0.0.1", "10.0.0.2", "10.0.1.1", "8.8.8.8", "2001:db8::1", "2001:db8:1::1", "10.0.0.0/24", "2001:db8::/32", "bad", ""];
    private static readonly string[] Probes = ["10.0.0.1", "10.0.0.2", "10.0.0.99", "10.0.1.1", "8.8.8.8", "8.8.4.4", "2001:db8::1", "2001:db8:1::1", "2001:db9::1"];
    private static readonly string[] Apps = ["a", "b", "c"];
    private static readonly string[] Protocols = ["TCP", "UDP", "SCTP"];

    [Fact]
    public void Generate_NeighborsInAnyOrder_GivesTheSamePolicy() =>
        Prop.ForAll(Seeds.Any, seed =>
        {
            var random = new Random(seed);
            NetworkNeighbor[] neighbors = Neighbors(random);
            var shuffled = neighbors.ToArray();
            random.Shuffle(shuffled);
            return Text(neighbors) == Text(shuffled);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(1000));

    [Fact]
    public void Generate_RepeatedNeighbors_ChangeNothing() =>
        Prop.ForAll(Seeds.Any, seed =>
        {
            NetworkNeighbor[] neighbors = Neighbors(new Random(seed));
            return Text(neighbors) == Text([.. neighbors, .. neighbors]);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(1000));

    [Fact]
    public void Generate_AnyNeighbors_AllowsExactlyWhatWasObserved() =>
        Prop.ForAll(Seeds.Any, seed =>
        {
            NetworkNeighbor[] neighbors = Neighbors(new Random(seed));
            IReadOnlyList<NetworkPolicyEgressRule> rules = NetworkPolicyGenerator
                .Generate(Neighborhoods.Create(egress: neighbors), [], TimeProvider.System).Spec!.Spec!.Egress!;
            foreach (string protocol in Protocols)
            {
                for (int port = 1; port <= 4; port++)
                {
                    foreach (string probe in Probes)
                    {
                        Assert.Equal(Observed(neighbors, IPAddress.Parse(probe), null, protocol, port), Allowed(rules, IPAddress.Parse(probe), null, protocol, port));
                    }

                    foreach (string app in Apps)
                    {
                        Assert.Equal(Observed(neighbors, null, app, protocol, port), Allowed(rules, null, app, protocol, port));
                    }
                }
            }

            return true;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(1000));

    private static string Text(NetworkNeighbor[] neighbors) => JsonSerializer.Serialize(
        NetworkPolicyGenerator.Generate(
            Neighborhoods.Create(neighbors, neighbors),
            [Neighborhoods.Server(("n", "s", "10.0.0.0/16"), ("m", "s", "10.0.0.0/31"), ("o", "s", "2001:db8::/32"))],
            TimeProvider.System) with
        { Metadata = new ObjectMeta() },
        ApiJsonContext.Readable.GeneratedNetworkPolicy);

    private static NetworkNeighbor[] Neighbors(Random random) => [.. Enumerable.Range(0, random.Next(8)).Select(_ => Neighbor(random))];

    private static NetworkNeighbor Neighbor(Random random)
    {
        var ports = Enumerable.Range(0, random.Next(1, 4))
            .Select(_ => (Protocols[random.Next(Protocols.Length)], random.Next(1, 5))).ToArray();
        NetworkNeighbor neighbor = random.Next(3) == 0
            ? Neighborhoods.Pods("app=" + Apps[random.Next(Apps.Length)] + (random.Next(2) == 0 ? ",helm.sh/chart=1" : ""), null, ports)
            : Neighborhoods.Address(Addresses[random.Next(Addresses.Length)], ports);
        return random.Next(4) switch
        {
            0 => neighbor with { IpAddresses = [Addresses[random.Next(Addresses.Length)]] },
            1 => neighbor with { Dns = "x.", DnsNames = ["x.", "y."] },
            _ => neighbor,
        };
    }

    // The slow reference: the meaning of a neighbour, and that of a policy, written down without the generator's types.
    private static bool Observed(NetworkNeighbor[] neighbors, IPAddress? address, string? app, string protocol, int port) =>
        neighbors.Any(n => n.Ports!.Any(p => p.Protocol == protocol && p.Port == port)
            && (app is not null
                ? n.PodSelector?.MatchLabels!["app"] == app
                : new[] { n.IpAddress }.Concat(n.IpAddresses ?? []).Any(text => InBlock(text, address!))));

    private static bool Allowed(IReadOnlyList<NetworkPolicyEgressRule> rules, IPAddress? address, string? app, string protocol, int port) =>
        rules.Any(rule => (rule.Ports is null || rule.Ports.Count == 0 || rule.Ports.Any(p => p.Protocol == protocol && port >= p.Port!.Value.Number && port <= (p.EndPort ?? p.Port.Value.Number)))
            && (rule.To is null || rule.To.Count == 0 || rule.To.Any(peer => app is not null
                ? peer.PodSelector?.MatchLabels is { } labels && labels.All(l => l.Key == "app" && l.Value == app)
                : InBlock(peer.IpBlock?.Cidr, address!))));

    private static bool InBlock(string? text, IPAddress address) =>
        IPNetwork.TryParse(text, out IPNetwork network) ? network.Contains(address)
        : IPAddress.TryParse(text, out IPAddress? single) && single.Equals(address);
}
