// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Api.SoftwareComposition;
using NodeAgent.Profiles.Generalizing;
using NodeAgent.Profiles.Matching;
using NodeAgent.Profiles.Merging;

namespace NodeAgent.Profiles.Tests.Merging;

public sealed class UnionLawTests
{
    private const int Cases = 1000;

    [Fact]
    public void Of_AnyProfiles_IsAssociative() => Specs.ForSeeds(Cases, random =>
    {
        (ContainerProfileSpec a, ContainerProfileSpec b, ContainerProfileSpec c) = (Specs.Random(random), Specs.Random(random), Specs.Random(random));
        string expected = Specs.Text(Union(a, b, c));
        Assert.Equal(expected, Specs.Text(Union(Union(a, b), c)));
        Assert.Equal(expected, Specs.Text(Union(a, Union(b, c))));
    });

    [Fact]
    public void Of_AnyProfiles_IsCommutative() => Specs.ForSeeds(Cases, random =>
    {
        (ContainerProfileSpec a, ContainerProfileSpec b) = (Specs.Random(random), Specs.Random(random));
        Assert.Equal(Specs.Text(Union(a, b)), Specs.Text(Union(b, a)));
    });

    [Fact]
    public void Of_AnyProfile_IsIdempotent() => Specs.ForSeeds(Cases, random =>
    {
        ContainerProfileSpec a = Specs.Random(random);
        string once = Specs.Text(Union(a));
        Assert.Equal(once, Specs.Text(Union(a, a)));
        Assert.Equal(once, Specs.Text(Union(Union(a))));
    });

    [Fact]
    public void Of_PartsThatAreNormal_IsTheSame() => Specs.ForSeeds(Cases, random =>
    {
        (ContainerProfileSpec a, ContainerProfileSpec b) = (Specs.Random(random), Specs.Random(random));
        Assert.Equal(Specs.Text(Union(a, b)), Specs.Text(Union(Union(a), b)));
    });

    [Fact]
    public void Add_ToWhatIsNormal_IsTheUnion() => Specs.ForSeeds(2 * Cases, random =>
    {
        ContainerProfileSpec normal = Union();
        var all = new List<ContainerProfileSpec>();
        for (int i = random.Next(1, 5); i > 0; i--)
        {
            all.Add(Specs.Random(random, random.Next(60)));
            normal = ProfileUnion.Add(normal, all[^1], Specs.Tight);
            Assert.Equal(Specs.Text(Union([.. all])), Specs.Text(normal));
        }
    });

    [Fact]
    public void Of_AnyProfiles_LeavesNothingUnmatched() => Specs.ForSeeds(Cases, random =>
    {
        ContainerProfileSpec[] parts = [Specs.Random(random), Specs.Random(random)];
        ContainerProfileSpec union = Union(parts);
        foreach (OpenCalls open in parts.SelectMany(part => part.Opens ?? []))
        {
            Assert.Contains(union.Opens!, known => Covers(known.Path!, open.Path!) && (open.Flags ?? []).All(flag => known.Flags?.Contains(flag) == true));
        }

        foreach (ExecCalls exec in parts.SelectMany(part => part.Execs ?? []))
        {
            Assert.Contains(union.Execs!, known => known.Path == exec.Path && known.Args!.SequenceEqual(exec.Args ?? [])
                && (exec.ArgsRequired || !known.ArgsRequired) && (exec.Envs ?? []).All(env => known.Envs?.Contains(env) == true));
        }

        foreach (HttpEndpoint endpoint in parts.SelectMany(part => part.Endpoints ?? []))
        {
            Assert.Contains(union.Endpoints!, known => known.Direction == endpoint.Direction && known.Internal == endpoint.Internal
                && Covers(known.Endpoint!, endpoint.Endpoint!) && (endpoint.Methods ?? []).All(method => known.Methods?.Contains(method) == true));
        }

        foreach (NetworkNeighbor peer in parts.SelectMany(part => part.Egress ?? []))
        {
            Assert.Contains(union.Egress!, known => Covers(known, peer));
        }
    });

    [Fact]
    public void Of_AnyProfilesWithFilesThatStayThemselves_KeepsEveryLaw() => Specs.ForSeeds(Cases, random =>
    {
        (ContainerProfileSpec a, ContainerProfileSpec b, ContainerProfileSpec c) = (Specs.Random(random), Specs.Random(random), Specs.Random(random));
        string[] literals = [.. (a.Opens ?? []).Concat(b.Opens ?? []).Select(open => open.Path!).Where(path => path.Length > 1 && path[0] == '/' && path[^1] != '/' && path.IndexOfAny(['*', '⋯']) < 0 && random.Next(3) == 0)];
        var rules = new MergeRules(Specs.Tight.Collapse with { Opens = Specs.Tight.Collapse.Opens with { Literals = new LiteralPaths(literals) } }, "literal");
        ContainerProfileSpec Of(params ContainerProfileSpec[] parts) => ProfileUnion.Of(parts, rules);

        ContainerProfileSpec all = Of(a, b, c);
        string expected = Specs.Text(all);
        Assert.Equal(expected, Specs.Text(Of(c, a, b)));
        Assert.Equal(expected, Specs.Text(Of(Of(a), Of(b, c), a)));
        Assert.Equal(expected, Specs.Text(ProfileUnion.Add(ProfileUnion.Add(Of(b), a, rules), c, rules)));
        Assert.All(literals, literal => Assert.Contains(all.Opens!, open => open.Path == literal));

        // All others are as if there were none of them.
        ContainerProfileSpec Without(ContainerProfileSpec part) => part with { Opens = [.. (part.Opens ?? []).Where(open => !literals.Contains(PathPatterns.WithoutEnd(open.Path!)))] };
        Assert.Equal(Union(Without(a), Without(b), Without(c)).Opens!.Select(open => open.Path), all.Opens!.Select(open => open.Path).Except(literals));
    });

    [Fact]
    public void Difference_OfAnyProfiles_IsWhatTheKnownOneLacks() => Specs.ForSeeds(Cases, random =>
    {
        ContainerProfileSpec known = Specs.Random(random);
        ContainerProfileSpec newer = random.Next(2) == 0 ? Specs.Random(random) : Union(known, Specs.Random(random, 3));
        ContainerProfileSpec difference = ProfileUnion.Difference(newer, known, Specs.Tight);
        Assert.Equal(Specs.Text(Union(known, newer)), Specs.Text(Union(known, difference)));

        ContainerProfileSpec none = ProfileUnion.Difference(known, Union(known, newer), Specs.Tight);
        Assert.Equal(0, none.Execs!.Count + none.Opens!.Count + none.Ingress!.Count + none.Egress!.Count + (none.Endpoints?.Count ?? 0) + (none.Syscalls?.Count ?? 0));
    });

    private static ContainerProfileSpec Union(params ContainerProfileSpec[] profiles) => ProfileUnion.Of(profiles, Specs.Tight);

    // A pattern covers a pattern segment by segment: what was learned as ⋯ must not become a name again.
    private static bool Covers(string pattern, string path) => pattern == path || DynamicPath.Matches(pattern, path);

    private static bool Covers(NetworkNeighbor known, NetworkNeighbor peer)
    {
        string[] names = [.. (peer.DnsNames ?? []).Append(peer.Dns ?? "").Where(name => name.Length > 0)];
        string[] addresses = [.. (peer.IpAddresses ?? []).Append(peer.IpAddress ?? "").Where(address => address.Length > 0)];
        if (names.Length > 0 && addresses.Length == 0 && peer is { PodSelector: null, NamespaceSelector: null, Ports: null or { Count: 0 } })
        {
            return names.All(name => known.DnsNames?.Contains(name) == true); // only asked for: whoever has the name tells it
        }

        return names.All(name => known.DnsNames?.Contains(name) == true)
            && (addresses.Length == 0 || addresses.All(address => known.IpAddress == address || known.IpAddresses?.Contains(address) == true))
            && (peer.PodSelector is null) == (known.PodSelector is null)
            && (known.Ports is null || (peer.Ports is { Count: > 0 } && peer.Ports.All(port => known.Ports.Any(other => other.Port == port.Port && other.Protocol == port.Protocol))));
    }
}
