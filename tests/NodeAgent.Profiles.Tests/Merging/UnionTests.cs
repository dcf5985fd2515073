// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Api.SoftwareComposition;
using NodeAgent.Profiles.Merging;

namespace NodeAgent.Profiles.Tests.Merging;

public sealed class UnionTests
{
    [Fact]
    public void Add_ChildBeyondTheThreshold_CollapsesTheDirectoryAndUnitesWhatIsBelow()
    {
        ContainerProfileSpec normal = Of([.. Enumerable.Range(0, 50).Select(i => $"/d/{i}/log"), "/d-e/log", "/f"]);
        Assert.Equal(52, normal.Opens!.Count);

        ContainerProfileSpec grown = ProfileUnion.Add(normal, new ContainerProfileSpec { Opens = [new OpenCalls { Path = "/d/x/pid", Flags = ["O_RDWR"] }] }, MergeRules.Default);

        Assert.Equal(["/d-e/log", "/d/⋯/log", "/d/⋯/pid", "/f"], grown.Opens!.Select(open => open.Path));
        Assert.Equal(["O_RDWR"], grown.Opens![2].Flags);
    }

    [Fact]
    public void Add_RunsOfDynamicSegments_KeepTheirDepth()
    {
        ContainerProfileSpec deep = Of([.. Enumerable.Range(0, 51).SelectMany(i => Enumerable.Range(0, 51).Select(j => $"/d/{i}/{j}"))]);
        Assert.Equal(["/d/⋯/⋯"], deep.Opens!.Select(open => open.Path));

        ContainerProfileSpec deeper = ProfileUnion.Add(deep, new ContainerProfileSpec { Opens = [new OpenCalls { Path = "/d/1/2/3" }, new OpenCalls { Path = "/d/7" }] }, MergeRules.Default);

        Assert.Equal(["/d/⋯", "/d/⋯/⋯", "/d/⋯/⋯/3"], deeper.Opens!.Select(open => open.Path));
    }

    [Fact]
    public void Of_AddressWhoseNameIsLearnedLate_IsOneNeighbour()
    {
        var before = new NetworkNeighbor { Type = "external", IpAddress = "93.184.216.34", Ports = [new NetworkPort { Name = "TCP-443", Protocol = "TCP", Port = 443 }] };
        var asked = new NetworkNeighbor { Type = "external", Dns = "example.com.", DnsNames = ["example.com."] };
        var after = before with { Dns = "example.com.", DnsNames = ["example.com."], Ports = [new NetworkPort { Name = "TCP-80", Protocol = "TCP", Port = 80 }] };

        NetworkNeighbor one = Assert.Single(ProfileUnion.Of([new() { Egress = [before] }, new() { Egress = [asked] }, new() { Egress = [after] }], MergeRules.Default).Egress!);

        Assert.Equal(("93.184.216.34", "example.com.", "80,443"), (one.IpAddress, one.Dns, string.Join(',', one.Ports!.Select(port => port.Port))));
        Assert.Equal(Api.Names.NeighborIdentifier.Compute("external", "93.184.216.34", "example.com.", null, null), one.Identifier);
    }

    [Fact]
    public void Of_LabelsOfTwoPods_AreThoseThatBothHave()
    {
        ContainerProfileSpec Pod(string name) => new() { MatchLabels = new Dictionary<string, string> { ["app"] = "db", ["pod-name"] = name } };

        Assert.Equal(["app"], ProfileUnion.Of([Pod("db-0"), new(), Pod("db-1")], MergeRules.Default).MatchLabels!.Keys);
    }

    private static ContainerProfileSpec Of(string[] paths) =>
        ProfileUnion.Of([new ContainerProfileSpec { Opens = [.. paths.Select(path => new OpenCalls { Path = path, Flags = ["O_RDONLY"] })] }], MergeRules.Default);
}
